//! A meter as pages show it, folded from its events each time somebody looks.

use std::collections::BTreeMap;

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::{Event, Status};
use daybook::aggregates::readings::total;
use daybook::aggregates::registration::Registration;
use time::Date;

/// What is known of a meter. Other than the aggregate it holds what people ask for, not what decisions need.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct MeterView {
    /// Where it is in its life.
    pub status: Status,
    /// What was written down when it was registered.
    pub registration: Option<Registration>,
    /// How often a wrong code was tried.
    pub failed_activation_attempts: u32,
    /// What it counted, by day.
    pub days: BTreeMap<Date, u64>,
}

impl MeterView {
    /// The meter as these events tell.
    #[must_use]
    pub fn of(events: &[Recorded<Event>]) -> Self {
        let mut view = Self::default();
        for recorded in events {
            view.apply(&recorded.event);
        }
        view
    }

    /// The meter as these events tell, which nobody else needs.
    #[must_use]
    pub fn folded(events: impl Iterator<Item = Event>) -> Self {
        events.fold(Self::default(), |mut view, event| {
            view.apply(&event);
            view
        })
    }

    /// What it counted in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.days.values().copied().fold(0, u64::saturating_add)
    }

    /// The newest day with readings, in whatever order they came.
    #[must_use]
    pub fn latest_reading_date(&self) -> Option<Date> {
        self.days.last_key_value().map(|(date, _)| *date)
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::MeterRegistered(registration) => {
                self.status = Status::Registered;
                self.registration = Some(registration.clone());
            }
            Event::MeterActivated { .. } => self.status = Status::Active,
            Event::MeterActivationFailed { .. } => self.failed_activation_attempts += 1,
            Event::MeterReadingsCollected { date, readings, .. }
            | Event::MeterReadingsCorrected { date, readings, .. } => {
                self.days.insert(*date, total(readings));
            }
            Event::MeterDeregistered { .. } => self.status = Status::Deregistered,
        }
    }
}
