//! Billing: a statement for each week in which a meter counted something.

use std::collections::BTreeMap;

use daybook::cosmos::ContainerSpec;
use daybook::integration_events::meters::Notice;
use daybook::integration_events::{Subscriber, Told};
use daybook::projections::Source;
use serde::{Deserialize, Serialize};

use crate::delivery;
use crate::weeks::Week;

/// What billing keeps is its own.
pub const BILLING: ContainerSpec = ContainerSpec {
    name: "billing",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// Makes statements.
pub struct Billing;

/// The statements of a meter, by ISO week, such as `2020-W18`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statements {
    /// Each with the sums of its days.
    pub weeks: BTreeMap<String, BTreeMap<String, u64>>,
    /// The meter is gone: nothing more is to come.
    pub closed: bool,
}

impl Statements {
    /// What is to be paid for, week by week.
    pub fn totals(&self) -> impl Iterator<Item = (&str, u64)> {
        let sum = |days: &BTreeMap<_, u64>| days.values().copied().fold(0, u64::saturating_add);
        self.weeks.iter().map(move |(week, days)| (week.as_str(), sum(days)))
    }
}

impl Subscriber for Billing {
    const NAME: &'static str = "billing";
    type Event = Notice;
    type State = Statements;

    fn apply(&self, statements: &mut Statements, told: &Told<Notice>) -> Result<(), Source> {
        match &told.event {
            Notice::ConsumptionRecorded { date, total, .. }
            | Notice::ConsumptionCorrected { date, total, .. } => {
                let week = Week::of(delivery::date(date)?).to_string();
                statements.weeks.entry(week).or_default().insert(date.clone(), *total);
            }
            Notice::MeterDeregistered { .. } => statements.closed = true,
            Notice::MeterActivated { .. } => {}
        }
        Ok(())
    }
}
