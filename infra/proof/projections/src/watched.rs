//! Documents that stand still at a chosen point, so that a process can be killed there.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use projections::{Documents, Error, Etag, Lease, Stored, ViewDocument};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::Duration;
use tokio::sync::{Mutex as Turn, Notify, watch};

use crate::Point;

/// Views or leases that somebody watches. Both containers of a process share one [`Watch`].
#[derive(Clone)]
pub struct Watched<D> {
    documents: D,
    watch: Watch,
}

/// Knows what a process is at, and stops it at one point.
#[derive(Clone)]
pub struct Watch(Arc<Watching>);

struct Watching {
    point: Option<Point>,
    /// By how much this process's clock goes wrong; each time it is read, the other way.
    skew: Option<Duration>,
    state: Mutex<State>,
    /// Everything stands still.
    still: watch::Sender<bool>,
    /// A view was saved.
    saved: Notify,
    /// Views are saved one after the other, so that it can be said how many were.
    turn: Turn<()>,
}

#[derive(Default)]
struct State {
    /// The leases as they were last read or written here.
    leases: HashMap<String, Lease>,
    /// The checkpoints of views, likewise.
    checkpoints: HashMap<String, BTreeMap<String, u64>>,
    /// By lease, how many views of its last page were saved.
    saves: HashMap<String, u32>,
    /// The point was reached.
    spent: bool,
    writes: u32,
}

/// What a write means, with the lease that it is about.
enum Step {
    /// A page is pinned.
    Pin(String),
    /// The last page is known to be finished.
    Clear(String),
    /// A view takes in a page.
    Save(String),
    /// The claim is renewed; whether a page is worked on.
    Renewal {
        busy: bool,
    },
    Release,
    Other,
}

impl<D> Watched<D> {
    /// Watches these documents.
    #[must_use]
    pub fn new(documents: D, watch: &Watch) -> Self {
        Self { documents, watch: watch.clone() }
    }
}

impl Watch {
    /// Stops everything at the point, if one is given. A skew makes a clock wrong to both sides by turns.
    #[must_use]
    pub fn new(point: Option<Point>, skew: Option<Duration>) -> Self {
        Self(Arc::new(Watching {
            point,
            skew,
            state: Mutex::default(),
            still: watch::Sender::new(false),
            saved: Notify::new(),
            turn: Turn::default(),
        }))
    }

    /// Waits until a view was saved.
    pub async fn saved(&self) {
        self.0.saved.notified().await;
    }

    /// Waits until everything stands still.
    pub async fn stands_still(&self) {
        // The sender lives as long as we do.
        let _ = self.0.still.subscribe().wait_for(|still| *still).await;
    }

    /// Goes on, and stops no more.
    pub fn go_on(&self) {
        self.0.still.send_replace(false);
    }

    async fn hold(&self) {
        // The sender lives as long as we do.
        let _ = self.0.still.subscribe().wait_for(|still| !still).await;
    }

    /// Stands still, if this is the point and was not reached before.
    async fn reach(&self, here: impl Fn(Point) -> bool) {
        if self.0.point.is_some_and(here) && !std::mem::replace(&mut self.state().spent, true) {
            self.0.still.send_replace(true);
        }
        self.hold().await;
    }

    async fn before(&self, step: &Step) {
        self.hold().await;
        match step {
            Step::Save(_) if self.is_point(Point::is_at_renewal) => std::future::pending().await,
            Step::Save(lease) => {
                let saved = self.state().saves.get(lease).copied().unwrap_or_default();
                self.reach(|point| matches!(point, Point::BetweenSaves(n) if saved >= n)).await;
            }
            Step::Pin(lease) | Step::Clear(lease) => {
                let saved = self.state().saves.get(lease).copied().unwrap_or_default();
                self.reach(|point| point == Point::AfterLastSave && saved > 0).await;
            }
            Step::Renewal { busy: true } => self.reach(|p| p == Point::BeforeRenewal).await,
            Step::Release => self.reach(|point| point == Point::BeforeRelease).await,
            Step::Renewal { .. } | Step::Other => {}
        }
    }

