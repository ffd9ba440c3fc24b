//! Publishes the pages of the change feed.

use std::sync::Arc;

use event_store::{EventStore, RecordedEvent, Version};
use futures::StreamExt;
use futures::stream;
use projections::{Error, Handler, Page};
use service_bus::{Bus, BusError};

use crate::{Archive, IntegrationEvent, Mapping, Parked, Parking, Publications};

/// Streams of a page that are sent at the same time.
const AT_ONCE: usize = 16;

/// Sends what others are told of the events in a page to a topic, those of each stream in order.
///
/// A page is done when the broker has all of it. Until then it is sent again as a whole: the same messages under the
/// same ids, of which the broker drops what it knows.
pub struct Publisher<S, B, P, M> {
    name: String,
    topic: String,
    publications: Publications<S, M>,
    bus: Arc<B>,
    parking: P,
}

impl<S: EventStore, B: Bus, P: Parking, M: Mapping> Publisher<S, B, P, M> {
    /// Sends to this topic. What no broker would take is parked under the name.
    #[must_use]
    pub fn new(name: &str, topic: &str, store: Arc<S>, bus: Arc<B>, parking: P) -> Self {
        let (name, topic) = (name.to_owned(), topic.to_owned());
        Self { name, topic, publications: Publications::new(store), bus, parking }
    }

    /// Sends the events of one stream, in their order.
    ///
    /// One that can never be sent, such as one that is too large, is parked with the reason, and the next ones
    /// follow: consumers find the gap, and fill it from the stream.
    ///
    /// # Errors
    ///
    /// The broker does not take one for now: none after it was sent.
    pub async fn publish(&self, events: &[IntegrationEvent]) -> Result<(), Error> {
        //@ step 2: send events one by one, going on when the broker has it or will never take it
        for event in events {
            match self.bus.send(&self.topic, &event.message()).await {
                Ok(()) => {}
                Err(BusError::Rejected { reason }) => self.park(event, &reason).await?,
                Err(error) => return Err(unsent(error)),
            }
        }
        Ok(())
        //@ end
    }

    /// Sends one more time what was parked, by a publisher or a consumer, and releases it; say after the mapping was
    /// mended. False if it is parked again, or is no event of ours.
    ///
    /// # Errors
    ///
    /// The broker or the store cannot be asked.
    pub async fn retry(&self, parked: &Parked) -> Result<bool, Error> {
        let (Some(stream), Some(version)) = (&parked.stream, parked.version) else {
            return Ok(false);
        };
        let before = Version(version.0.saturating_sub(1));
        for event in self.publications.between(stream, before, version).await? {
            match self.bus.send(&self.topic, &event.message()).await {
                Ok(()) => {}
                Err(BusError::Rejected { reason }) => {
                    self.park(&event, &reason).await?;
                    return Ok(false);
                }
                Err(error) => return Err(unsent(error)),
            }
        }
        self.parking.release(parked).await?;
        Ok(true)
    }

    async fn stream(&self, events: &[RecordedEvent]) -> Result<(), Error> {
        let published = self.publications.of(events).await?;
        self.publish(&published).await
    }

    async fn park(&self, event: &IntegrationEvent, reason: &str) -> Result<(), Error> {
        let IntegrationEvent { stream, version, .. } = event;
        tracing::error!(%stream, %version, reason, "cannot be published, parked");
        self.parking.park(&Parked::unsent(&self.name, event, reason)).await
    }
}

impl<S, B, P, M> Handler for Publisher<S, B, P, M>
where
    S: EventStore + 'static,
    B: Bus + 'static,
    P: Parking,
    M: Mapping,
{
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let streams = page.events.chunk_by(|one, other| one.stream == other.stream);
        let streams: Vec<_> = streams.map(|events| self.stream(events)).collect();
        let mut published = stream::iter(streams).buffer_unordered(AT_ONCE);
        // The page is sent again anyway, so the first failure ends it.
        while let Some(done) = published.next().await {
            done?;
        }
        Ok(())
    }
}

/// What the processor has to know of it.
fn unsent(error: BusError) -> Error {
    match error {
        BusError::Throttled { retry_after } => {
            Error::Busy { retry_after, source: Box::new(BusError::Throttled { retry_after }) }
        }
        other => Error::Failed(Box::new(other)),
    }
}
