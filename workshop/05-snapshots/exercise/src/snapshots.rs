//! States from a snapshot and the tail of the stream behind it.

use std::marker::PhantomData;
use std::sync::Arc;

use aggregates::{LoadError, Loaded, State, States};
use event_store::{EventStore, Range, StreamId};
use projections::Documents;

use crate::{Snapshot, SnapshotDocument};

/// States from snapshots. Whatever is wrong with one, the state is right: then the whole stream is folded.
pub struct Snapshots<S, D, A> {
    store: Arc<S>,
    documents: D,
    aggregate: PhantomData<fn() -> A>,
}

impl<S: EventStore, D: Documents, A: Snapshot> Snapshots<S, D, A> {
    /// Snapshots in these documents, of the streams in this store.
    #[must_use]
    pub fn new(store: Arc<S>, documents: D) -> Self {
        Self { store, documents, aggregate: PhantomData }
    }

    /// The state as of the last snapshot; the empty one if there is no snapshot that can be used.
    pub(crate) async fn restored(&self, stream: &StreamId) -> State<A> {
        let read = self.documents.read::<SnapshotDocument>(stream.as_str()).await;
        let state = match read {
            Ok(None) => return State::default(),
            Ok(Some(read)) => read.document.state().map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        state.unwrap_or_else(|reason| {
            tracing::warn!(%stream, reason, "passed over a snapshot");
            State::default()
        })
    }

    /// Makes the events behind a state part of it. A state that is beyond the end of the stream is of another
    /// history, and is not used.
    pub(crate) async fn caught_up(
        &self,
        stream: &StreamId,
        mut state: State<A>,
    ) -> Result<Loaded<A>, LoadError<S::Error>> {
        // step 1
        todo!(
            "step 1: fold onto the state what {stream} holds behind it; without a state, or beyond the end, all of it"
        )
    }

    async fn load(
        &self,
        stream: &StreamId,
        range: Range,
    ) -> Result<event_store::Slice, LoadError<S::Error>> {
        self.store.load(stream, range).await.map_err(LoadError::Store)
    }
}

impl<S: EventStore, D: Documents, A: Snapshot + Send + Sync> States<A> for Snapshots<S, D, A> {
    type Error = S::Error;

    async fn load(&self, stream: &StreamId) -> Result<Loaded<A>, LoadError<S::Error>> {
        let state = self.restored(stream).await;
        let loaded = self.caught_up(stream, state).await?;
        // Looking for the snapshot was a request, too.
        Ok(Loaded { trips: loaded.trips + 1, ..loaded })
    }

    fn keep(&self, _stream: &StreamId, _state: &State<A>) {}
}

impl<S, D: Clone, A> Clone for Snapshots<S, D, A> {
    fn clone(&self) -> Self {
        let (store, documents) = (Arc::clone(&self.store), self.documents.clone());
        Self { store, documents, aggregate: PhantomData }
    }
}
