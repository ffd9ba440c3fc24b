//! The item an event is stored as, and the container it is stored in.

use cosmos::ContainerSpec;
use serde::Serialize;
use serde_json::{Value, json};

/// The container of the events: those of one stream lie in one partition.
pub const EVENTS: ContainerSpec = ContainerSpec {
    name: "events",
    partition_key: "/stream",
    unique_keys: &["/meta/event_id"],
    indexed: &["/version/?", "/type/?", "/meta/event_id/?"],
    procedures: &[],
};

/// An event as Cosmos DB stores it.
#[derive(Debug, Clone, Serialize)]
pub struct EventDocument {
    /// `<stream>:<version>`, unique in its partition.
    pub id: String,
    /// What the event is about, such as `delivery:1`. The partition key.
    pub stream: String,
    /// The event's place in its stream; the first is 1.
    pub version: u64,
    /// What happened, in the past tense.
    #[serde(rename = "type")]
    pub kind: String,
    /// The fact.
    pub data: Value,
    /// The circumstances.
    pub meta: EventMeta,
}

/// The circumstances of an event.
#[derive(Debug, Clone, Serialize)]
pub struct EventMeta {
    /// Names the event for ever.
    pub event_id: String,
    /// When it was written down: UTC, RFC 3339.
    pub recorded_at: String,
}

/// The event that a delivery of meters came to the depot, on the day before the first of them is registered.
#[must_use]
pub fn meters_delivered(delivery: u32, meters: u32) -> EventDocument {
    let stream = format!("delivery:{delivery}");
    EventDocument {
        id: format!("{stream}:1"),
        version: 1,
        kind: "MetersDelivered".to_owned(),
        data: json!({ "meters": meters }),
        meta: EventMeta {
            event_id: format!("{stream}/arrival"),
            recorded_at: "2020-04-29T14:00:00.000Z".to_owned(),
        },
        stream,
    }
}
