//! What is written: events that make documents of about 400 bytes.

use event_store::{
    CosmosEventStore, EventId, EventStore as _, Expected, Metadata, NewEvent, Range, StreamId,
    Version,
};
use serde_json::json;
use time::OffsetDateTime;

use crate::Failure;

/// Events in one append when a stream is filled.
const FILL: u64 = 500;

/// The event that is to get this version of its stream.
pub fn event(version: u64) -> Result<NewEvent, Failure> {
    let reading = json!({
        "meter": "87000001",
        "interval": { "from": "2026-03-01T10:00:00Z", "minutes": 15 },
        "kwh": "0.417",
        "quality": "measured",
        "note": "a reading as long as those of the samples, so that documents have their size",
    });
    let mut meta = Metadata::at(OffsetDateTime::now_utc());
    meta.correlation_id = Some(format!("conversation-{version}"));
    meta.actor = Some("meter operator".to_owned());
    let id = EventId::of_command(&format!("command-{version}"), 0);
    Ok(NewEvent::new(id, "ReadingTaken", &reading, meta)?)
}

/// The stream of one client.
pub fn stream(name: impl std::fmt::Display) -> Result<StreamId, Failure> {
    Ok(StreamId::new("bench", name)?)
}

/// Appends events to an empty stream until it has this many.
pub async fn fill(store: &CosmosEventStore, stream: &StreamId, size: u64) -> Result<(), Failure> {
    let mut version = 0;
    while version < size {
        let last = size.min(version + FILL);
        let events = (version + 1..=last).map(event).collect::<Result<_, _>>()?;
        store.append(stream, Expected::Exact(Version(version)), events).await?;
        version = last;
    }
    Ok(())
}

/// The version of a stream's last event.
pub async fn end(store: &CosmosEventStore, stream: &StreamId) -> Result<u64, Failure> {
    let last = store.load(stream, Range::all().backward().limit(1)).await?;
    Ok(last.version.0)
}
