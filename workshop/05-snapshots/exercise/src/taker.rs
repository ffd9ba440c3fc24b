//! Takes snapshots in the background: a processor of the change feed tells which streams have grown.

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::LoadError;
use event_store::{EventStore, Range, StreamId, Version};
use projections::{Documents, Error, Handler, Page};
use quick_cache::sync::Cache;

use crate::snapshots::Found;
use crate::{Policy, Restored, Snapshot, SnapshotDocument, Snapshots, Unusable};

/// So many streams without a snapshot are remembered, so that they are not folded at every event in vain.
const REMEMBERED: usize = 10_000;

/// Takes the snapshots of one kind of aggregate.
pub struct Taker<S, D, A> {
    store: Arc<S>,
    documents: D,
    snapshots: Snapshots<S, D, A>,
    policy: Policy,
    /// The versions at which a stream could not have one.
    refused: Cache<StreamId, Version>,
}

/// What became of taking a snapshot.
#[derive(Debug)]
pub enum Taken {
    /// It is stored, as of this version.
    Stored(Version),
    /// The stream is short, or has the snapshot that is due, or a newer program's.
    NotDue,
    /// Somebody else wrote at the same moment. It is theirs.
    Overtaken,
    /// The stream can have none, and this is why. Nothing was stored.
    Refused(Unusable),
    /// The events are not those that were told of, or cannot be folded. Nothing was stored.
    Unfolded(String),
}

impl<S: EventStore, D: Documents, A: Snapshot> Taker<S, D, A> {
    /// Takes snapshots of the streams in this store when the policy says so.
    #[must_use]
    pub fn new(store: Arc<S>, documents: D, policy: Policy) -> Self {
        let snapshots = Snapshots::new(Arc::clone(&store), documents.clone());
        Self { store, documents, snapshots, policy, refused: Cache::new(REMEMBERED) }
    }

    /// Takes the snapshot of a stream that ends here or further on, if one is due and not there.
    ///
    /// # Errors
    ///
    /// The store or the documents fail. A stream that can have no snapshot is no error.
    pub async fn take(&self, stream: &StreamId, end: Version) -> Result<Taken, Error> {
        let Some(due) = self.policy.due(end) else {
            return Ok(Taken::NotDue);
        };
        if self.refused.peek(stream).is_some_and(|refused| refused >= due) {
            return Ok(Taken::NotDue);
        }
        let found = self.snapshots.read(stream).await?;
        if found.as_ref().is_some_and(|found| found.stays(due)) {
            return Ok(Taken::NotDue);
        }
        let (known, etag) = found.map(|Found { snapshot, etag }| (snapshot.ok(), etag)).unzip();
        let document = match self.document(stream, known.flatten(), due).await? {
            Ok(document) => document,
            Err(taken) => {
                self.refused.insert(stream.clone(), due);
                return Ok(taken);
            }
        };
        let written = match etag {
            None => self.documents.create(&document.id, &document).await?,
            Some(etag) => self.documents.replace(&document.id, &document, &etag).await?,
        };
        Ok(written.map_or(Taken::Overtaken, |_| Taken::Stored(due)))
    }

    /// The snapshot as of a version, or what to answer if there can be none.
    async fn document(
        &self,
        stream: &StreamId,
        known: Option<Restored<A>>,
        due: Version,
    ) -> Result<Result<SnapshotDocument, Taken>, Error> {
        let failed = |error: S::Error| Error::Failed(Box::new(error));
        let state = match self.snapshots.fold(stream, known, Some(due)).await {
            Ok(loaded) => loaded.state,
            Err(LoadError::Store(error)) => return Err(failed(error)),
            Err(error) => return Ok(Err(Taken::Unfolded(error.to_string()))),
        };
        let last = Range::after(Version(due.0 - 1)).up_to(due);
        let last = self.store.load(stream, last).await.map_err(failed)?.events.pop();
        let Some(last) = last.filter(|_| state.version == due) else {
            return Ok(Err(Taken::Unfolded("its events are gone".to_owned())));
        };
        let restored = Restored { state, event_id: last.event.id().clone() };
        Ok(SnapshotDocument::of(stream, &restored).map_err(Taken::Refused))
    }
}

impl<A> Found<A> {
    /// Nobody has to put another one in its place: it is new enough, or a newer program's.
    fn stays(&self, due: Version) -> bool {
        match &self.snapshot {
            Ok(known) => known.state.version >= due,
            Err(Unusable::Schema { found, known }) => found > known,
            Err(_) => false,
        }
    }
}

impl<S, D, A> Handler for Taker<S, D, A>
where
    S: EventStore + 'static,
    D: Documents,
    A: Snapshot + Send + Sync + 'static,
{
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let mut ends = BTreeMap::new();
        for event in &page.events {
            if event.stream.category() == A::CATEGORY {
                ends.insert(&event.stream, event.version);
            }
        }
        for (stream, end) in ends {
            match self.take(stream, end).await? {
                Taken::Refused(reason) => tracing::warn!(%stream, %reason, "took no snapshot"),
                Taken::Unfolded(reason) => tracing::warn!(%stream, reason, "took no snapshot"),
                Taken::Stored(version) => tracing::debug!(%stream, %version, "took a snapshot"),
                Taken::NotDue | Taken::Overtaken => {}
            }
        }
        Ok(())
    }
}
