//! Between events and what is stored of them: the variant's name is the kind, its content the data.

use event_store::{EventId, Metadata, RecordedEvent, StreamId, Version};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use crate::decode::{Fault, Stored};
use crate::encode::{Content, Seen};

/// A recorded event in the words of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded<E> {
    /// Its stream.
    pub stream: StreamId,
    /// Its place there.
    pub version: Version,
    /// Its own id, unique in the stream.
    pub id: EventId,
    /// The circumstances.
    pub meta: Metadata,
    /// What happened.
    pub event: E,
}

/// Why an event cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The type is not an enum as serde writes it by itself, so it has no kind of its own.
    #[error(
        "events must be a plain enum: leave out tag, content, untagged and what wraps the enum"
    )]
    NotPlain,
    /// Data is a JSON object, so that fields can be added later.
    #[error("the content of {kind} is not an object: give it named fields")]
    NotAnObject {
        /// The event's kind.
        kind: String,
    },
    /// The data is not what the kind promises.
    #[error("the data of {kind} does not fit")]
    Data {
        /// The event's kind.
        kind: String,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
}

/// The kind and the data of an event. A variant without content has the data `{}`.
///
/// # Errors
///
/// The type is no plain enum, its content is no object, or it refuses to be written.
pub fn encode<E: Serialize>(event: &E) -> Result<(&'static str, Box<RawValue>), CodecError> {
    let content = Content::of(event);
    let data = to_raw_value(&content);
    match (content.seen(), data) {
        (Seen::NoVariant, _) => Err(CodecError::NotPlain),
        (Seen::Variant(kind), Ok(data)) if data.get().starts_with('{') => Ok((kind, data)),
        (Seen::Variant(kind), Err(source)) => {
            Err(CodecError::Data { kind: kind.to_owned(), source })
        }
        (Seen::Variant(kind) | Seen::Tuple(kind), _) => {
            Err(CodecError::NotAnObject { kind: kind.to_owned() })
        }
    }
}

/// Reads an event; `None` if there is no such kind among `E`. Fields that `E` does not know are passed
/// over; fields that are new need `#[serde(default)]`.
///
/// # Errors
///
/// The data does not fit its kind, or the type is no plain enum.
pub fn decode<E: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<Option<E>, CodecError> {
    match E::deserialize(Stored { kind, data: data.get() }) {
        Ok(event) => Ok(Some(event)),
        Err(Fault::Unknown) => Ok(None),
        Err(fault) => Err(fault.of(kind)),
    }
}

impl<E: DeserializeOwned> Recorded<E> {
    /// Reads a recorded event; `None` if its kind is not among `E`.
    ///
    /// # Errors
    ///
    /// As [`decode`].
    pub fn decode(recorded: &RecordedEvent) -> Result<Option<Self>, CodecError> {
        let RecordedEvent { stream, version, event } = recorded;
        let decoded = decode(event.kind(), event.data())?;
        Ok(decoded.map(|decoded| Self {
            stream: stream.clone(),
            version: *version,
            id: event.id().clone(),
            meta: event.meta().clone(),
            event: decoded,
        }))
    }
}
