//! What did a meter count in a week, day by day?

use std::collections::BTreeMap;

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::Event;
use daybook::aggregates::readings::{Reading, total};
use daybook::projections::{Projection, ViewKey};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::weeks::Week;

/// A view for each meter and ISO week, named with the week's own year: `87000001:2020-W18`.
#[derive(Debug)]
pub struct DailyTotalsByWeek;

/// What a meter counted in a week.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekOfMeter {
    /// The meter.
    pub meter: String,
    /// The week, such as `2020-W18`.
    pub week: String,
    /// By day, such as `2020-04-30`, the sum of its readings. A correction takes the place of what was there.
    pub days: BTreeMap<String, u64>,
    /// The sum of the days.
    pub total: u64,
}

impl Projection for DailyTotalsByWeek {
    const NAME: &'static str = "weeks";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = WeekOfMeter;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        let key = |(date, _)| format!("{}:{}", event.stream.id(), Week::of(date)).into();
        readings(&event.event).map(key).into_iter().collect()
    }

    fn apply(view: &mut Option<WeekOfMeter>, event: &Recorded<Event>) {
        let Some((date, readings)) = readings(&event.event) else {
            return;
        };
        let view = view.get_or_insert_default();
        event.stream.id().clone_into(&mut view.meter);
        view.week = Week::of(date).to_string();
        view.days.insert(date.to_string(), total(readings));
        view.total = view.days.values().copied().fold(0, u64::saturating_add);
    }
}

/// The day of an event that brings readings. By it they are told apart, not by their timestamps: the last of
/// a day is stamped with the next midnight.
pub(super) fn readings(event: &Event) -> Option<(Date, &[Reading])> {
    match event {
        Event::MeterReadingsCollected { date, readings, .. }
        | Event::MeterReadingsCorrected { date, readings, .. } => Some((*date, readings)),
        _ => None,
    }
}
