//! The item an event is stored as: one event, one document.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::{EventId, Metadata, NewEvent, RecordedEvent, StreamId, Version, timestamp};

/// The type of the marker that ends a stream. Types that begin with `$` are the store's own.
pub(crate) const SEALED: &str = "$sealed";

/// The type of what is left of an event of a deleted stream.
pub(crate) const DELETED: &str = "$deleted";

/// An event as Cosmos DB stores it. Field names are a contract: procedures, queries and other
/// programs read them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventDocument {
    /// `<stream>:<version>`: a second writer at the same version meets 409.
    pub id: String,
    /// The partition key.
    pub stream: StreamId,
    /// The event's place in its stream.
    pub version: Version,
    /// What happened, such as `MeterActivated`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The fact.
    pub data: Box<RawValue>,
    /// The circumstances.
    pub meta: EventMeta,
}

/// The circumstances of an event, with its id. The fields of [`Metadata`] are written out: serde would buffer
/// a flattened one at each read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventMeta {
    /// Unique within the stream, by a unique key of the container.
    pub event_id: EventId,
    /// As in [`Metadata`].
    #[serde(with = "timestamp")]
    pub recorded_at: OffsetDateTime,
    /// As in [`Metadata`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// As in [`Metadata`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// As in [`Metadata`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

impl EventMeta {
    /// The circumstances of this event.
    #[must_use]
    pub fn of(event: &NewEvent) -> Self {
        let Metadata { recorded_at, correlation_id, causation_id, actor } = event.meta().clone();
        Self { event_id: event.id().clone(), recorded_at, correlation_id, causation_id, actor }
    }
}

/// The document of an event at its place in a stream.
#[must_use]
pub fn document(stream: &StreamId, version: Version, event: &NewEvent) -> EventDocument {
    // step 1
    todo!("step 1: build the document of an event at {version} of {stream}")
}

impl EventDocument {
    /// What a deletion leaves of an event: its place, and the circumstances of the deletion.
    #[must_use]
    pub fn deleted(stream: &StreamId, version: Version, meta: Metadata) -> Self {
        document(stream, version, &NewEvent::stub(stream, version, meta))
    }
}

/// The id of the document at a place in a stream.
pub(crate) fn document_id(stream: &StreamId, version: Version) -> String {
    format!("{stream}:{version}")
}

impl From<EventDocument> for RecordedEvent {
    fn from(document: EventDocument) -> Self {
        let EventDocument { stream, version, kind, data, meta, .. } = document;
        let EventMeta { event_id: id, recorded_at, correlation_id, causation_id, actor } = meta;
        let meta = Metadata { recorded_at, correlation_id, causation_id, actor };
        let event = NewEvent { id, kind: kind.into(), data, meta };
        Self { stream, version, event }
    }
}

impl NewEvent {
    /// The marker that seals a stream, written together with what ends it.
    pub(crate) fn marker(ended_by: &str, meta: Metadata) -> Self {
        Self::of_the_store(SEALED, EventId::from(format!("{ended_by}/sealed").as_str()), meta)
    }

    /// What is left of an event of a deleted stream.
    pub(crate) fn stub(stream: &StreamId, version: Version, meta: Metadata) -> Self {
        let id = EventId::from(format!("{stream}/deleted/{version}").as_str());
        Self::of_the_store(DELETED, id, meta)
    }

    fn of_the_store(kind: &str, id: EventId, meta: Metadata) -> Self {
        let data = RawValue::from_string("{}".to_owned()).expect("{} is JSON");
        Self { id, kind: kind.into(), data, meta }
    }
}
