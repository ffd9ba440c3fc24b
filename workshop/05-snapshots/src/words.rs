//! The words the checks speak in. Ids and times are fixed.

use aggregates::meter::{self, Meter};
use aggregates::readings::Day;
use aggregates::registration::{District, MeterId, Registration};
use aggregates::{Context, Repository, State, States, encode};
use event_store::{EventId, EventStore, Expected, Metadata, NewEvent, Range, StreamId, Version};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::account::{Account, Event};
use crate::year::YearId;

/// The talk begins on this day.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// The first day with readings.
pub const APRIL_30: Date = date!(2020 - 04 - 30);

/// The code that activates the talk's first meter.
pub const CODE: &str = "542-484";

/// A command with this id, given at the start.
#[must_use]
pub fn sent(command_id: &str) -> Context {
    Context::new(command_id, START)
}

/// A command with this id, given at that time.
#[must_use]
pub fn sent_at(command_id: &str, time: OffsetDateTime) -> Context {
    Context::new(command_id, time)
}

/// The account that most is about.
#[must_use]
pub fn a() -> String {
    "a".to_owned()
}

/// The stream of an account.
///
/// # Panics
///
/// The id cannot name a stream.
#[must_use]
pub fn account(id: &str) -> StreamId {
    StreamId::new("account", id).expect("a plain id")
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

/// The readings of that meter in a year.
///
/// # Panics
///
/// There is no such year.
#[must_use]
pub fn year(year: u16) -> YearId {
    YearId::new(meter(), year).expect("a year of four digits")
}

/// Where the meter hangs, roughly.
#[must_use]
pub fn district() -> District {
    District::of("1000 AA")
}

/// Events that a command deposited, 1 each.
///
/// # Panics
///
/// Never: such events can be stored.
#[must_use]
pub fn deposits(command_id: &str, count: usize) -> Vec<NewEvent> {
    let (kind, data) = encode(&Event::Deposited { amount: 1 }).expect("the event can be written");
    let new = |number| {
        let id = EventId::of_command(command_id, number);
        NewEvent::new(id, kind, &data, Metadata::at(START)).expect("the event can be stored")
    };
    (0..count).map(new).collect()
}

/// Fills an account with so many deposits of 1.
///
/// # Panics
///
/// The store does not take them.
pub async fn fill<S: EventStore>(store: &S, stream: &StreamId, count: usize) {
    // A batch takes 99 behind a known event.
    const AT_ONCE: usize = 99;
    for first in (0..count).step_by(AT_ONCE) {
        let events = deposits(&format!("fill{first}"), AT_ONCE.min(count - first));
        let expected = Expected::Exact(Version(first as u64));
        store.append(stream, expected, events).await.expect("the stream is ours alone");
    }
}

/// What folding the whole stream comes to.
///
/// # Panics
///
/// The stream cannot be read.
pub async fn replayed<S: EventStore>(store: &S, stream: &StreamId) -> State<Account> {
    let events = store.load(stream, Range::all()).await.expect("the stream can be read").events;
    let mut state = State::default();
    state.fold::<S::Error>(&events).expect("every event is known");
    state
}

/// Version and balance: what two states are compared by.
#[must_use]
pub fn brief(state: &State<Account>) -> String {
    format!("version {}, balance {}", state.version, state.aggregate.balance)
}

/// The talk's first meter up to version 17: registered, activated, and the readings of 15 days.
///
/// # Panics
///
/// The store does not take a command.
pub async fn seventeen<S, T>(meters: &Repository<S, Meter, T>)
where
    S: EventStore,
    T: States<Meter, Error = S::Error>,
{
    let registration = Registration::new("87000001", "1000 AA", "25", CODE);
    let registration = registration.expect("every field is valid");
    let activate = meter::Command::Activate { activation_code: CODE.to_owned() };
    let commands = [("register", meter::Command::Register(registration)), ("activate", activate)];
    for (id, command) in commands {
        meters.execute(&meter(), command, &sent(id)).await.expect("there is no rule against it");
    }
    readings(meters, APRIL_30, 15).await;
}

/// The readings of so many days, from one on.
///
/// # Panics
///
/// The store does not take them.
pub async fn readings<S, T>(meters: &Repository<S, Meter, T>, from: Date, days: usize)
where
    S: EventStore,
    T: States<Meter, Error = S::Error>,
{
    for date in std::iter::successors(Some(from), |day| day.next_day()).take(days) {
        let command = meter::Command::CollectReadings(Day::example(date));
        let done = meters.execute(&meter(), command, &sent(&date.to_string())).await;
        done.expect("there is no rule against it");
    }
}
