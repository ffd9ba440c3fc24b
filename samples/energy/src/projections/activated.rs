//! How many meters are active?

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::Event;
use daybook::projections::{Projection, ViewKey};
use serde::{Deserialize, Serialize};

/// The only key.
pub const ALL: &str = "all";

/// One view of all meters.
#[derive(Debug)]
pub struct TotalActivated;

/// How many meters were activated and are still in the books.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivatedMeters {
    /// The number; below zero for the moment in which a deregistration is known and the activation is not.
    pub count: i64,
}

impl Projection for TotalActivated {
    const NAME: &'static str = "activated";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = ActivatedMeters;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        if change(&event.event) == 0 { vec![] } else { vec![ALL.into()] }
    }

    fn apply(view: &mut Option<ActivatedMeters>, event: &Recorded<Event>) {
        view.get_or_insert_default().count += change(&event.event);
    }
}

fn change(event: &Event) -> i64 {
    match event {
        Event::MeterActivated { .. } => 1,
        Event::MeterDeregistered { was_active: true, .. } => -1,
        _ => 0,
    }
}
