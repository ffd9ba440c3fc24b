//! A meter's readings in one year. Stream: `readings:{meter}:{year}`. Rule: a year takes its own days, until it is
//! closed; the next one opens with what is carried forward.
//!
//! The registration stays in `meter:{id}`, and a clerk opens the first year when the meter is activated.

use std::collections::BTreeMap;

use aggregates::readings::{Day, LARGEST, Reading, total};
use aggregates::registration::District;
use aggregates::{Aggregate, CodecError, Recorded};
use event_store::RecordedEvent;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::Snapshot;
use crate::books::Book;
pub use crate::year_id::{Carried, YearId};

time::serde::format_description!(pub(crate) iso_date, Date, "[year]-[month]-[day]");

/// What happened to a year. Readings are stored as those of a meter are, under the same names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It takes readings from now on.
    YearOpened {
        /// Which.
        year: u16,
        /// Where the meter hangs, roughly.
        district: District,
        /// What the years before add up to.
        carried: Carried,
    },
    /// The readings of one day arrived.
    MeterReadingsCollected {
        /// The day they belong to.
        #[serde(with = "iso_date")]
        date: Date,
        /// In the order of the day.
        readings: Vec<Reading>,
        /// Where the meter hangs, roughly.
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
    /// A day of a closed year had counted more or less than is in the books.
    ClosedYearAdjusted {
        /// The day.
        #[serde(with = "iso_date")]
        date: Date,
        /// What is missing in the books, or, below 0, too much in them.
        difference: i64,
    },
    /// It takes nothing more.
    YearClosed {
        /// What it and the years before add up to.
        carried: Carried,
    },
}

/// What somebody wants of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin the books of a meter with this year. Later ones are opened by closing the one before.
    Open {
        /// Which.
        year: u16,
        /// Where the meter hangs, roughly.
        district: District,
    },
    /// Keep the readings of one day.
    Collect(Day),
    /// Put other readings in the place of those recorded for that day.
    Correct(Day),
    /// Add the difference for a day of a year that is closed.
    Adjust {
        /// The day.
        date: Date,
        /// What is missing in the books, or, below 0, too much in them.
        difference: i64,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Nobody opened it.
    #[error("the year is not open: close the one before, or open it as the meter's first")]
    NotOpen,
    /// It is open, or was.
    #[error("the year {0} was opened already")]
    Opened(u16),
    /// It takes nothing more, and what comes late goes into the next.
    #[error("the year {0} is closed: adjust the difference in the year that is open")]
    Closed(u16),
    /// The day is one of another year.
    #[error("{date} is not in {year}: send it to the year it belongs to")]
    OtherYear {
        /// The day.
        date: Date,
        /// This year.
        year: u16,
    },
    /// Only what is closed is adjusted.
    #[error("{date} is not before {year}: send its readings, or a correction of them")]
    NotEarlier {
        /// The day.
        date: Date,
        /// This year.
        year: u16,
    },
    /// There is less in the books than is to be taken out, or more than a whole number holds.
    #[error("with that, {total} would leave 0 to {LARGEST}: check the difference")]
    NoSuchTotal {
        /// What is in the books.
        total: u64,
    },
    /// Other readings of the day are in the books.
    #[error("other readings of {0} are recorded already: if these are right, send a correction")]
    OtherReadings(Date),
    /// There is nothing to put others in the place of.
    #[error("no readings of {0} are recorded: send these as readings, not as a correction")]
    NothingToCorrect(Date),
    /// Its last day is not over.
    #[error("the year {0} is not over: close it in January")]
    NotOver(u16),
}

/// Where a year is in its life.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    #[default]
    New,
    Open,
    Closed,
}

/// What decisions about a year need.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Year {
    status: Status,
    number: u16,
    district: District,
    /// From the years before, with what was adjusted since.
    carried: Carried,
    /// By the number of the day in the year: JSON has no dates to name the members of an object by.
    days: BTreeMap<u16, Vec<Reading>>,
}

impl Snapshot for Year {
    const SCHEMA: u32 = 1;
}

