//! A store and documents that count what is asked of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use event_store::{
    AppendError, Appended, EventStore, Expected, Metadata, NewEvent, Range, Sealing, Slice,
    StreamId,
};
use projections::{Documents, Error, Etag, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// How often a stream was loaded.
    pub loads: usize,
    /// How many events came back.
    pub events: usize,
    /// How often events were appended.
    pub appends: usize,
}

/// A store behind a counter. Clones share both.
#[derive(Clone)]
pub struct Counted<S> {
    store: Arc<S>,
    asked: Arc<Mutex<Asked>>,
}

impl<S> Counted<S> {
    /// Counts what is asked of `store`.
    pub fn new(store: Arc<S>) -> Self {
        Self { store, asked: Arc::default() }
    }

    /// What was asked since it was looked at last.
    pub fn take(&self) -> Asked {
        self.count(std::mem::take)
    }

    fn count<T>(&self, with: impl FnOnce(&mut Asked) -> T) -> T {
        with(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: EventStore> EventStore for Counted<S> {
    type Error = S::Error;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, S::Error> {
        let slice = self.store.load(stream, range).await?;
        self.count(|asked| {
            asked.loads += 1;
            asked.events += slice.events.len();
        });
        Ok(slice)
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<S::Error>> {
        self.count(|asked| asked.appends += 1);
        self.store.append(stream, expected, events).await
    }
}

impl<S: Sealing> Sealing for Counted<S> {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<S::Error>> {
        self.count(|asked| asked.appends += 1);
        self.store.close(stream, expected, last).await
    }

    async fn seal(&self, stream: &StreamId, meta: Metadata) -> Result<(), AppendError<S::Error>> {
        self.store.seal(stream, meta).await
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<S::Error>> {
        self.store.delete(stream, meta).await
    }
}

/// Documents behind a counter of their writes, whether they succeed or not. Clones share it.
#[derive(Clone)]
pub struct CountedDocuments<D> {
    documents: D,
    writes: Arc<AtomicUsize>,
}

impl<D> CountedDocuments<D> {
    /// Counts the writes of `documents`.
    pub fn new(documents: D) -> Self {
        Self { documents, writes: Arc::default() }
    }

    /// How often something was to be written.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }
}

impl<D: Documents> Documents for CountedDocuments<D> {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.documents.read(id).await
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.documents.create(id, document).await
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.documents.replace(id, document, etag).await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.documents.ids(prefix).await
    }
}
