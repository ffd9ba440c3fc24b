//! The promise of an event store: two verbs, whatever is behind them.

use std::future::Future;
use std::time::Duration;

use crate::{
    Charge, Expected, Metadata, NewEvent, Range, RecordedEvent, SessionToken, StreamId, Version,
};

/// Streams of events. Appending is all or nothing, and at most one writer wins each version.
pub trait EventStore: Send + Sync {
    /// What can go wrong behind the store.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads a stream's events. An unknown stream is an empty slice at version 0.
    fn load(
        &self,
        stream: &StreamId,
        range: Range,
    ) -> impl Future<Output = Result<Slice, Self::Error>> + Send;

    /// Writes events at the end of a stream: all of them or none. The same events sent again are
    /// recognised by their ids, stored once, and answered as a duplicate. No events: nothing is sent.
    fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> impl Future<Output = Result<Appended, AppendError<Self::Error>>> + Send;
}

/// A store whose streams can end.
pub trait Sealing: EventStore {
    /// Appends a last event and seals the stream behind it, in one transaction.
    fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> impl Future<Output = Result<Appended, AppendError<Self::Error>>> + Send;

    /// Seals the stream as it is: it takes no more events, and what it holds can still be read. Safe to repeat.
    fn seal(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> impl Future<Output = Result<(), AppendError<Self::Error>>> + Send;

    /// Seals the stream and removes its events; the name is never used again. Answers how many events
    /// went. Safe to repeat, also after a crash half-way. `meta` says when and by whom.
    fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> impl Future<Output = Result<u64, AppendError<Self::Error>>> + Send;
}

/// Events of one stream, in the direction asked for.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The events.
    pub events: Vec<RecordedEvent>,
    /// Where a reader who folds them stands: the version of the newest event here; for an empty slice
    /// the end of the stream, or the version asked for if that is lower.
    pub version: Version,
    /// What it cost.
    pub charge: Charge,
    /// Requests that were sent.
    pub trips: u32,
}

/// An append that was carried out, now or before.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// The version of the last of the events sent.
    pub version: Version,
    /// The events were there already, from an earlier attempt.
    pub duplicate: bool,
    /// What it cost.
    pub charge: Charge,
    /// Requests that were sent.
    pub trips: u32,
    /// Hand it to [`Range::session`] to read this append elsewhere; a store reads its own appends anyway.
    pub session: Option<SessionToken>,
}

/// Why nothing was appended. Named by what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError<E> {
    /// The stream is not where the writer believed: fold what was missed and decide again.
    #[error("the stream is at version {actual}")]
    Conflict {
        /// Where the stream ends.
        actual: Version,
        /// The events after the expected version, when the store could give them at once.
        since: Option<Vec<RecordedEvent>>,
    },
    /// The stream was closed or deleted and takes no more events.
    #[error("the stream ended at version {at}")]
    Sealed {
        /// The version of its last event.
        at: Version,
    },
    /// More than one transaction can take: send fewer events at once.
    #[error("{events} events of {bytes} bytes do not fit one transaction")]
    TooLarge {
        /// How many events were sent.
        events: usize,
        /// Their size as documents.
        bytes: usize,
    },
    /// The account is out of request units: wait, then send the same again.
    #[error("throttled, retry after {retry_after:?}")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The store failed. Sending the same events again is safe: they are stored once.
    #[error("the store failed")]
    Store(#[source] E),
}

impl<E> AppendError<E> {
    /// The same refusal, with another kind of failure behind the store.
    pub fn map_store<F>(self, into: impl FnOnce(E) -> F) -> AppendError<F> {
        match self {
            Self::Conflict { actual, since } => AppendError::Conflict { actual, since },
            Self::Sealed { at } => AppendError::Sealed { at },
            Self::TooLarge { events, bytes } => AppendError::TooLarge { events, bytes },
            Self::Throttled { retry_after } => AppendError::Throttled { retry_after },
            Self::Store(error) => AppendError::Store(into(error)),
        }
    }
}
