//! A smart meter. Stream: `meter:{id}`. Rule: only an activated meter delivers readings, each day once.
//!
//! Everything here is plain: no clock, no I/O, no ids. What a decision needs comes with the command.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::Date;

use crate::readings::{Day, Reading};
use crate::registration::Registration;

/// What happened to a meter. The variant's name is stored as the type, its content as the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// The meter was entered in the books.
    MeterRegistered(Registration),
    /// Its owner typed the right code.
    MeterActivated {},
    /// Somebody typed a wrong code.
    MeterActivationFailed {
        /// The code that was tried.
        activation_code: String,
    },
    /// The readings of one day arrived.
    MeterReadingsCollected(Day),
    /// The meter was taken out of the books.
    MeterDeregistered(Deregistration),
}

/// Which meter was taken out of the books.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deregistration {
    /// The number on the meter.
    pub meter_id: crate::registration::MeterId,
}

/// What somebody wants of a meter.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Enter it in the books.
    Register(Registration),
    /// Activate it with the code its owner was given.
    Activate {
        /// The code that is tried.
        activation_code: String,
    },
    /// Keep the readings of one day.
    CollectReadings(Day),
    /// Take it out of the books for good.
    Deregister,
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no such meter.
    #[error("there is no such meter: register it first")]
    Unknown,
    /// The id is taken.
    #[error("the meter is already registered")]
    AlreadyRegistered,
    /// It needs no second activation.
    #[error("the meter is already activated")]
    AlreadyActivated,
    /// It delivers readings only after its activation.
    #[error("the meter is not activated yet: activate it, then send its readings")]
    NotActivated,
    /// Other readings of the day are in the books, and nothing is ever changed there.
    #[error("other readings of {0} are recorded already, and what is recorded is not changed")]
    OtherReadings(Date),
    /// It has been taken out of the books.
    #[error("the meter is deregistered: it takes no more commands, and its id is not used again")]
    Deregistered,
}

/// Where a meter is in its life.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing has happened to it.
    #[default]
    Unknown,
    /// Entered in the books, not activated.
    Registered,
    /// Delivers readings.
    Active,
    /// Taken out of the books.
    Deregistered,
}

/// A meter as its events tell. The sample answers its questions from here too, until it has views.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Meter {
    /// Where it is in its life.
    pub status: Status,
    /// What was written down when it was registered.
    pub registration: Option<Registration>,
    /// How often a wrong code was tried.
    pub failed_activation_attempts: u32,
    /// Its readings by day.
    pub days: BTreeMap<Date, Vec<Reading>>,
}

/// Answers a command with what happens, or with the rule against it. Nothing to do is no event.
///
/// # Errors
///
/// The [`Rejection`] that applies.
pub fn decide(meter: &Meter, command: Command) -> Result<Vec<Event>, Rejection> {
    match (meter.status, command) {
        (Status::Deregistered, _) => Err(Rejection::Deregistered),
        (Status::Unknown, Command::Register(registration)) => {
            Ok(vec![Event::MeterRegistered(registration)])
        }
        (_, Command::Register(_)) => Err(Rejection::AlreadyRegistered),
        (Status::Unknown, _) => Err(Rejection::Unknown),
        (Status::Active, Command::Activate { .. }) => Err(Rejection::AlreadyActivated),
        (_, Command::Activate { activation_code }) if meter.is_code(&activation_code) => {
            Ok(vec![Event::MeterActivated {}])
        }
        (_, Command::Activate { activation_code }) => {
            Ok(vec![Event::MeterActivationFailed { activation_code }])
        }
        (Status::Registered, Command::CollectReadings(_)) => Err(Rejection::NotActivated),
        (_, Command::CollectReadings(day)) => match meter.days.get(&day.date) {
            None => Ok(vec![Event::MeterReadingsCollected(day)]),
            Some(recorded) if *recorded == day.readings => Ok(vec![]),
            Some(_) => Err(Rejection::OtherReadings(day.date)),
        },
        (_, Command::Deregister) => Ok(meter.deregistered()),
    }
}

