//! A smart meter. Stream: `meter:{id}`. Rule: only an activated meter delivers readings, each day once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::Aggregate;
use crate::readings::{Day, Reading, days, iso_date};
use crate::registration::{District, MeterId, Registration};

/// What happened to a meter. Names and fields are stored as they stand.
///
/// The district is repeated, so that an overview of it can be kept from single events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The meter was entered in the books.
    MeterRegistered(Registration),
    /// Its owner typed the right code.
    MeterActivated {
        /// Where it hangs, roughly.
        #[serde(default)]
        district: District,
    },
    /// Somebody typed a wrong code.
    MeterActivationFailed {
        /// The code that was tried.
        activation_code: String,
    },
    /// The readings of one day arrived.
    MeterReadingsCollected {
        /// The day they belong to.
        #[serde(with = "iso_date")]
        date: Date,
        /// In the order of the day.
        readings: Vec<Reading>,
        /// Where the meter hangs, roughly.
        #[serde(default)]
        district: District,
    },
    /// The readings of one day were wrong, and these are right.
    MeterReadingsCorrected {
        /// The day they belong to.
        #[serde(with = "iso_date")]
        date: Date,
        /// In the order of the day.
        readings: Vec<Reading>,
        /// What was recorded until then: a correction says what it takes back.
        replaced: Vec<Reading>,
        /// Where the meter hangs, roughly.
        district: District,
    },
    /// The meter was taken out of the books.
    MeterDeregistered {
        /// Where it hung, roughly.
        #[serde(default)]
        district: District,
        /// It had been activated.
        #[serde(default)]
        was_active: bool,
    },
}

/// What somebody wants of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Put other readings in the place of those recorded for that day.
    CorrectReadings(Day),
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
    /// Other readings of the day are in the books, and nothing is changed there unsaid.
    #[error("other readings of {0} are recorded already: if these are right, send a correction")]
    OtherReadings(Date),
    /// There is nothing to put others in the place of.
    #[error("no readings of {0} are recorded: send these as readings, not as a correction")]
    NothingToCorrect(Date),
    /// It has been taken out of the books.
    #[error("the meter is deregistered: it takes no more commands, and its id is not used again")]
    Deregistered,
}

/// Where a meter is in its life.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// What decisions about a meter need. It is not a view: what a page shows is folded for the page.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Where it is in its life.
    pub status: Status,
    /// How often a wrong code was tried.
    pub failed_activation_attempts: u32,
    activation_code: String,
    district: District,
    #[serde(with = "days")]
    days: BTreeMap<Date, Vec<Reading>>,
}

impl Aggregate for Meter {
    const CATEGORY: &'static str = "meter";
    type Id = MeterId;
    type Command = Command;
    type Event = Event;
    type Error = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        match (self.status, command) {
            (Status::Deregistered, _) => Err(Rejection::Deregistered),
            (Status::Unknown, Command::Register(registration)) => {
                Ok(vec![Event::MeterRegistered(registration)])
            }
            (_, Command::Register(_)) => Err(Rejection::AlreadyRegistered),
            (Status::Unknown, _) => Err(Rejection::Unknown),
            (_, Command::Activate { activation_code }) => self.activate(activation_code),
            (Status::Active, Command::CollectReadings(day)) => self.collect(day),
            (Status::Active, Command::CorrectReadings(day)) => self.correct(day),
            (_, Command::CollectReadings(_) | Command::CorrectReadings(_)) => {
                Err(Rejection::NotActivated)
            }
            (_, Command::Deregister) => Ok(vec![self.deregistered()]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        // step 1
        todo!("step 1: make what happened part of the meter")
    }
}

impl Meter {
    /// The newest day with readings, in whatever order they came.
    #[must_use]
    pub fn latest_reading_date(&self) -> Option<Date> {
        self.days.last_key_value().map(|(date, _)| *date)
    }

    /// Whether this is the code that its owner was given.
    #[must_use]
    pub fn is_code(&self, code: &str) -> bool {
        self.activation_code == code
    }

    /// What an activation with this code leads to.
    fn activate(&self, activation_code: String) -> Result<Vec<Event>, Rejection> {
        // step 1
        todo!("step 1: decide what an activation with {activation_code} leads to")
    }

    fn collect(&self, day: Day) -> Result<Vec<Event>, Rejection> {
        let Day { date, readings } = day;
        match self.days.get(&date) {
            None => {
                let district = self.district.clone();
                Ok(vec![Event::MeterReadingsCollected { date, readings, district }])
            }
            Some(recorded) if *recorded == readings => Ok(vec![]),
            Some(_) => Err(Rejection::OtherReadings(date)),
        }
    }

    fn correct(&self, day: Day) -> Result<Vec<Event>, Rejection> {
        let Day { date, readings } = day;
        match self.days.get(&date) {
            None => Err(Rejection::NothingToCorrect(date)),
            Some(recorded) if *recorded == readings => Ok(vec![]),
            Some(recorded) => {
                let (replaced, district) = (recorded.clone(), self.district.clone());
                Ok(vec![Event::MeterReadingsCorrected { date, readings, replaced, district }])
            }
        }
    }

    fn deregistered(&self) -> Event {
        let was_active = self.status == Status::Active;
        Event::MeterDeregistered { district: self.district.clone(), was_active }
    }

    fn enter(&mut self, registration: &Registration) {
        self.status = Status::Registered;
        self.activation_code.clone_from(&registration.activation_code);
        self.district.clone_from(&registration.district);
    }

    fn record(&mut self, date: Date, readings: &[Reading]) {
        self.days.insert(date, readings.to_vec());
    }
}
