//! States from a snapshot and the tail of the stream behind it.

use std::marker::PhantomData;
use std::sync::Arc;

use aggregates::{LoadError, Loaded, State, States};
use event_store::{EventStore, Range, Slice, StreamId, Version};
use projections::{Documents, Error, Etag, Stored};
use serde_json::value::RawValue;

use crate::{Restored, Snapshot, SnapshotDocument, Unusable};

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

    /// Removes the snapshot of a stream. It changes nothing but what the next load costs.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn remove(&self, stream: &StreamId) -> Result<(), Error> {
        self.documents.remove(stream.as_str()).await
    }

    /// The state of a stream as of a version, or as of its end. A snapshot must not be of a later one.
    ///
    /// # Errors
    ///
    /// The stream cannot be read.
    pub async fn fold(
        &self,
        stream: &StreamId,
        snapshot: Option<Restored<A>>,
        up_to: Option<Version>,
    ) -> Result<Loaded<A>, LoadError<S::Error>> {
        //@ step 1: fold what {stream} holds behind the snapshot; all of it, if that is of another history
        let mut loaded = Loaded { checked: true, ..Loaded::default() };
        if let Some(Restored { state, event_id }) = snapshot {
            let slice = self.events(stream, before(state.version), up_to, &mut loaded).await?;
            if let Some((last, tail)) = slice.events.split_first()
                && *last.event.id() == event_id
            {
                loaded.state = state;
                loaded.state.fold(tail)?;
                return Ok(loaded);
            }
        }
        let slice = self.events(stream, Version::ZERO, up_to, &mut loaded).await?;
        loaded.state.fold(&slice.events)?;
        Ok(loaded)
        //@ end
    }

    /// Reads the events after a version, and adds what that costs to `loaded`.
    async fn events(
        &self,
        stream: &StreamId,
        after: Version,
        up_to: Option<Version>,
        loaded: &mut Loaded<A>,
    ) -> Result<Slice, LoadError<S::Error>> {
        let all = Range::after(after);
        let range = up_to.map_or(all.clone(), |version| all.up_to(version));
        let slice = self.store.load(stream, range).await.map_err(LoadError::Store)?;
        loaded.charge += slice.charge;
        loaded.trips += slice.trips;
        Ok(slice)
    }

    /// The snapshot of a stream, if there is one, as far as it can be used.
    pub(crate) async fn read(&self, stream: &StreamId) -> Result<Option<Found<A>>, Error> {
        let read = self.documents.read::<Box<RawValue>>(stream.as_str()).await?;
        Ok(read.map(|Stored { document, etag }| {
            let parsed = serde_json::from_str::<SnapshotDocument>(document.get());
            let snapshot = parsed.map_err(Unusable::from).and_then(SnapshotDocument::restore);
            Found { snapshot, etag }
        }))
    }
}

/// What lies under the name of a stream.
pub(crate) struct Found<A> {
    pub(crate) snapshot: Result<Restored<A>, Unusable>,
    pub(crate) etag: Etag,
}

/// The version before this one.
fn before(version: Version) -> Version {
    Version(version.0.saturating_sub(1))
}

impl<S: EventStore, D: Documents, A: Snapshot + Send + Sync> States<A> for Snapshots<S, D, A> {
    type Error = S::Error;

    async fn load(&self, stream: &StreamId) -> Result<Loaded<A>, LoadError<S::Error>> {
        let snapshot = match self.read(stream).await {
            Ok(found) => found.and_then(|found| usable(stream, found.snapshot)),
            Err(error) => usable(stream, Err(error)),
        };
        let loaded = self.fold(stream, snapshot, None).await?;
        // Looking for the snapshot was a request, too. What it cost, the documents do not tell.
        Ok(Loaded { trips: loaded.trips + 1, ..loaded })
    }

    fn keep(&self, _stream: &StreamId, _state: &State<A>) {}
}

/// A snapshot is a help: what is wrong with one is a matter for the log.
fn usable<T, E: std::fmt::Display>(stream: &StreamId, snapshot: Result<T, E>) -> Option<T> {
    let said = |reason: &E| tracing::warn!(%stream, %reason, "passed over a snapshot");
    snapshot.inspect_err(said).ok()
}

impl<S, D: Clone, A> Clone for Snapshots<S, D, A> {
    fn clone(&self) -> Self {
        let (store, documents) = (Arc::clone(&self.store), self.documents.clone());
        Self { store, documents, aggregate: PhantomData }
    }
}