/// Makes an event part of the state. It never fails and never decides.
pub fn evolve(meter: &mut Meter, event: &Event) {
    match event {
        Event::MeterRegistered(registration) => {
            meter.status = Status::Registered;
            meter.registration = Some(registration.clone());
        }
        Event::MeterActivated {} => meter.status = Status::Active,
        Event::MeterActivationFailed { .. } => meter.failed_activation_attempts += 1,
        Event::MeterReadingsCollected(day) => {
            meter.days.insert(day.date, day.readings.clone());
        }
        Event::MeterDeregistered(_) => meter.status = Status::Deregistered,
    }
}

impl Meter {
    /// The newest day with readings, in whatever order they came.
    #[must_use]
    pub fn latest_reading_date(&self) -> Option<Date> {
        self.days.last_key_value().map(|(date, _)| *date)
    }

    fn is_code(&self, code: &str) -> bool {
        self.registration.as_ref().is_some_and(|known| known.activation_code == code)
    }

    fn deregistered(&self) -> Vec<Event> {
        let known = self.registration.iter();
        known
            .map(|known| Deregistration { meter_id: known.meter_id.clone() })
            .map(Event::MeterDeregistered)
            .collect()
    }
}

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A type that this program does not know: guessing what it means would be worse than to stop.
    #[error("the event type {0:?} is unknown to this program")]
    Kind(String),
    /// The data is not what the type promises.
    #[error("the data of {kind} is not readable")]
    Data {
        /// The event's type.
        kind: String,
        /// Where it goes wrong.
        source: serde_json::Error,
    },
}

