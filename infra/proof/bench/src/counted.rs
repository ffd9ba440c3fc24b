//! Counts what processors ask of the feed and of their documents.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use event_store::StreamId;
use projections::{
    CosmosDocuments, CosmosFeed, CosmosReader, Documents, Error, Etag, Feed, FeedPage, From,
    HashRange, Reader, Stored,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What was asked so far. Clones count together.
#[derive(Clone, Default)]
pub struct Counts(Arc<Numbers>);

#[derive(Default)]
struct Numbers {
    pages: AtomicU64,
    polls: AtomicU64,
    documents: AtomicU64,
    refused: AtomicU64,
}

/// A reading of [`Counts`].
#[derive(Clone, Copy)]
pub struct Count {
    /// Pages of the feed with events.
    pub pages: u64,
    /// Pages without.
    pub polls: u64,
    /// Reads and writes of documents.
    pub documents: u64,
    /// Writes that were refused, since somebody else had written: 412, and 409 for the first.
    pub refused: u64,
}

impl Counts {
    pub fn read(&self) -> Count {
        let number = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let Numbers { pages, polls, documents, refused } = &*self.0;
        Count {
            pages: number(pages),
            polls: number(polls),
            documents: number(documents),
            refused: number(refused),
        }
    }

    fn written(&self, written: Result<Option<Etag>, Error>) -> Result<Option<Etag>, Error> {
        count(&self.0.documents);
        if matches!(written, Ok(None)) {
            count(&self.0.refused);
        }
        written
    }
}

fn count(number: &AtomicU64) {
    number.fetch_add(1, Ordering::Relaxed);
}

#[derive(Clone)]
pub struct CountedDocuments {
    pub documents: CosmosDocuments,
    pub counts: Counts,
}

impl Documents for CountedDocuments {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        count(&self.counts.0.documents);
        self.documents.read(id).await
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.counts.written(self.documents.create(id, document).await)
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        self.counts.written(self.documents.replace(id, document, etag).await)
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        count(&self.counts.0.documents);
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        count(&self.counts.0.documents);
        self.documents.ids(prefix).await
    }
}

#[derive(Clone)]
pub struct CountedFeed {
    pub feed: CosmosFeed,
    pub counts: Counts,
}

pub struct CountedReader {
    reader: CosmosReader,
    counts: Counts,
}

impl Feed for CountedFeed {
    type Reader = CountedReader;

    async fn origin(&self) -> Result<String, Error> {
        self.feed.origin().await
    }

    async fn ranges(&self, at_least: usize) -> Result<Vec<HashRange>, Error> {
        self.feed.ranges(at_least).await
    }

    async fn holds(&self, range: &HashRange, stream: &StreamId) -> Result<bool, Error> {
        self.feed.holds(range, stream).await
    }

    async fn open(
        &self,
        range: &HashRange,
        from: From<'_>,
        limit: u32,
    ) -> Result<CountedReader, Error> {
        let reader = self.feed.open(range, from, limit).await?;
        Ok(CountedReader { reader, counts: self.counts.clone() })
    }
}

impl Reader for CountedReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        let page = self.reader.next().await?;
        count(if page.events.is_empty() { &self.counts.0.polls } else { &self.counts.0.pages });
        Ok(page)
    }
}
