//! The words the checks speak in: meters, what happens to them, and two projections of it. Times are fixed.

use aggregates::{Recorded, encode};
use event_store::{EventId, Metadata, NewEvent, RecordedEvent, StreamId, Version};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::{Page, Projection, ViewKey};

/// The talk begins on this day.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// What happens to a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was activated.
    MeterActivated {
        /// Where it hangs.
        district: String,
    },
    /// It was read.
    MeterRead {
        /// Where it hangs.
        district: String,
        /// What was used since it was read last.
        kwh: u64,
    },
}

/// A meter's own page: a view of one stream. Order matters in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// It was activated.
    pub active: bool,
    /// Each reading, in kilowatt-hours.
    pub readings: Vec<u64>,
}

/// Folds [`Meter`] pages, by stream.
pub struct Meters;

impl Projection for Meters {
    const NAME: &'static str = "meters";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = Meter;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        vec![event.stream.as_str().into()]
    }

    fn apply(view: &mut Option<Meter>, event: &Recorded<Event>) {
        let meter = view.get_or_insert_default();
        match &event.event {
            Event::MeterActivated { .. } => meter.active = true,
            Event::MeterRead { kwh, .. } => meter.readings.push(*kwh),
        }
    }
}

/// What is known of a district: a view of many streams, whose order does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// Meters that were activated.
    pub active_meters: u64,
    /// Readings that came in.
    pub readings: u64,
    /// What they add up to.
    pub kwh: u64,
}

/// Folds [`District`]s, by name.
pub struct Districts;

impl Projection for Districts {
    const NAME: &'static str = "districts";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = District;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        let (Event::MeterActivated { district } | Event::MeterRead { district, .. }) = &event.event;
        vec![district.as_str().into()]
    }

    fn apply(view: &mut Option<District>, event: &Recorded<Event>) {
        let found = view.get_or_insert_default();
        match &event.event {
            Event::MeterActivated { .. } => found.active_meters += 1,
            Event::MeterRead { kwh, .. } => {
                found.readings += 1;
                found.kwh += kwh;
            }
        }
    }
}

/// The stream of a meter.
///
/// # Panics
///
/// Never: the number makes a valid name.
#[must_use]
pub fn meter(number: u64) -> StreamId {
    StreamId::new("meter", number).expect("digits make a stream id")
}

/// A meter was activated.
#[must_use]
pub fn activated(district: &str) -> Event {
    Event::MeterActivated { district: district.to_owned() }
}

/// A meter was read.
#[must_use]
pub fn read(district: &str, kwh: u64) -> Event {
    Event::MeterRead { district: district.to_owned(), kwh }
}

/// Events as a command appends them.
///
/// # Panics
///
/// Never: such events can be stored.
#[must_use]
pub fn new(command_id: &str, events: &[Event]) -> Vec<NewEvent> {
    let new = |(number, event)| {
        let (kind, data) = encode(event).expect("the event can be written");
        let id = EventId::of_command(command_id, number);
        NewEvent::new(id, kind, &data, Metadata::at(START)).expect("the event can be stored")
    };
    events.iter().enumerate().map(new).collect()
}

/// Events as they are recorded in a meter's stream, from a version on.
#[must_use]
pub fn recorded(number: u64, from: u64, events: &[Event]) -> Vec<RecordedEvent> {
    let stream = meter(number);
    let events = new(&format!("{stream}@{from}"), events);
    let at = |(version, event)| RecordedEvent {
        stream: stream.clone(),
        version: Version(version),
        event,
    };
    (from..).zip(events).map(at).collect()
}

/// A page of one meter's events.
#[must_use]
pub fn page(lease: &str, number: u64, from_version: u64, events: &[Event]) -> Page {
    Page::new(lease, number, recorded(1, from_version, events))
}

/// The events of a page, as a projection is told them.
///
/// # Panics
///
/// Never: they were written as these.
#[must_use]
pub fn decoded(page: &Page) -> Vec<Recorded<Event>> {
    let decode = |event| Recorded::decode(event).expect("it was written as one");
    page.events.iter().filter_map(decode).collect()
}

/// A page on one line: its number and what is in it.
#[must_use]
pub fn line(page: &Page) -> String {
    let event = |event: &RecordedEvent| format!("{}@{}", event.stream, event.version);
    let events: Vec<_> = page.events.iter().map(event).collect();
    format!("lease {} page {}: {}", page.lease, page.number, events.join(" "))
}
