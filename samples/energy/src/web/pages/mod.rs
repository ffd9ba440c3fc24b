//! The pages, and what they have in common.

pub mod districts;
pub mod elsewhere;
pub mod failures;
pub mod home;
pub mod meter;
pub mod privacy;
mod ways;

use std::collections::BTreeMap;

use time::Date;

use crate::weeks::WeekTotals;

/// What readings count.
const UNIT: &str = "units";

fn daily(weeks: &[WeekTotals]) -> BTreeMap<Date, u64> {
    weeks.iter().flat_map(|week| week.days.clone()).collect()
}