    async fn after(&self, step: &Step, written: &Value) {
        self.note(written);
        match step {
            Step::Pin(lease) => {
                self.state().saves.insert(lease.clone(), 0);
                self.reach(|point| point == Point::AfterPin).await;
            }
            Step::Save(lease) => {
                *self.state().saves.entry(lease.clone()).or_default() += 1;
                self.0.saved.notify_one();
            }
            Step::Renewal { busy: true } => self.reach(|p| p == Point::AfterRenewal).await,
            Step::Release => self.reach(|point| point == Point::AfterRelease).await,
            Step::Clear(_) | Step::Renewal { .. } | Step::Other => {}
        }
    }

    /// What a write means, seen what was there before.
    fn step(&self, new: &Value) -> Step {
        let state = self.state();
        if let Some(new) = as_lease(new) {
            let Some(known) = state.leases.get(&new.id) else {
                return Step::Other;
            };
            return match &new {
                _ if new.page > known.page => Step::Pin(new.id),
                _ if new.owner.is_none() => Step::Release,
                _ if new.owner != known.owner => Step::Other,
                _ if new.pending != known.pending => Step::Clear(new.id),
                _ => Step::Renewal { busy: !new.pending.is_empty() },
            };
        }
        let Some(new) = as_view(new) else {
            return Step::Other;
        };
        let known = state.checkpoints.get(&new.id);
        let moved = |(lease, page): &(&String, &u64)| {
            known.and_then(|known| known.get(*lease)).is_none_or(|known| known < page)
        };
        let moved = new.checkpoint.iter().find(moved);
        moved.map_or(Step::Other, |(lease, _)| Step::Save(format!("{}.{lease}", new.projection)))
    }

    fn note(&self, found: &Value) {
        let mut state = self.state();
        if let Some(lease) = as_lease(found) {
            state.leases.insert(lease.id.clone(), lease);
        } else if let Some(view) = as_view(found) {
            state.checkpoints.insert(view.id, view.checkpoint);
        }
    }

    /// Falsifies the time that is written into a lease.
    fn falsify(&self, document: &mut Value) {
        let (Some(skew), Some(mut lease)) = (self.0.skew, as_lease(document)) else {
            return;
        };
        let mut state = self.state();
        state.writes += 1;
        let skew = if state.writes.is_multiple_of(2) { skew } else { -skew };
        lease.expires_at = lease.expires_at.map(|at| at + skew);
        *document = serde_json::to_value(lease).expect("it was read from JSON");
    }

    async fn in_turn<T>(&self, step: &Step, write: impl Future<Output = T>) -> T {
        if matches!(step, Step::Save(_)) && self.is_point(|p| matches!(p, Point::BetweenSaves(_))) {
            let _turn = self.0.turn.lock().await;
            return write.await;
        }
        write.await
    }

    fn is_point(&self, wanted: impl Fn(Point) -> bool) -> bool {
        self.0.point.is_some_and(wanted)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Documents> Watched<D> {
    async fn write<T: Serialize + Sync>(
        &self,
        document: &T,
        send: impl AsyncFnOnce(&D, &Value) -> Result<Option<Etag>, Error>,
    ) -> Result<Option<Etag>, Error> {
        let mut document = serde_json::to_value(document).expect("documents can be written");
        self.watch.falsify(&mut document);
        let step = self.watch.step(&document);
        let write = async {
            self.watch.before(&step).await;
            let written = send(&self.documents, &document).await?;
            if written.is_some() {
                self.watch.after(&step, &document).await;
            }
            Ok(written)
        };
        self.watch.in_turn(&step, write).await
    }
}

impl<D: Documents> Documents for Watched<D> {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.watch.hold().await;
        let Some(Stored { document, etag }) = self.documents.read::<Value>(id).await? else {
            return Ok(None);
        };
        self.watch.note(&document);
        let document = serde_json::from_value(document)
            .map_err(|source| Error::Unreadable { id: id.to_owned(), source })?;
        Ok(Some(Stored { document, etag }))
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.write(document, async |documents, document| documents.create(id, document).await).await
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        let send =
            async |documents: &D, document: &Value| documents.replace(id, document, etag).await;
        self.write(document, send).await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.watch.hold().await;
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.watch.hold().await;
        self.documents.ids(prefix).await
    }
}

fn as_lease(document: &Value) -> Option<Lease> {
    document.get("range")?;
    serde_json::from_value(document.clone()).ok()
}

fn as_view(document: &Value) -> Option<ViewDocument<Value>> {
    document.get("checkpoint")?;
    serde_json::from_value(document.clone()).ok()
}