impl Event {
    /// The name that is stored as the type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MeterRegistered(_) => "MeterRegistered",
            Self::MeterActivated {} => "MeterActivated",
            Self::MeterActivationFailed { .. } => "MeterActivationFailed",
            Self::MeterReadingsCollected(_) => "MeterReadingsCollected",
            Self::MeterDeregistered(_) => "MeterDeregistered",
        }
    }

    /// Reads a stored event.
    ///
    /// # Errors
    ///
    /// An unknown type, or data that does not fit its type.
    pub fn decode(kind: &str, data: &RawValue) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Attempt {
            activation_code: String,
        }
        let json = data.get();
        let event = match kind {
            "MeterRegistered" => serde_json::from_str(json).map(Self::MeterRegistered),
            "MeterActivated" => Ok(Self::MeterActivated {}),
            "MeterActivationFailed" => serde_json::from_str(json)
                .map(|Attempt { activation_code }| Self::MeterActivationFailed { activation_code }),
            "MeterReadingsCollected" => {
                serde_json::from_str(json).map(Self::MeterReadingsCollected)
            }
            "MeterDeregistered" => serde_json::from_str(json).map(Self::MeterDeregistered),
            unknown => return Err(Unreadable::Kind(unknown.to_owned())),
        };
        event.map_err(|source| Unreadable::Data { kind: kind.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn registration() -> Registration {
        Registration::new("87000001", "1000 AA", "25", "542-484").expect("every field is valid")
    }

    fn registered() -> Event {
        Event::MeterRegistered(registration())
    }

    fn failed(code: &str) -> Event {
        Event::MeterActivationFailed { activation_code: code.to_owned() }
    }

    fn activate(code: &str) -> Command {
        Command::Activate { activation_code: code.to_owned() }
    }

    fn readings(date: Date) -> Event {
        Event::MeterReadingsCollected(Day::example(date))
    }

    #[expect(clippy::needless_pass_by_value, reason = "a test reads better without the reference")]
    fn given<const N: usize>(events: [Event; N]) -> Meter {
        let mut meter = Meter::default();
        for event in &events {
            evolve(&mut meter, event);
        }
        meter
    }

    fn when(meter: &Meter, command: Command) -> Result<Vec<Event>, Rejection> {
        decide(meter, command)
    }

    #[test]
    fn a_new_meter_is_registered() {
        let meter = given([]);
        assert_eq!(when(&meter, Command::Register(registration())), Ok(vec![registered()]));
    }

    #[test]
    fn a_registered_meter_is_not_registered_again() {
        let meter = given([registered()]);
        let again = when(&meter, Command::Register(registration()));
        assert_eq!(again, Err(Rejection::AlreadyRegistered));
    }

    #[test]
    fn the_right_code_activates() {
        let meter = given([registered()]);
        assert_eq!(when(&meter, activate("542-484")), Ok(vec![Event::MeterActivated {}]));
    }

    #[test]
    fn a_wrong_code_is_recorded_and_counted() {
        let meter = given([registered()]);
        assert_eq!(when(&meter, activate("000-000")), Ok(vec![failed("000-000")]));
        assert_eq!(given([registered(), failed("000-000")]).failed_activation_attempts, 1);
    }

    #[test]
    fn the_right_code_still_activates_after_wrong_ones_and_they_stay_counted() {
        let meter = given([registered(), failed("1"), failed("2")]);
        assert_eq!(when(&meter, activate("542-484")), Ok(vec![Event::MeterActivated {}]));
        let after = given([registered(), failed("1"), failed("2"), Event::MeterActivated {}]);
        assert_eq!((after.status, after.failed_activation_attempts), (Status::Active, 2));
    }

    #[test]
    fn an_active_meter_is_not_activated_again_whatever_the_code() {
        let meter = given([registered(), Event::MeterActivated {}]);
        for code in ["542-484", "000-000"] {
            assert_eq!(when(&meter, activate(code)), Err(Rejection::AlreadyActivated));
        }
    }

    #[test]
    fn an_unknown_meter_refuses_everything_but_its_registration() {
        let day = Day::example(date!(2020 - 05 - 01));
        for command in [activate("1"), Command::CollectReadings(day), Command::Deregister] {
            assert_eq!(when(&given([]), command), Err(Rejection::Unknown));
        }
    }

    #[test]
    fn readings_wait_for_the_activation() {
        let day = Command::CollectReadings(Day::example(date!(2020 - 05 - 01)));
        assert_eq!(when(&given([registered()]), day), Err(Rejection::NotActivated));
    }

    #[test]
    fn the_same_readings_again_are_nothing_to_do_and_others_are_refused() {
        let day = Day::example(date!(2020 - 05 - 01));
        let events = [registered(), Event::MeterActivated {}, readings(day.date)];
        let meter = given(events);
        let other = Day::new(day.date, vec![0; 96]).expect("96 readings");
        assert_eq!(when(&meter, Command::CollectReadings(day.clone())), Ok(vec![]));
        let refused = when(&meter, Command::CollectReadings(other));
        assert_eq!(refused, Err(Rejection::OtherReadings(day.date)));
    }

    #[test]
    fn the_latest_reading_date_is_the_greatest_seen() {
        let days = [date!(2020 - 05 - 03), date!(2020 - 05 - 01)].map(readings);
        assert_eq!(given(days).latest_reading_date(), Some(date!(2020 - 05 - 03)));
    }

    #[test]
    fn a_deregistered_meter_refuses_everything() {
        let gone = Deregistration { meter_id: registration().meter_id };
        let meter = given([registered(), Event::MeterDeregistered(gone)]);
        for command in [Command::Register(registration()), activate("1"), Command::Deregister] {
            assert_eq!(when(&meter, command), Err(Rejection::Deregistered));
        }
    }

    #[test]
    fn every_event_reads_back_as_it_was_stored() {
        let gone = Deregistration { meter_id: registration().meter_id };
        let day = readings(date!(2020 - 05 - 01));
        let gone = Event::MeterDeregistered(gone);
        for event in [registered(), Event::MeterActivated {}, failed("1"), day, gone] {
            let data = serde_json::value::to_raw_value(&event).expect("an event is JSON");
            assert_eq!(Event::decode(event.kind(), &data).expect("a known type"), event);
        }
    }

    #[test]
    fn an_unknown_type_is_refused_by_its_name() {
        let data = RawValue::from_string("{}".to_owned()).expect("{} is JSON");
        let refused = Event::decode("MeterPainted", &data).expect_err("an unknown type");
        assert_eq!(
            refused.to_string(),
            "the event type \"MeterPainted\" is unknown to this program"
        );
    }
}
