//! Events: as a writer hands them in, and as the store recorded them.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smol_str::SmolStr;
use time::OffsetDateTime;

use crate::name::joined;
use crate::{StreamId, Version, exact, timestamp};

/// Names an event for ever. Unique within its stream: sent twice, it is stored once.
/// Clones share a text that is too long to be copied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(SmolStr);

impl EventId {
    /// The id of the `number`-th event of a command, counted from 0: a command that is sent again
    /// makes the same ids again.
    #[must_use]
    pub fn of_command(command_id: &str, number: usize) -> Self {
        Self(joined(command_id, '/', number))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for EventId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for EventId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What belongs to the circumstances of an event rather than to the fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The command's time, UTC, kept to the millisecond.
    #[serde(with = "timestamp")]
    pub recorded_at: OffsetDateTime,
    /// The whole conversation: one id from the first request to the last consequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// What directly caused the event: a command, or another event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

impl Metadata {
    /// Metadata that knows the time and nothing else.
    #[must_use]
    pub fn at(recorded_at: OffsetDateTime) -> Self {
        Self { recorded_at, correlation_id: None, causation_id: None, actor: None }
    }
}

/// An event that is not stored yet. Whoever holds one holds a valid one.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub(crate) id: EventId,
    pub(crate) kind: SmolStr,
    pub(crate) data: Box<RawValue>,
    pub(crate) meta: Metadata,
}

/// Why something cannot be an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// Ids have 1 to 255 bytes.
    #[error("event id {0:?} must have 1 to 255 bytes")]
    Id(String),
    /// The type is empty, or begins with `$` as only the store's own do.
    #[error("event type {0:?} must not be empty and must not begin with $")]
    Kind(String),
    /// The data is no JSON object.
    #[error("the data of {0} is not a JSON object")]
    NotAnObject(String),
    /// A stored procedure would round the number.
    #[error("{kind} holds the whole number {number}, beyond ±2^53: store it as a string")]
    NumberTooLarge {
        /// The event's type.
        kind: String,
        /// The number as it was written.
        number: String,
    },
    /// The time has no four-digit year in UTC, so it could be neither compared nor read back.
    #[error("{kind} was recorded at {time}: the year must be from 0 to 9999")]
    Time {
        /// The event's type.
        kind: String,
        /// Its time.
        time: OffsetDateTime,
    },
    /// The data cannot be written as JSON.
    #[error("the data of {kind} cannot be written as JSON")]
    Json {
        /// The event's type.
        kind: String,
        /// Why.
        source: serde_json::Error,
    },
}

impl NewEvent {
    /// Makes an event of a type (`kind`) and its data, which must become a JSON object.
    ///
    /// # Errors
    ///
    /// See [`InvalidEvent`]: what could not be stored exactly as given is refused here.
    pub fn new(
        id: EventId,
        kind: &str,
        data: &impl Serialize,
        meta: Metadata,
    ) -> Result<Self, InvalidEvent> {
        let json = |source| InvalidEvent::Json { kind: kind.to_owned(), source };
        let data = serde_json::value::to_raw_value(data).map_err(json)?;
        Self::of_json(id, kind, data, meta)
    }

    /// The same with data that is JSON already.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of_json(
        id: EventId,
        kind: &str,
        data: Box<RawValue>,
        meta: Metadata,
    ) -> Result<Self, InvalidEvent> {
        let json = |source| InvalidEvent::Json { kind: kind.to_owned(), source };
        if id.as_str().is_empty() || id.as_str().len() > 255 {
            return Err(InvalidEvent::Id(id.to_string()));
        }
        if kind.is_empty() || kind.starts_with('$') {
            return Err(InvalidEvent::Kind(kind.to_owned()));
        }
        if !timestamp::can_be_stored(meta.recorded_at) {
            return Err(InvalidEvent::Time { kind: kind.to_owned(), time: meta.recorded_at });
        }
        if !data.get().starts_with('{') {
            return Err(InvalidEvent::NotAnObject(kind.to_owned()));
        }
        if let Some(number) = exact::first_inexact(data.get()).map_err(json)? {
            return Err(InvalidEvent::NumberTooLarge { kind: kind.to_owned(), number });
        }
        Ok(Self { id, kind: kind.into(), data, meta })
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// The type, in the past tense.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The fact itself, a JSON object.
    #[must_use]
    pub fn data(&self) -> &RawValue {
        &self.data
    }

    /// The circumstances.
    #[must_use]
    pub fn meta(&self) -> &Metadata {
        &self.meta
    }
}

/// An event in its stream.
#[derive(Debug, Clone)]
pub struct RecordedEvent {
    /// The stream.
    pub stream: StreamId,
    /// Its place there.
    pub version: Version,
    /// What was handed in.
    pub event: NewEvent,
}
