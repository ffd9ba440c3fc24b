//! The words the checks speak in: a meter's life, and a consumer that keeps statements. Times are fixed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aggregates::encode;
use aggregates::meter::Event;
use aggregates::readings::Day;
use aggregates::registration::{District, Registration};
use event_store::{
    EventId, EventStore, Expected, Metadata, NewEvent, RecordedEvent, StreamId, Version,
};
use projections::Source;
use serde::{Deserialize, Serialize};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::meters::{Meters, Notice};
use crate::{IntegrationEvent, Publications, Subscriber, Told};

/// The day on which everything happens.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// The code that nobody but the owner may know.
pub const CODE: &str = "7319-secret";

/// The stream of a meter.
///
/// # Panics
///
/// Never: digits make a valid name.
#[must_use]
pub fn meter(number: u64) -> StreamId {
    StreamId::new("meter", number).expect("digits make a stream id")
}

/// A meter was registered.
///
/// # Panics
///
/// Never: the fields are valid.
#[must_use]
pub fn registered() -> Event {
    let registration = Registration::new("87000001", "1071 XX", "41-hs", CODE);
    Event::MeterRegistered(registration.expect("the fields are valid"))
}

/// Somebody typed a wrong code.
#[must_use]
pub fn mistyped() -> Event {
    Event::MeterActivationFailed { activation_code: "7391-secret".to_owned() }
}

/// A meter was activated.
#[must_use]
pub fn activated() -> Event {
    Event::MeterActivated { district: District::of("1071 XX") }
}

/// A day's readings came in.
#[must_use]
pub fn collected(day: u8) -> Event {
    let Day { date, readings } = Day::example(april(day));
    Event::MeterReadingsCollected { date, readings, district: District::of("1071 XX") }
}

/// A day's readings were wrong; right are those of another day.
#[must_use]
pub fn corrected(day: u8) -> Event {
    let (Day { date, readings: replaced }, right) = (Day::example(april(day)), april(day + 1));
    let (readings, district) = (Day::example(right).readings, District::of("1071 XX"));
    Event::MeterReadingsCorrected { date, readings, replaced, district }
}

/// A meter was taken out of the books.
#[must_use]
pub fn deregistered() -> Event {
    Event::MeterDeregistered { district: District::of("1071 XX"), was_active: true }
}

fn april(day: u8) -> Date {
    date!(2020 - 04 - 01).replace_day(day).expect("April has 30 days")
}

/// A life in which some events are told to others, and some are not: versions 1, 2 and 4 are private.
#[must_use]
pub fn life() -> Vec<Event> {
    let (day_1, day_2) = (collected(1), collected(2));
    vec![registered(), mistyped(), activated(), mistyped(), day_1, day_2, corrected(2)]
}

/// Events as a command appends them.
///
/// # Panics
///
/// Never: such events can be stored.
#[must_use]
pub fn new(command_id: &str, events: &[Event]) -> Vec<NewEvent> {
    let meta = Metadata {
        correlation_id: Some(format!("request-of-{command_id}")),
        ..Metadata::at(START)
    };
    let new = |(number, event)| {
        let (kind, data) = encode(event).expect("the event can be written");
        let id = EventId::of_command(command_id, number);
        NewEvent::new(id, kind, &data, meta.clone()).expect("the event can be stored")
    };
    events.iter().enumerate().map(new).collect()
}

/// Appends to a meter's stream, wherever it ends.
///
/// # Panics
///
/// The store refuses.
pub async fn append<S: EventStore>(store: &S, number: u64, command_id: &str, events: &[Event]) {
    let (stream, events) = (meter(number), new(command_id, events));
    let appended = store.append(&stream, Expected::Any, events).await;
    appended.unwrap_or_else(|error| panic!("{command_id}: {error:?}"));
}

/// Events as they are recorded at the beginning of a meter's stream.
#[must_use]
pub fn recorded(number: u64, events: &[Event]) -> Vec<RecordedEvent> {
    let stream = meter(number);
    let events = new("command", events);
    let at = |(version, event)| RecordedEvent {
        stream: stream.clone(),
        version: Version(version),
        event,
    };
    (1..).zip(events).map(at).collect()
}

/// What is published of a meter's stream.
///
/// # Panics
///
/// It cannot be read.
pub async fn published<S: EventStore>(store: &Arc<S>, number: u64) -> Vec<IntegrationEvent> {
    let slice = store.load(&meter(number), event_store::Range::all()).await;
    let publications = Publications::<S, Meters>::new(Arc::clone(store));
    publications.of(&slice.expect("it can be loaded").events).await.expect("it can be mapped")
}

/// What a consumer keeps of a meter: the sum of its days, and which events are in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The versions, in the order in which they were applied: a repeated or misplaced one shows.
    pub versions: Vec<u64>,
    /// What was used, in units of the meter.
    pub total: u64,
}

/// Keeps [`Statement`]s. Can be told to fail.
#[derive(Clone, Default)]
pub struct Statements {
    /// Whether it fails at present.
    pub failing: Arc<AtomicBool>,
}

impl Subscriber for Statements {
    const NAME: &'static str = "statements";
    type Event = Notice;
    type State = Statement;

    fn apply(&self, statement: &mut Statement, event: &Told<Notice>) -> Result<(), Source> {
        if self.failing.load(Ordering::SeqCst) {
            return Err("the printer is out of paper".into());
        }
        statement.versions.push(event.version.0);
        match &event.event {
            Notice::ConsumptionRecorded { total, .. } => statement.total += total,
            Notice::ConsumptionCorrected { total, replaced, .. } => {
                // A correction without its day is to be seen in the versions, and not in a panic.
                statement.total = (statement.total + total).saturating_sub(*replaced);
            }
            Notice::MeterActivated { .. } | Notice::MeterDeregistered { .. } => {}
        }
        Ok(())
    }
}
