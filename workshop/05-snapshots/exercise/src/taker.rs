//! Takes snapshots in the background: a processor of the change feed tells which streams have grown.

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::{LoadError, State};
use event_store::{EventStore, Range, StreamId, Version};
use projections::{Documents, Error, Handler, Page, Stored};

use crate::{Policy, Snapshot, SnapshotDocument, Snapshots};

/// Takes the snapshots of one kind of aggregate.
pub struct Taker<S, D, A> {
    store: Arc<S>,
    documents: D,
    snapshots: Snapshots<S, D, A>,
    policy: Policy,
}

impl<S: EventStore, D: Documents, A: Snapshot> Taker<S, D, A> {
    /// Takes snapshots of the streams in this store when the policy says so.
    #[must_use]
    pub fn new(store: Arc<S>, documents: D, policy: Policy) -> Self {
        let snapshots = Snapshots::new(Arc::clone(&store), documents.clone());
        Self { store, documents, snapshots, policy }
    }

    /// Takes the snapshot of a stream that is due, if it is not there. Answers whether one was taken.
    ///
    /// # Errors
    ///
    /// The store or the documents fail. A state that cannot be stored is no error: it has no snapshot, and the
    /// log says why.
    pub async fn take(&self, stream: &StreamId, end: Version) -> Result<bool, Error> {
        let Some(due) = self.policy.due(end) else {
            return Ok(false);
        };
        let read = self.documents.read::<SnapshotDocument>(stream.as_str()).await;
        let (known, etag) = match read {
            Ok(read) => read.map(|Stored { document, etag, .. }| (document, etag)).unzip(),
            // Whoever wrote it, ours takes its place.
            Err(Error::Unreadable { .. }) => return self.replaced(stream, due).await,
            Err(error) => return Err(error),
        };
        let usable = |known: &SnapshotDocument| known.schema >= A::SCHEMA && known.version >= due;
        if known.as_ref().is_some_and(usable) {
            return Ok(false);
        }
        let Some(document) = self.document(stream, due).await? else {
            return Ok(false);
        };
        // Another worker that is faster writes the same.
        let written = match etag {
            None => self.documents.create(&document.id, &document).await?,
            Some(etag) => self.documents.replace(&document.id, &document, &etag).await?,
        };
        Ok(written.is_some())
    }

    async fn replaced(&self, stream: &StreamId, due: Version) -> Result<bool, Error> {
        self.documents.remove(stream.as_str()).await?;
        let Some(document) = self.document(stream, due).await? else {
            return Ok(false);
        };
        Ok(self.documents.create(&document.id, &document).await?.is_some())
    }

    /// The state as of a version, as a document; `None` if it has no such version any more, or does not fit.
    async fn document(
        &self,
        stream: &StreamId,
        due: Version,
    ) -> Result<Option<SnapshotDocument>, Error> {
        let mut state: State<A> = self.snapshots.restored(stream).await;
        if state.version > due {
            state = State::default();
        }
        let range = Range::after(state.version).up_to(due);
        let slice = self.store.load(stream, range).await;
        let slice = slice.map_err(|error| Error::Failed(Box::new(error)))?;
        let folded: Result<(), LoadError<S::Error>> = state.fold(&slice.events);
        let document = match folded {
            Ok(()) if state.version == due => {
                SnapshotDocument::of(stream, &state).map_err(|error| error.to_string())
            }
            Ok(()) => Err("its events are gone".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        Ok(document
            .inspect_err(|reason| tracing::warn!(%stream, %due, reason, "took no snapshot"))
            .ok())
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
            self.take(stream, end).await?;
        }
        Ok(())
    }
}
