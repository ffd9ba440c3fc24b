//! The words for a meter's years. The readings are those that are made up, the same each time.

use aggregates::readings::{Day, total};
use time::Date;
use time::macros::date;

use crate::words::district;
use crate::year::{Carried, Command, Event};

/// A day of the old year.
pub const DEC_30: Date = date!(2020 - 12 - 30);
/// Its last day.
pub const DEC_31: Date = date!(2020 - 12 - 31);
/// The first of the new year.
pub const JAN_1: Date = date!(2021 - 01 - 01);

/// A year was opened with that.
#[must_use]
pub fn opened(year: u16, carried: Carried) -> Event {
    Event::YearOpened { year, district: district(), carried }
}

/// A day's readings came in.
#[must_use]
pub fn collected(date: Date) -> Event {
    let Day { date, readings } = Day::example(date);
    Event::MeterReadingsCollected { date, readings, district: district() }
}

/// Deliver a day's readings.
#[must_use]
pub fn collect(date: Date) -> Command {
    Command::Collect(Day::example(date))
}

/// What two days in December add up to.
#[must_use]
pub fn carried() -> Carried {
    let total = [DEC_30, DEC_31].map(day_total).iter().sum();
    Carried { total, days: 2, latest: Some(DEC_31) }
}

/// What a day's readings add up to.
#[must_use]
pub fn day_total(date: Date) -> u64 {
    total(&Day::example(date).readings)
}

/// A year with two days that was closed.
#[must_use]
pub fn closed_year() -> [Event; 4] {
    let closed = Event::YearClosed { carried: carried() };
    [opened(2020, Carried::default()), collected(DEC_30), collected(DEC_31), closed]
}
