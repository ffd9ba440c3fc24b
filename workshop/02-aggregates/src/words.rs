//! The words the checks speak in. Ids and times are fixed.

use event_store::{EventId, Metadata, NewEvent, RecordedEvent, StreamId};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::account;
use crate::meter::{Command, Event};
use crate::readings::Day;
use crate::registration::{District, MeterId, Registration};
use crate::{Context, encode};

/// The talk begins on this day.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// The first day in May.
pub const MAY_1: Date = date!(2020 - 05 - 01);

/// The code that activates the talk's first meter.
pub const CODE: &str = "542-484";

/// A command with this id, given at the start.
#[must_use]
pub fn sent(command_id: &str) -> Context {
    Context::new(command_id, START)
}

/// The talk's first meter.
///
/// # Panics
///
/// Never: the number is one.
#[must_use]
pub fn meter() -> MeterId {
    MeterId::parse("87000001").expect("digits are a number")
}

/// How the talk's first meter is registered.
///
/// # Panics
///
/// Never: every field is valid.
#[must_use]
pub fn registration() -> Registration {
    Registration::new("87000001", "1000 AA", "25", CODE).expect("every field is valid")
}

/// Register the talk's first meter.
#[must_use]
pub fn register() -> Command {
    Command::Register(registration())
}

/// Activate it with a code.
#[must_use]
pub fn activate(code: &str) -> Command {
    Command::Activate { activation_code: code.to_owned() }
}

/// Deliver a day's readings.
#[must_use]
pub fn collect(date: Date) -> Command {
    Command::CollectReadings(Day::example(date))
}

/// Readings of a day that are not the usual ones: nothing was counted.
///
/// # Panics
///
/// Never: there are 96.
#[must_use]
pub fn zeros(date: Date) -> Day {
    Day::new(date, vec![0; 96]).expect("96 readings")
}

/// The district of the talk's first meter.
#[must_use]
pub fn district() -> District {
    District::of("1000 AA")
}

/// It was registered.
#[must_use]
pub fn registered() -> Event {
    Event::MeterRegistered(registration())
}

/// It was activated.
#[must_use]
pub fn activated() -> Event {
    Event::MeterActivated { district: district() }
}

/// A wrong code was tried.
#[must_use]
pub fn failed(code: &str) -> Event {
    Event::MeterActivationFailed { activation_code: code.to_owned() }
}

/// A day's readings came in.
#[must_use]
pub fn collected(day: Day) -> Event {
    let Day { date, readings } = day;
    Event::MeterReadingsCollected { date, readings, district: district() }
}

/// A day's readings were corrected.
#[must_use]
pub fn corrected(replaced: Day, day: Day) -> Event {
    let Day { date, readings } = day;
    let replaced = replaced.readings;
    Event::MeterReadingsCorrected { date, readings, replaced, district: district() }
}

/// It was deregistered.
#[must_use]
pub fn deregistered(was_active: bool) -> Event {
    Event::MeterDeregistered { district: district(), was_active }
}

/// The stream of an account.
///
/// # Panics
///
/// The id cannot name a stream.
#[must_use]
pub fn stream(id: &str) -> StreamId {
    StreamId::new("account", id).expect("a plain id")
}

/// What another writer appends to an account, by a command of its own.
///
/// # Panics
///
/// Never: such events can be stored.
#[must_use]
pub fn others(command_id: &str, events: &[account::Event]) -> Vec<NewEvent> {
    let new = |(number, event)| {
        let (kind, data) = encode(event).expect("the event can be written");
        let id = EventId::of_command(command_id, number);
        NewEvent::new(id, kind, &data, Metadata::at(START)).expect("the event can be stored")
    };
    events.iter().enumerate().map(new).collect()
}

/// Version, kind and id of each event, in order.
#[must_use]
pub fn timeline(events: &[RecordedEvent]) -> Vec<String> {
    let entry = |RecordedEvent { version, event, .. }: &RecordedEvent| {
        format!("{version} {} {}", event.kind(), event.id())
    };
    events.iter().map(entry).collect()
}
