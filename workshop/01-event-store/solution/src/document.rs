//! The item an event is stored as: one event, one document.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{EventId, Metadata, NewEvent, RecordedEvent, StreamId, Version};

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

/// The circumstances of an event, with its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventMeta {
    /// Unique within the stream, by a unique key of the container.
    pub event_id: EventId,
    /// Time, correlation, causation, actor.
    #[serde(flatten)]
    pub rest: Metadata,
}

/// The document of an event at its place in a stream.
#[must_use]
pub fn document(stream: &StreamId, version: Version, event: &NewEvent) -> EventDocument {
    //@ step 1: build the document of an event at {version} of {stream}
    EventDocument {
        id: document_id(stream, version),
        stream: stream.clone(),
        version,
        kind: event.kind().to_owned(),
        data: event.data().to_owned(),
        meta: EventMeta { event_id: event.id().clone(), rest: event.meta().clone() },
    }
    //@ end
}

/// The id of the document at a place in a stream.
pub(crate) fn document_id(stream: &StreamId, version: Version) -> String {
    format!("{stream}:{version}")
}

impl From<EventDocument> for RecordedEvent {
    fn from(document: EventDocument) -> Self {
        let EventDocument { stream, version, kind, data, meta, .. } = document;
        let event = NewEvent { id: meta.event_id, kind, data, meta: meta.rest };
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
        Self { id, kind: kind.to_owned(), data, meta }
    }
}
