//! The readings of a day: 96 of them, a quarter of an hour apart, the last at the next midnight.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use crate::field::InvalidField;

/// Readings a day.
pub const PER_DAY: usize = 96;

/// The largest whole number that everything on the way keeps exactly: 2⁵³.
pub const LARGEST: u64 = 1 << 53;

time::serde::format_description!(pub(crate) iso_date, Date, "[year]-[month]-[day]");

/// What the meter counted in the quarter of an hour that ends at `timestamp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The end of the quarter, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
    /// In units of the meter, at most [`LARGEST`].
    pub value: u64,
}

/// All readings of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day they belong to; the last is stamped with the midnight that ends it.
    #[serde(with = "iso_date")]
    pub date: Date,
    /// In the order of the day.
    pub readings: Vec<Reading>,
}

/// Days by date, written as a list: JSON has no dates to name the members of an object by.
pub(crate) mod days {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};
    use time::Date;

    use super::{Day, Reading};

    pub(crate) fn serialize<S: Serializer>(
        days: &BTreeMap<Date, Vec<Reading>>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        let day = |(date, readings): (&Date, &Vec<Reading>)| Day {
            date: *date,
            readings: readings.clone(),
        };
        out.collect_seq(days.iter().map(day))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<BTreeMap<Date, Vec<Reading>>, D::Error> {
        let days = Vec::<Day>::deserialize(input)?;
        Ok(days.into_iter().map(|Day { date, readings }| (date, readings)).collect())
    }
}

impl Day {
    /// Gives the values of a day their timestamps.
    ///
    /// # Errors
    ///
    /// There are not 96 of them, or one is larger than [`LARGEST`].
    pub fn new(date: Date, values: Vec<u64>) -> Result<Self, InvalidField> {
        if values.len() != PER_DAY {
            let remedy = format!(
                "must be {PER_DAY}, one for each quarter of an hour, and not {}",
                values.len()
            );
            return Err(InvalidField::new("readings", remedy));
        }
        if let Some(index) = values.iter().position(|value| *value > LARGEST) {
            let field = format!("readings[{index}]");
            return Err(InvalidField::new(&field, whole_number(&values[index])));
        }
        Ok(Self::of(date, values))
    }

    fn of(date: Date, values: impl IntoIterator<Item = u64>) -> Self {
        let reading =
            |(value, quarter)| Reading { timestamp: end_of_quarter(date, quarter), value };
        Self { date, readings: values.into_iter().zip(1..).map(reading).collect() }
    }

    /// Made-up readings that are the same each time:
    /// `value(i, day) = (i * day + i / 7) mod 4`, `i` from 1 to 96, `day` the day of the month.
    #[must_use]
    pub fn example(date: Date) -> Self {
        let day = u64::from(date.day());
        Self::of(date, (1..=96).map(|i| (i * day + i / 7) % 4))
    }
}

/// The sum of a day's readings.
#[must_use]
pub fn total(readings: &[Reading]) -> u64 {
    readings.iter().map(|reading| reading.value).fold(0, u64::saturating_add)
}

/// The end of a quarter of an hour, UTC; the day has quarters 1 to 96.
#[must_use]
pub fn end_of_quarter(date: Date, quarter: u8) -> OffsetDateTime {
    date.midnight().assume_utc() + Duration::minutes(15 * i64::from(quarter))
}

/// What a reading must be.
#[must_use]
pub fn whole_number(found: &impl std::fmt::Display) -> String {
    let found = found.to_string();
    let shown: String = found.chars().take(40).collect();
    format!(
        "must be a whole number from 0 to {LARGEST} (2^53) and not {shown}: \
         send larger amounts in a larger unit"
    )
}
