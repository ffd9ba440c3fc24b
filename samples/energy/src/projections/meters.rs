//! Which meters are there, and how are they?

use std::collections::BTreeMap;

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::{Event, Status};
use daybook::aggregates::readings::total;
use daybook::projections::{Projection, ViewKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::weeks::readings;

/// So many days are kept, the latest ones: four weeks.
const DAYS: usize = 28;

/// A view for each meter.
#[derive(Debug)]
pub struct MeterStates;

/// A meter as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterState {
    /// The meter.
    pub meter: String,
    /// Where it is in its life.
    pub status: Status,
    /// Where it hangs, roughly.
    pub district: String,
    /// How often a wrong code was tried.
    pub failed_activation_attempts: u32,
    /// The latest days with readings, whenever these came, and the sum of each.
    pub days: BTreeMap<String, u64>,
    /// The version of its last event.
    pub version: u64,
    /// When that was recorded; the list can be sorted by its text.
    #[serde(with = "daybook::event_store::timestamp")]
    pub changed_at: OffsetDateTime,
}

impl Projection for MeterStates {
    const NAME: &'static str = "meters";
    const VERSION: u32 = 2;
    type Event = Event;
    type View = MeterState;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        vec![event.stream.id().into()]
    }

    fn apply(view: &mut Option<MeterState>, event: &Recorded<Event>) {
        let view = view.get_or_insert_with(|| unknown(event));
        view.version = event.version.0;
        view.changed_at = event.meta.recorded_at;
        match &event.event {
            Event::MeterRegistered(registration) => {
                view.status = Status::Registered;
                registration.district.as_str().clone_into(&mut view.district);
            }
            Event::MeterActivated { .. } => view.status = Status::Active,
            Event::MeterActivationFailed { .. } => view.failed_activation_attempts += 1,
            Event::MeterDeregistered { .. } => view.status = Status::Deregistered,
            Event::MeterReadingsCollected { .. } | Event::MeterReadingsCorrected { .. } => {}
        }
        if let Some((date, readings)) = readings(&event.event) {
            view.days.insert(date.to_string(), total(readings));
        }
        while view.days.len() > DAYS {
            view.days.pop_first();
        }
    }
}

fn unknown(event: &Recorded<Event>) -> MeterState {
    MeterState {
        meter: event.stream.id().to_owned(),
        status: Status::default(),
        district: String::new(),
        failed_activation_attempts: 0,
        days: BTreeMap::new(),
        version: 0,
        changed_at: event.meta.recorded_at,
    }
}
