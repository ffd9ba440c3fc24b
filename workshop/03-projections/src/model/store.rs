//! Streams as a worker reads them: from replicas that may be behind, and with streams that were deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use event_store::{
    AppendError, Appended, EventStore, Expected, NewEvent, Range, Slice, StreamId, Version,
};

use super::Broken;
use super::network::Network;
use crate::MemoryFeed;

/// The streams that were deleted: their events are gone, from the streams and from the feed.
#[derive(Clone, Default)]
pub(crate) struct Deleted(Arc<Mutex<BTreeSet<StreamId>>>);

/// The connection broke.
#[derive(Debug, thiserror::Error)]
#[error("the connection broke")]
pub(crate) struct Outage;

/// The streams as one worker reaches them. What it has seen once it sees again.
pub(crate) struct Replicas {
    pub(crate) streams: MemoryFeed,
    pub(crate) network: Network,
    pub(crate) deleted: Deleted,
    pub(crate) broken: Broken,
    pub(crate) seen: Mutex<BTreeMap<StreamId, Version>>,
}

impl Deleted {
    pub(crate) fn holds(&self, stream: &StreamId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(stream)
    }

    pub(crate) fn add(&self, stream: StreamId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(stream);
    }
}

impl Replicas {
    /// How far the replica is that answers.
    async fn place(&self, stream: &StreamId) -> Version {
        let Ok(all) = self.streams.load(stream, Range::all()).await;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.entry(stream.clone()).or_default();
        // One that breaks the promise is often behind, and then knows less than before.
        let percent = if self.broken == Broken::Replica {
            *seen = Version::ZERO;
            60
        } else {
            20
        };
        let behind = usize::try_from(all.version.0 - seen.0).unwrap_or_default();
        let lag = if self.network.strikes(percent) { self.network.below(behind + 1) } else { 0 };
        *seen = Version(all.version.0 - lag as u64);
        *seen
    }
}

impl EventStore for Replicas {
    type Error = Outage;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Outage> {
        self.network.pause().await;
        if self.network.strikes(5) {
            return Err(Outage);
        }
        let Ok(mut slice) = self.streams.load(stream, range).await;
        let after =
            slice.events.first().map_or(slice.version, |event| Version(event.version.0 - 1));
        let place = self.place(stream).await;
        let gone = self.deleted.holds(stream);
        slice.events.retain(|event| event.version <= place && !gone);
        let end = if self.broken == Broken::Replica { after } else { after.min(place) };
        slice.version = slice.events.last().map_or(end, |event| event.version);
        self.network.pause().await;
        Ok(slice)
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Outage>> {
        let appended = self.streams.append(stream, expected, events).await;
        appended.map_err(|error| error.map_store(|never| match never {}))
    }
}
