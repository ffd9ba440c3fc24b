//! What a meter counted, by day and by ISO week.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use time::Date;

use crate::view::MeterView;

/// An ISO week. The year is the week's own: 2021-01-01 belongs to 2020-W53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    year: i32,
    number: u8,
}

impl Week {
    /// The week of a day.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let (year, number, _) = date.to_iso_week_date();
        Self { year, number }
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.number)
    }
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// What a meter counted in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeekTotals {
    /// The week.
    pub week: Week,
    /// The sum of its days.
    pub total: u64,
    /// The sums of its days, those that have readings.
    #[serde(serialize_with = "by_date")]
    pub days: BTreeMap<Date, u64>,
}

/// The weeks that have readings, in order. A reading belongs to the day it was delivered for, although
/// the last of a day is stamped with the next midnight.
#[must_use]
pub fn weeks(meter: &MeterView) -> Vec<WeekTotals> {
    let mut weeks: BTreeMap<Week, BTreeMap<Date, u64>> = BTreeMap::new();
    for (date, total) in &meter.days {
        weeks.entry(Week::of(*date)).or_default().insert(*date, *total);
    }
    let sum = |days: &BTreeMap<Date, u64>| days.values().copied().fold(0, u64::saturating_add);
    weeks.into_iter().map(|(week, days)| WeekTotals { week, total: sum(&days), days }).collect()
}

fn by_date<S: Serializer>(days: &BTreeMap<Date, u64>, out: S) -> Result<S::Ok, S::Error> {
    out.collect_map(days.iter().map(|(date, total)| (date.to_string(), total)))
}

#[cfg(test)]
mod tests {
    use daybook::aggregates::readings::{Day, total};
    use time::macros::date;

    use super::*;

    fn totals(from: Date, to: Date) -> Vec<(String, u64)> {
        let days = std::iter::successors(Some(from), |day| day.next_day());
        let days = days.take_while(|day| *day <= to);
        let days = days.map(|day| (day, total(&Day::example(day).readings))).collect();
        let meter = MeterView { days, ..MeterView::default() };
        weeks(&meter).into_iter().map(|week| (week.week.to_string(), week.total)).collect()
    }

    #[test]
    fn the_talk_s_readings_give_the_talk_s_totals() {
        let first = totals(date!(2020 - 04 - 30), date!(2020 - 05 - 17));
        let second = totals(date!(2020 - 05 - 01), date!(2020 - 05 - 14));
        let week = |number: &str, total| (format!("2020-W{number}"), total);
        assert_eq!(first, [week("18", 552), week("19", 940), week("20", 936)]);
        assert_eq!(second, [week("18", 408), week("19", 940), week("20", 540)]);
    }

    #[test]
    fn a_week_carries_its_own_year() {
        assert_eq!(Week::of(date!(2021 - 01 - 01)).to_string(), "2020-W53");
        assert_eq!(Week::of(date!(2024 - 12 - 31)).to_string(), "2025-W01");
    }
}
