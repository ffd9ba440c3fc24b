//! A feed that cuts its pages elsewhere each time, in no order inside a page, sometimes empty ones.

use super::network::{Network, lost};
use super::store::Deleted;
use crate::{
    Continuation, Error, Feed, FeedPage, From, HashRange, MemoryFeed, MemoryReader, Reader,
};
use event_store::StreamId;

/// The feed as one worker reaches it.
#[derive(Clone)]
pub(crate) struct Cutting {
    pub(crate) feed: MemoryFeed,
    pub(crate) network: Network,
    pub(crate) deleted: Deleted,
}

pub(crate) struct CuttingReader {
    reader: MemoryReader,
    network: Network,
    deleted: Deleted,
    /// Where the last page ended, if it was not the first.
    place: Option<Continuation>,
}

impl Feed for Cutting {
    type Reader = CuttingReader;

    async fn origin(&self) -> Result<String, Error> {
        Ok("model".to_owned())
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
    ) -> Result<CuttingReader, Error> {
        let limit = u32::try_from(1 + self.network.below(limit as usize)).unwrap_or(limit);
        let reader = self.feed.open(range, from, limit).await?;
        let (network, deleted) = (self.network.clone(), self.deleted.clone());
        Ok(CuttingReader { reader, network, deleted, place: None })
    }
}

impl Reader for CuttingReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        self.network.pause().await;
        if self.network.strikes(5) {
            return Err(lost());
        }
        if self.network.strikes(5)
            && let Some(next) = self.place.clone()
        {
            let events = Vec::new();
            return Ok(FeedPage { events, next, caught_up: false, reached: None, end: None });
        }
        let mut page = self.reader.next().await?;
        page.events.retain(|event| !self.deleted.holds(&event.stream));
        for last in (1..page.events.len()).rev() {
            page.events.swap(self.network.below(last + 1), last);
        }
        self.place = Some(page.next.clone());
        self.network.pause().await;
        Ok(page)
    }
}