impl Aggregate for Year {
    const CATEGORY: &'static str = "readings";
    type Id = YearId;
    type Command = Command;
    type Event = Event;
    type Error = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        match (self.status, command) {
            (Status::New, Command::Open { year, district }) => {
                Ok(vec![Event::YearOpened { year, district, carried: Carried::default() }])
            }
            (_, Command::Open { .. }) => Err(Rejection::Opened(self.number)),
            (Status::New, _) => Err(Rejection::NotOpen),
            (Status::Closed, _) => Err(Rejection::Closed(self.number)),
            (Status::Open, Command::Collect(day)) => self.collect(day),
            (Status::Open, Command::Correct(day)) => self.correct(day),
            (Status::Open, Command::Adjust { date, difference }) => self.adjust(date, difference),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::YearOpened { year, district, carried } => {
                let (carried, district) = (carried.clone(), district.clone());
                *self = Self {
                    status: Status::Open,
                    number: *year,
                    district,
                    carried,
                    ..Self::default()
                };
            }
            Event::MeterReadingsCollected { date, readings, .. }
            | Event::MeterReadingsCorrected { date, readings, .. } => {
                self.days.insert(date.ordinal(), readings.clone());
            }
            Event::ClosedYearAdjusted { difference, .. } => {
                self.carried.total = self.carried.total.saturating_add_signed(*difference);
            }
            Event::YearClosed { .. } => self.status = Status::Closed,
        }
    }
}

impl Book for Year {
    fn next(id: &YearId) -> YearId {
        id.next()
    }

    fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }

    fn closing(&self, now: OffsetDateTime) -> Result<Event, Rejection> {
        match self.status {
            Status::New => Err(Rejection::NotOpen),
            Status::Closed => Err(Rejection::Closed(self.number)),
            Status::Open if now.year() <= i32::from(self.number) => {
                Err(Rejection::NotOver(self.number))
            }
            Status::Open => Ok(Event::YearClosed { carried: self.carries() }),
        }
    }

    fn opening(&self) -> Event {
        let (district, carried) = (self.district.clone(), self.carries());
        Event::YearOpened { year: self.number + 1, district, carried }
    }
}

impl Year {
    /// What this year and those before add up to.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "no year has that many days")]
    pub fn carries(&self) -> Carried {
        let days = u32::try_from(self.days.len()).expect("a year has at most 366 days");
        Carried {
            total: self
                .days
                .values()
                .map(|day| total(day))
                .fold(self.carried.total, u64::saturating_add),
            days: self.carried.days + days,
            latest: self
                .days
                .last_key_value()
                .map_or(self.carried.latest, |(day, _)| self.date(*day)),
        }
    }

    fn date(&self, ordinal: u16) -> Option<Date> {
        Date::from_ordinal_date(i32::from(self.number), ordinal).ok()
    }

    /// The day as this year counts its days.
    fn ordinal(&self, date: Date) -> Result<u16, Rejection> {
        let year = self.number;
        let ours = date.year() == i32::from(year);
        if ours { Ok(date.ordinal()) } else { Err(Rejection::OtherYear { date, year }) }
    }

    fn collect(&self, day: Day) -> Result<Vec<Event>, Rejection> {
        let Day { date, readings } = day;
        match self.days.get(&self.ordinal(date)?) {
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
        match self.days.get(&self.ordinal(date)?) {
            None => Err(Rejection::NothingToCorrect(date)),
            Some(recorded) if *recorded == readings => Ok(vec![]),
            Some(recorded) => {
                let (replaced, district) = (recorded.clone(), self.district.clone());
                Ok(vec![Event::MeterReadingsCorrected { date, readings, replaced, district }])
            }
        }
    }

    fn adjust(&self, date: Date, difference: i64) -> Result<Vec<Event>, Rejection> {
        let (year, total) = (self.number, self.carried.total);
        if date.year() >= i32::from(year) {
            return Err(Rejection::NotEarlier { date, year });
        }
        match total.checked_add_signed(difference) {
            _ if difference == 0 => Ok(vec![]),
            Some(sum) if sum <= LARGEST => Ok(vec![Event::ClosedYearAdjusted { date, difference }]),
            _ => Err(Rejection::NoSuchTotal { total }),
        }
    }
}

/// The sum of each day's readings, from the events of one year or of several.
///
/// # Errors
///
/// An event is not one of a year's.
pub fn daily_totals(events: &[RecordedEvent]) -> Result<BTreeMap<Date, u64>, CodecError> {
    let mut totals = BTreeMap::new();
    for recorded in events {
        let decoded = Recorded::<Event>::decode(recorded)?.map(|decoded| decoded.event);
        if let Some(
            Event::MeterReadingsCollected { date, readings, .. }
            | Event::MeterReadingsCorrected { date, readings, .. },
        ) = decoded
        {
            totals.insert(date, total(&readings));
        }
    }
    Ok(totals)
}
