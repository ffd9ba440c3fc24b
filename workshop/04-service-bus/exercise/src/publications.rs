//! Streams as others see them.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use aggregates::Recorded;
use event_store::{EventStore, Range, RecordedEvent, StreamId, Version};

use crate::{Error, IntegrationEvent, Mapping};

/// How many events are looked at in one request for the one that was published before: at first so many, then
/// four times as many each time, up to the second number.
const LOOK_BACK: (u32, u32) = (4, 100);

/// Where a consumer gets what it was not sent.
pub trait Archive: Send + Sync {
    /// The integration events of a stream after a version, up to and with another. Nothing is read if there
    /// can be none.
    fn between(
        &self,
        stream: &StreamId,
        after: Version,
        up_to: Version,
    ) -> impl Future<Output = Result<Vec<IntegrationEvent>, Error>> + Send;
}

/// What is published of the streams in a store.
pub struct Publications<S, M> {
    store: Arc<S>,
    mapping: PhantomData<fn() -> M>,
}

impl<S, M> Clone for Publications<S, M> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), mapping: PhantomData }
    }
}

impl<S: EventStore, M: Mapping> Publications<S, M> {
    /// What is published of the streams in this store.
    #[must_use]
    pub fn new(store: Arc<S>) -> Self {
        Self { store, mapping: PhantomData }
    }

    /// What is published of these events, which follow each other in one stream.
    ///
    /// Which one was published before them is found in the stream, and not remembered: so it is the same after
    /// a crash. Nothing is looked up if none of these is published, so each event is looked at about once.
    ///
    /// # Errors
    ///
    /// The store fails, or an event cannot be read.
    pub async fn of(&self, events: &[RecordedEvent]) -> Result<Vec<IntegrationEvent>, Error> {
        let mut published = Vec::new();
        for event in events {
            published.extend(map::<M>(event)?);
        }
        if let (Some(first), false) = (events.first(), published.is_empty()) {
            let mut previous = self.last_before(first).await?;
            for event in &mut published {
                event.previous = previous;
                previous = event.version;
            }
        }
        Ok(published)
    }

    /// The version that was published last before an event; 0 if none was.
    async fn last_before(&self, event: &RecordedEvent) -> Result<Version, Error> {
        let (mut version, mut limit) = (event.version, LOOK_BACK.0);
        while version > Version(1) {
            let before = Version(version.0 - 1);
            let range = Range::all().up_to(before).backward().limit(limit);
            let events = self.load(&event.stream, range).await?.0;
            let Some(oldest) = events.last() else {
                break;
            };
            for event in &events {
                if map::<M>(event)?.is_some() {
                    return Ok(event.version);
                }
            }
            version = oldest.version;
            limit = (limit * 4).min(LOOK_BACK.1);
        }
        Ok(Version::ZERO)
    }

    async fn load(
        &self,
        stream: &StreamId,
        range: Range,
    ) -> Result<(Vec<RecordedEvent>, Version), Error> {
        let slice = self.store.load(stream, range).await;
        let slice = slice.map_err(|error| Error::Store(Box::new(error)))?;
        Ok((slice.events, slice.version))
    }
}

impl<S: EventStore, M: Mapping> Archive for Publications<S, M> {
    async fn between(
        &self,
        stream: &StreamId,
        after: Version,
        up_to: Version,
    ) -> Result<Vec<IntegrationEvent>, Error> {
        if up_to <= after {
            return Ok(Vec::new());
        }
        let (events, version) = self.load(stream, Range::after(after).up_to(up_to)).await?;
        // The replica that was asked is behind, or the stream was deleted.
        if version < up_to {
            return Err(Error::Unfilled { stream: stream.clone(), version: up_to });
        }
        self.of(&events).await
    }
}

/// What is published of an event, if anything.
fn map<M: Mapping>(event: &RecordedEvent) -> Result<Option<IntegrationEvent>, Error> {
    if !M::CATEGORIES.contains(&event.stream.category()) {
        return Ok(None);
    }
    let mapped = Recorded::decode(event)
        .and_then(|decoded| decoded.map_or(Ok(None), |event| IntegrationEvent::of::<M>(&event)));
    mapped.map_err(|source| Error::Undecodable {
        stream: event.stream.clone(),
        version: event.version,
        source,
    })
}
