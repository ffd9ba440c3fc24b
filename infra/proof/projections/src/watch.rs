//! Knows what a process is about to write, and makes it stand still at one point.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use projections::{Lease, ViewDocument};
use serde_json::Value;
use time::Duration;
use tokio::sync::{Mutex as Turn, Notify, watch};

use crate::Point;

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
pub(crate) enum Step {
    /// A page is pinned.
    Pin(String),
    /// The last page is known to be finished.
    Clear(String),
    /// A view takes in a page.
    Save(String),
    /// The claim is renewed; whether a page is worked on.
    Renewal { busy: bool },
    /// The lease is let go of.
    Release,
    /// Nothing that matters here.
    Other,
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

    /// Waits as long as everything stands still.
    pub(crate) async fn hold(&self) {
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

    /// A write is about to be sent.
    pub(crate) async fn before(&self, step: &Step) {
        self.hold().await;
        match step {
            // The page takes as long as it takes until the claim has to be renewed.
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

    /// A write was carried out.
    pub(crate) async fn after(&self, step: &Step, written: &Value) {
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
    pub(crate) fn step(&self, new: &Value) -> Step {
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

    /// Remembers what a document was like when it was last seen.
    pub(crate) fn note(&self, found: &Value) {
        let mut state = self.state();
        if let Some(lease) = as_lease(found) {
            state.leases.insert(lease.id.clone(), lease);
        } else if let Some(view) = as_view(found) {
            state.checkpoints.insert(view.id, view.checkpoint);
        }
    }

    /// Falsifies the time that is written into a lease.
    pub(crate) fn falsify(&self, document: &mut Value) {
        let (Some(skew), Some(mut lease)) = (self.0.skew, as_lease(document)) else {
            return;
        };
        let mut state = self.state();
        state.writes += 1;
        let skew = if state.writes.is_multiple_of(2) { skew } else { -skew };
        lease.expires_at = lease.expires_at.map(|at| at + skew);
        *document = serde_json::to_value(lease).expect("it was read from JSON");
    }

    /// Sends writes one after the other, where they are counted.
    pub(crate) async fn in_turn<T>(&self, step: &Step, write: impl Future<Output = T>) -> T {
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

fn as_lease(document: &Value) -> Option<Lease> {
    document.get("range")?;
    serde_json::from_value(document.clone()).ok()
}

fn as_view(document: &Value) -> Option<ViewDocument<Value>> {
    document.get("checkpoint")?;
    serde_json::from_value(document.clone()).ok()
}
