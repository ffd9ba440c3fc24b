//! The meter of module 02, whose owner can be forgotten. Stream: `meter:{id}`, under the same names: only where an event says
//! something of a person, that text is sealed.
//!
//! Commands come with their fields sealed, so nothing here is ever plain, in memory or in a store. What a rule has to
//! compare, it opens with the keys that come with the command. All other rules are module 02's.

use aggregates::Aggregate;
use aggregates::meter::{self as plain, Rejection as Rule, Status};
use aggregates::readings::{Day, Reading};
use aggregates::registration::{self, District, MeterId};
use serde::{Deserialize, Serialize};
use snapshots::Snapshot;
use time::Date;

use crate::{OpenError, Opened, Personal, Ring, Seal};

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// What happened to a meter: as in module 02, with the personal fields sealed.
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
        /// The code that was tried: it is often nearly the right one.
        activation_code: Personal<String>,
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
        /// What was recorded until then.
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

/// What is written down when a meter is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The number on the meter.
    pub meter_id: MeterId,
    /// Where it hangs.
    pub postal_code: Personal<String>,
    /// Where it hangs.
    pub house_number: Personal<String>,
    /// What its owner has to type to activate it.
    pub activation_code: Personal<String>,
    /// Where it hangs, roughly. Thousands live there, so overviews may have it.
    #[serde(default)]
    pub district: District,
}

/// What somebody wants of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it in the books.
    Register(Registration),
    /// Activate it with the code its owner was given.
    Activate {
        /// The code that is tried.
        activation_code: Personal<String>,
        /// The key of its owner: the codes are compared.
        ring: Ring,
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
    /// A rule of module 02.
    #[error(transparent)]
    Rule(#[from] Rule),
    /// There is no code any more to compare with.
    #[error("the meter's owner was forgotten: it cannot be activated any more")]
    Forgotten,
    /// A code cannot be read, so nothing is decided on it.
    #[error("the activation code cannot be read: {0}")]
    Unreadable(#[from] OpenError),
}

/// What decisions about a meter need.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    books: plain::Meter,
    activation_code: Option<Personal<String>>,
    district: District,
}

impl Snapshot for Meter {
    const SCHEMA: u32 = 2;
}

impl Aggregate for Meter {
    const CATEGORY: &'static str = "meter";
    type Id = MeterId;
    type Command = Command;
    type Event = Event;
    type Error = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        let command = match command {
            Command::Register(registration) => {
                self.books.decide(plain::Command::Register(registration.without_person()))?;
                return Ok(vec![Event::MeterRegistered(registration)]);
            }
            Command::Activate { activation_code, ring } => {
                return self.activate(activation_code, &ring);
            }
            Command::CollectReadings(day) => plain::Command::CollectReadings(day),
            Command::CorrectReadings(day) => plain::Command::CorrectReadings(day),
            Command::Deregister => plain::Command::Deregister,
        };
        Ok(self.books.decide(command)?.into_iter().filter_map(Event::of_no_person).collect())
    }

    fn evolve(&mut self, event: &Event) {
        self.books.evolve(&event.without_person());
        if let Event::MeterRegistered(registration) = event {
            self.activation_code = Some(registration.activation_code.clone());
            self.district.clone_from(&registration.district);
        }
    }
}

impl Meter {
    /// What module 02 knows of it. There is no code in it.
    #[must_use]
    pub fn books(&self) -> &plain::Meter {
        &self.books
    }

    /// Whether this is the code that its owner was given. Of one who was forgotten, nobody knows.
    ///
    /// # Errors
    ///
    /// The code cannot be opened.
    pub fn is_code(&self, code: &str, ring: &Ring) -> Result<bool, OpenError> {
        let Some(known) = &self.activation_code else { return Ok(false) };
        Ok(ring.open(known)?.known().is_some_and(|known| known == code))
    }

    /// What an activation with this code leads to.
    fn activate(&self, tried: Personal<String>, ring: &Ring) -> Result<Vec<Event>, Rejection> {
        let known = match (self.books.status, &self.activation_code) {
            (Status::Active, _) => return Err(Rule::AlreadyActivated.into()),
            (Status::Deregistered, _) => return Err(Rule::Deregistered.into()),
            (Status::Registered, Some(known)) => known,
            _ => return Err(Rule::Unknown.into()),
        };
        match (ring.open(known)?, ring.open(&tried)?) {
            (Opened::Known(known), Opened::Known(typed)) if known == typed => {
                Ok(vec![Event::MeterActivated { district: self.district.clone() }])
            }
            (Opened::Known(_), Opened::Known(_)) => {
                Ok(vec![Event::MeterActivationFailed { activation_code: tried }])
            }
            _ => Err(Rejection::Forgotten),
        }
    }
}

impl Registration {
    /// Seals what a registration says of a person.
    ///
    /// # Errors
    ///
    /// Never: texts have a JSON form.
    pub fn seal(
        plain: &registration::Registration,
        seal: &Seal,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            meter_id: plain.meter_id.clone(),
            postal_code: seal.field("postal_code", &plain.postal_code)?,
            house_number: seal.field("house_number", &plain.house_number)?,
            activation_code: seal.field("activation_code", &plain.activation_code)?,
            district: plain.district.clone(),
        })
    }

    fn without_person(&self) -> registration::Registration {
        registration::Registration {
            meter_id: self.meter_id.clone(),
            postal_code: String::new(),
            house_number: String::new(),
            activation_code: String::new(),
            district: self.district.clone(),
        }
    }
}

impl Event {
    /// The event in the words of module 02, without what it says of a person.
    #[must_use]
    pub fn without_person(&self) -> plain::Event {
        match self.clone() {
            Self::MeterRegistered(registration) => {
                plain::Event::MeterRegistered(registration.without_person())
            }
            Self::MeterActivationFailed { .. } => {
                plain::Event::MeterActivationFailed { activation_code: String::new() }
            }
            Self::MeterActivated { district } => plain::Event::MeterActivated { district },
            Self::MeterReadingsCollected { date, readings, district } => {
                plain::Event::MeterReadingsCollected { date, readings, district }
            }
            Self::MeterReadingsCorrected { date, readings, replaced, district } => {
                plain::Event::MeterReadingsCorrected { date, readings, replaced, district }
            }
            Self::MeterDeregistered { district, was_active } => {
                plain::Event::MeterDeregistered { district, was_active }
            }
        }
    }

    /// An event of module 02; `None` if it says something of a person.
    fn of_no_person(event: plain::Event) -> Option<Self> {
        match event {
            plain::Event::MeterRegistered(_) | plain::Event::MeterActivationFailed { .. } => None,
            plain::Event::MeterActivated { district } => Some(Self::MeterActivated { district }),
            plain::Event::MeterReadingsCollected { date, readings, district } => {
                Some(Self::MeterReadingsCollected { date, readings, district })
            }
            plain::Event::MeterReadingsCorrected { date, readings, replaced, district } => {
                Some(Self::MeterReadingsCorrected { date, readings, replaced, district })
            }
            plain::Event::MeterDeregistered { district, was_active } => {
                Some(Self::MeterDeregistered { district, was_active })
            }
        }
    }
}
