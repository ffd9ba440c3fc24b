//! How far a lease is behind, found out by looking at the feed: also when no worker runs.

use event_store::{StreamId, Version};
use time::OffsetDateTime;

use crate::feed::{Feed, PAGE, Reader};
use crate::{Error, Lease};

/// How far a reader is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Transactions in the physical partition that were not read, if the feed counts them. A transaction has one
    /// event or several, and with a finer cut than one lease per partition some are other leases'.
    pub transactions: Option<u64>,
    /// When the first event was recorded that was not read; `None` if all were.
    pub since: Option<OffsetDateTime>,
}

impl Lag {
    /// Whether nothing is left to read.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.since.is_none()
    }
}

/// Reads one event from where the lease stands. It moves nothing.
///
/// # Errors
///
/// The feed fails, or does not know the place any more ([`Error::FeedLost`]).
pub async fn lag<F: Feed>(feed: &F, lease: &Lease) -> Result<Lag, Error> {
    let mut reader = feed.open(&lease.range, lease.place(), 1).await?;
    loop {
        let page = reader.next().await?;
        if page.caught_up {
            return Ok(Lag { transactions: Some(0), since: None });
        }
        let Some(first) = page.events.iter().map(|event| event.event.meta().recorded_at).min()
        else {
            continue;
        };
        let read = page.reached.map(|reached| reached.lsn);
        let left = page.end.zip(read).map(|(end, read)| end.saturating_sub(read) + 1);
        return Ok(Lag { transactions: left, since: Some(first) });
    }
}

/// Whether the events of a stream up to a version are in finished pages: whether none of them is left.
pub(crate) async fn has_finished<F: Feed>(
    feed: &F,
    lease: &Lease,
    stream: &StreamId,
    version: Version,
) -> Result<bool, Error> {
    if lease.pending.get(stream).is_some_and(|(first, _)| *first <= version) {
        return Ok(false);
    }
    let mut reader = feed.open(&lease.range, lease.place(), PAGE).await?;
    loop {
        let page = reader.next().await?;
        if page.events.iter().any(|event| event.stream == *stream && event.version <= version) {
            return Ok(false);
        }
        if page.caught_up {
            return Ok(true);
        }
    }
}
