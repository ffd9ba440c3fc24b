//! What was made of a stream follows it when it is deleted.
//!
//! A marker takes the place of each document, also of one that is not there yet: somebody may have read the events
//! before, and be about to write it. Whoever is late finds the marker and writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::Recorded;
use event_store::{AppendError, Range, RecordedEvent, Sealing, StreamId, Version};
use futures::{StreamExt, TryStreamExt, stream};
use integration_events::Ended;
use projections::{
    Documents, Error, Generations, Projection, ViewDocument, ViewKey, rebuild, start_over, view_id,
};
use serde::Serialize;
use serde_json::Value;
use snapshots::SnapshotDocument;

use crate::forget::{Deleted, ForgetError, Forgetting};

/// How many events are read at once, and how many documents are written.
const EVENTS: u32 = 1_000;
const AT_ONCE: usize = 8;

/// How the views of a projection follow a stream that is deleted.
#[derive(Debug, Clone, Copy)]
pub struct Follows {
    projection: &'static str,
    /// The views that an event changes; `None` if they are of several streams.
    keys: Option<fn(&RecordedEvent) -> Vec<ViewKey>>,
}

/// The documents that a consumer keeps, one for each stream.
#[derive(Debug, Clone)]
pub struct Kept<D> {
    /// The consumer.
    pub consumer: &'static str,
    /// Its documents.
    pub documents: D,
}

impl Follows {
    /// Each view is of one stream, so those that its events change end with it.
    #[must_use]
    pub fn ended<P: Projection>() -> Self {
        Self { projection: P::NAME, keys: Some(keys::<P>) }
    }

    /// Views are of several streams, so all of them are built anew, without the one that is gone.
    #[must_use]
    pub fn rebuilt<P: Projection>() -> Self {
        Self { projection: P::NAME, keys: None }
    }
}

/// What cannot be decoded is in no view.
fn keys<P: Projection>(event: &RecordedEvent) -> Vec<ViewKey> {
    let decoded = Recorded::<P::Event>::decode(event).ok().flatten();
    decoded.map_or_else(Vec::new, |event| P::keys(&event))
}

/// The views of a stream, by projection, as far as they are of no other stream. Those that are ended are noted, by
/// generation, so that none is ended twice.
pub(crate) struct Views {
    keys: BTreeMap<&'static str, BTreeSet<ViewKey>>,
    ended: BTreeSet<String>,
}

impl<S: Sealing, D: Documents> Forgetting<S, D> {
    /// Which views are of a stream: its events name them. It must be sealed, so that no event is missed.
    pub(crate) async fn views_of(&self, stream: &StreamId) -> Result<Views, ForgetError<S::Error>> {
        let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
        let mut after = Version::ZERO;
        loop {
            let range = Range::after(after).limit(EVENTS);
            let slice = self.store.load(stream, range).await;
            let slice = slice.map_err(|error| ForgetError::Stream(AppendError::Store(error)))?;
            if slice.events.is_empty() {
                return Ok(Views { keys, ended: BTreeSet::new() });
            }
            for follows in &self.follows {
                let named = follows.keys.map(|keys| slice.events.iter().flat_map(keys));
                keys.entry(follows.projection).or_default().extend(named.into_iter().flatten());
            }
            after = slice.version;
        }
    }

    /// Ends these views in every generation in which they are not ended yet.
    pub(crate) async fn end_views(
        &self,
        views: &mut Views,
        deleted: &mut Deleted,
    ) -> Result<(), Error> {
        for (projection, keys) in &views.keys {
            let Some(found) = self.views.read::<Generations>(projection).await? else { continue };
            for generation in found.document.names() {
                if !views.ended.insert(generation.clone()) {
                    continue;
                }
                let marker = |key| ViewDocument::<Value>::ended(&generation, key);
                let ends = keys.iter().map(marker).map(|marker| async move {
                    let found = end(&self.views, &marker.id, &marker).await?;
                    Ok::<_, Error>(found.filter(|it| !it["view"].is_null()).map(|_| marker.id))
                });
                let ends: Vec<_> = ends.collect();
                let ended = stream::iter(ends).buffer_unordered(AT_ONCE);
                let ended: Vec<_> = ended.try_collect().await?;
                deleted.views.extend(ended.into_iter().flatten());
            }
        }
        Ok(())
    }

    /// The documents in whose place a marker comes when the stream is deleted, as far as they are there now.
    ///
    /// # Errors
    ///
    /// The store or the documents fail.
    pub async fn followers(&self, stream: &StreamId) -> Result<Vec<String>, ForgetError<S::Error>> {
        let mut all = vec![(&self.snapshots, stream.to_string())];
        for Kept { consumer, documents } in &self.kept {
            all.push((documents, Ended::new(consumer, stream).id));
        }
        for (projection, keys) in self.views_of(stream).await?.keys {
            if let Some(found) = self.views.read::<Generations>(projection).await? {
                let name = found.document.live.name(projection);
                all.extend(keys.iter().map(|key| (&self.views, view_id(&name, key))));
            }
        }
        let look = |(documents, id): (D, String)| async move {
            let found = documents.read::<Value>(&id).await?;
            Ok::<_, Error>(found.filter(|it| it.document["ended"].is_null()).map(|_| id))
        };
        let looks: Vec<_> = all.into_iter().map(|(one, id)| look((one.clone(), id))).collect();
        let there: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        Ok(there.into_iter().flatten().collect())
    }

    /// Ends the snapshot of a stream, and what consumers keep of it.
    pub(crate) async fn end_others(&self, stream: &StreamId) -> Result<(), Error> {
        end(&self.snapshots, stream.as_str(), &SnapshotDocument::ended(stream)).await?;
        for Kept { consumer, documents } in &self.kept {
            let marker = Ended::new(consumer, stream);
            end(documents, &marker.id, &marker).await?;
        }
        Ok(())
    }

    /// Has views of several streams built anew. Those that are being built may have read what is gone; after a
    /// deletion that was done before, they have not.
    pub(crate) async fn build_anew(&self, first: bool) -> Result<Vec<&'static str>, Error> {
        let mut rebuilt = Vec::new();
        for Follows { projection, keys } in &self.follows {
            let building = match keys {
                Some(_) => None,
                None if first => start_over(&self.views, projection).await?,
                None => rebuild(&self.views, projection).await?,
            };
            rebuilt.extend(building.map(|_| *projection));
        }
        Ok(rebuilt)
    }
}

/// Puts a marker in the place of a document, whoever else is at it. Answers what it takes the place of, if that was not
/// ended before.
async fn end<T: Serialize + Sync>(
    documents: &impl Documents,
    id: &str,
    marker: &T,
) -> Result<Option<Value>, Error> {
    loop {
        let (found, saved) = match documents.read::<Value>(id).await? {
            Some(found) if found.document["ended"] == Value::Bool(true) => return Ok(None),
            Some(found) => {
                (Some(found.document), documents.replace(id, marker, &found.etag).await?)
            }
            None => (None, documents.create(id, marker).await?),
        };
        if saved.is_some() {
            return Ok(found);
        }
    }
}
