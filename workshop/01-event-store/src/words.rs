//! The words the checks speak in: a meter's stream and things that happen to it. Ids and times are fixed.

use std::error::Error;

use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::{AppendError, Appended, EventId, Metadata, NewEvent, RecordedEvent, StreamId};

/// The talk begins on this day.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// The stream of a meter.
///
/// # Panics
///
/// Never: the number makes a valid name.
#[must_use]
pub fn meter(number: u32) -> StreamId {
    StreamId::new("meter", number).expect("digits make a stream id")
}

/// The event that a meter was registered, with this id.
#[must_use]
pub fn registered(id: &str) -> NewEvent {
    let data = json!({ "postal_code": "1000 AA", "house_number": "25" });
    event(id, "MeterRegistered", &data, START)
}

/// The event that a meter was activated, with this id.
#[must_use]
pub fn activated(id: &str) -> NewEvent {
    event(id, "MeterActivated", &json!({}), START + Duration::minutes(5))
}

/// `count` events that a day's readings came in, a day apart, with the ids `<command>/0`, `<command>/1`, ….
#[must_use]
pub fn readings(command: &str, count: u16) -> Vec<NewEvent> {
    let day = |number: u16| {
        let id = EventId::of_command(command, number.into());
        let time = START + Duration::days(i64::from(number) + 1);
        event(id.as_str(), "MeterReadingsCollected", &json!({ "day": number }), time)
    };
    (0..count).map(day).collect()
}

/// The ids of events, in order.
#[must_use]
pub fn ids(events: &[RecordedEvent]) -> Vec<&str> {
    events.iter().map(|recorded| recorded.event.id().as_str()).collect()
}

/// The versions of events, in order.
#[must_use]
pub fn versions(events: &[RecordedEvent]) -> Vec<u64> {
    events.iter().map(|recorded| recorded.version.0).collect()
}

/// Version and id of events, in order.
#[must_use]
pub fn timeline(events: &[RecordedEvent]) -> Vec<String> {
    let entry = |recorded: &RecordedEvent| format!("{} {}", recorded.version, recorded.event.id());
    events.iter().map(entry).collect()
}

/// What became of an append, in words.
pub fn outcome<E: Error + 'static>(result: &Result<Appended, AppendError<E>>) -> String {
    match result {
        Ok(Appended { version, duplicate: false, .. }) => format!("appended, version {version}"),
        Ok(Appended { version, duplicate: true, .. }) => format!("duplicate, version {version}"),
        Err(AppendError::Conflict { actual, .. }) => format!("conflict, the stream is at {actual}"),
        Err(error) => reasons(error),
    }
}

/// An error with what it came from, so that the procedure's own words are among them.
#[must_use]
pub fn reasons(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(reason) = source {
        said = format!("{said}: {reason}");
        source = reason.source();
    }
    said
}

fn event(id: &str, kind: &str, data: &serde_json::Value, time: OffsetDateTime) -> NewEvent {
    let meta = Metadata {
        correlation_id: Some("talk".to_owned()),
        actor: Some("installer".to_owned()),
        ..Metadata::at(time)
    };
    NewEvent::new(EventId::from(id), kind, data, meta).expect("the checks' events are valid")
}
