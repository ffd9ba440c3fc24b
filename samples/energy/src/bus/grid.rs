//! The grid operator: what is drawn in its districts. The broker sends it nothing of the others.

use daybook::cosmos::ContainerSpec;
use daybook::integration_events::meters::Notice;
use daybook::integration_events::{Subscriber, Told};
use daybook::projections::Source;
use serde::{Deserialize, Serialize};

/// What the grid operator keeps is its own.
pub const GRID: ContainerSpec = ContainerSpec {
    name: "grid",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// The operator of the districts that begin with 1.
pub struct Grid;

/// What a meter draws.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// It delivers readings.
    pub connected: bool,
    /// The event that says so.
    pub connected_by: u64,
    /// The newest day that is known.
    pub latest: Option<Drawn>,
}

/// What was drawn on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Drawn {
    /// The day, such as `2020-04-30`.
    pub date: String,
    /// The event that says so: a correction comes after what it corrects.
    pub version: u64,
    /// The sum of the day.
    pub total: u64,
}

impl Subscriber for Grid {
    const NAME: &'static str = "grid";
    type Event = Notice;
    type State = Load;

    /// Messages come in any order here, so what counts is the order of their events.
    fn apply(&self, load: &mut Load, told: &Told<Notice>) -> Result<(), Source> {
        let version = told.version.0;
        match &told.event {
            Notice::ConsumptionRecorded { date, total, .. }
            | Notice::ConsumptionCorrected { date, total, .. } => {
                let drawn = Drawn { date: date.clone(), version, total: *total };
                load.latest = load.latest.take().max(Some(drawn));
            }
            Notice::MeterActivated { .. } | Notice::MeterDeregistered { .. } => {
                if version > load.connected_by {
                    load.connected = matches!(told.event, Notice::MeterActivated { .. });
                    load.connected_by = version;
                }
            }
        }
        Ok(())
    }
}
