//! Which year of which meter, and what came before it.

use std::fmt;

use aggregates::field::InvalidField;
use aggregates::registration::{District, MeterId};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::year::{Command, iso_date};

/// Which year of which meter, such as `87000001:2020`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearId {
    meter: MeterId,
    year: u16,
}

impl YearId {
    /// A meter's year.
    ///
    /// # Errors
    ///
    /// The year has not four digits, or is the last that has.
    pub fn new(meter: MeterId, year: u16) -> Result<Self, InvalidField> {
        if !(1000..9999).contains(&year) {
            return Err(InvalidField::new("year", "must be from 1000 to 9998"));
        }
        Ok(Self { meter, year })
    }

    /// The year after it.
    pub(crate) fn next(&self) -> Self {
        Self { meter: self.meter.clone(), year: self.year + 1 }
    }

    /// The command that opens it as the meter's first.
    #[must_use]
    pub fn open(&self, district: District) -> Command {
        Command::Open { year: self.year, district }
    }
}

impl fmt::Display for YearId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.meter, self.year)
    }
}

/// What the years before add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The sum of all readings, in units of the meter.
    pub total: u64,
    /// The days with readings.
    pub days: u32,
    /// The newest of them.
    #[serde(with = "iso_date::option", default)]
    pub latest: Option<Date>,
}
