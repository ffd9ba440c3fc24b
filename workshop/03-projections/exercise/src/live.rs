//! A projection in memory: for questions that are asked often and whose views fit there. It has no leases, since
//! every process folds for itself, and a snapshot of its own, so that a start need not read everything again.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::documents::{Documents, Stored};
use crate::feed::{Continuation, Feed, From, HashRange, PAGE, Reader, Start};
use crate::folder::{by_view, decode};
use crate::{Error, Page, Projection, ViewKey};

/// A part of a snapshot holds about this much JSON, in bytes: well below what a document may have.
const PART: usize = 1024 * 1024;

/// The views of a projection, in memory.
pub struct Live<P: Projection, F> {
    feed: F,
    /// The range's place goes with its views: they are only changed together.
    state: RwLock<State<P::View>>,
}

/// What the feed added up to, and how far it was read.
struct State<V> {
    places: Vec<(HashRange, Option<Continuation>)>,
    views: BTreeMap<ViewKey, Option<V>>,
}

/// The document that says which parts belong together. It is written last, so a snapshot is there whole or
/// not at all.
#[derive(Serialize, Deserialize)]
struct Manifest {
    id: String,
    version: u32,
    places: Vec<(HashRange, Option<Continuation>)>,
    parts: Vec<String>,
}

/// Some of the views.
#[derive(Serialize, Deserialize)]
struct Part {
    id: String,
    views: BTreeMap<String, Value>,
}

impl<P: Projection, F: Feed> Live<P, F> {
    /// Begins with the last snapshot, if there is one of this version of the projection, else with the first
    /// event. Call [`catch_up`](Self::catch_up) then.
    ///
    /// # Errors
    ///
    /// The documents or the feed fail. A snapshot that cannot be read is none.
    pub async fn open(feed: F, snapshots: &impl Documents) -> Result<Self, Error> {
        let state = match restore::<P>(snapshots).await {
            Ok(Some(state)) => state,
            Ok(None) | Err(Error::Unreadable { .. }) => {
                let ranges = feed.ranges(1).await?;
                let places = ranges.into_iter().map(|range| (range, None)).collect();
                State { places, views: BTreeMap::new() }
            }
            Err(error) => return Err(error),
        };
        Ok(Self { feed, state: RwLock::new(state) })
    }

    /// Reads to the end of the feed. Answers how many events came. Only one at a time should do this; readers of
    /// views never wait for it.
    ///
    /// # Errors
    ///
    /// The feed fails or an event cannot be read. The views stand where the last page ended.
    pub async fn catch_up(&self) -> Result<usize, Error> {
        let ranges = self.state(|state| state.places.clone());
        let mut events = 0;
        for (number, (range, place)) in ranges.iter().enumerate() {
            let from = place.as_ref().map_or(From::Start(Start::Beginning), From::After);
            let mut reader = self.feed.open(range, from, PAGE).await?;
            loop {
                let read = reader.next().await?;
                events += read.events.len();
                self.fold(number, &Page::new("live", 0, read.events), read.next)?;
                if read.caught_up {
                    break;
                }
            }
        }
        Ok(events)
    }

    /// Looks at a view.
    pub fn get<T>(&self, key: &ViewKey, look: impl FnOnce(Option<&P::View>) -> T) -> T {
        self.state(|state| look(state.views.get(key).and_then(Option::as_ref)))
    }

    /// Looks at all views, by key.
    pub fn all<T>(
        &self,
        look: impl FnOnce(&mut dyn Iterator<Item = (&ViewKey, &P::View)>) -> T,
    ) -> T {
        self.state(|state| {
            let there = |(key, view)| Some((key, Option::as_ref(view)?));
            look(&mut state.views.iter().filter_map(there))
        })
    }

    /// Saves a snapshot in place of the last one.
    ///
    /// # Errors
    ///
    /// The documents fail; the last snapshot then still holds. A single view larger than a document fits none.
    pub async fn save(&self, snapshots: &impl Documents) -> Result<(), Error> {
        let id = manifest_id::<P>();
        let (places, views) = self.state(|state| (state.places.clone(), in_parts(&state.views)));
        let last = snapshots.read::<Manifest>(&id).await?;
        let mut parts = Vec::new();
        for views in views? {
            let part = Part { id: format!("{id}.{:016x}", rand::random::<u64>()), views };
            snapshots.create(&part.id, &part).await?;
            parts.push(part.id);
        }
        let manifest = Manifest { id: id.clone(), version: P::VERSION, places, parts };
        let obsolete = match last {
            None => snapshots.create(&id, &manifest).await?.map(|_| vec![]),
            Some(Stored { document, etag }) => {
                snapshots.replace(&id, &manifest, &etag).await?.map(|_| document.parts)
            }
        };
        // Another process was faster: its snapshot is as good.
        for part in obsolete.unwrap_or(manifest.parts) {
            snapshots.remove(&part).await?;
        }
        Ok(())
    }

    fn fold(&self, range: usize, page: &Page, next: Continuation) -> Result<(), Error> {
        let events = decode::<P::Event>(&page.events)?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for (key, events) in by_view::<P>(&events) {
            let view = state.views.entry(key).or_default();
            for event in events {
                P::apply(view, event);
            }
        }
        state.places[range].1 = Some(next);
        Ok(())
    }

    fn state<T>(&self, look: impl FnOnce(&State<P::View>) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The last snapshot, if it is of this version and whole.
async fn restore<P: Projection>(
    snapshots: &impl Documents,
) -> Result<Option<State<P::View>>, Error> {
    let manifest = snapshots.read::<Manifest>(&manifest_id::<P>()).await?;
    let Some(manifest) = manifest.filter(|read| read.document.version == P::VERSION) else {
        return Ok(None);
    };
    let Manifest { places, parts, .. } = manifest.document;
    let mut views = BTreeMap::new();
    for id in parts {
        let Some(part) = snapshots.read::<Part>(&id).await? else {
            return Ok(None);
        };
        for (key, view) in part.document.views {
            let read = serde_json::from_value(view);
            let view = read.map_err(|source| Error::Unreadable { id: id.clone(), source })?;
            views.insert(ViewKey::from(key), view);
        }
    }
    Ok(Some(State { places, views }))
}

/// Puts views together until a document is full.
fn in_parts<V: Serialize>(
    views: &BTreeMap<ViewKey, Option<V>>,
) -> Result<Vec<BTreeMap<String, Value>>, Error> {
    let mut parts = vec![BTreeMap::new()];
    let mut room = PART;
    for (key, view) in views {
        let view = serde_json::to_value(view).map_err(Error::failed)?;
        let size = key.as_str().len() + view.to_string().len();
        if size > room {
            parts.push(BTreeMap::new());
            room = PART;
        }
        room = room.saturating_sub(size);
        parts.last_mut().map(|part| part.insert(key.to_string(), view));
    }
    Ok(parts)
}

fn manifest_id<P: Projection>() -> String {
    format!("{}.live", P::NAME)
}
