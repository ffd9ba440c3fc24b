//! What others are told of smart meters: the first mapping.

use aggregates::Recorded;
use aggregates::meter::Event;
use aggregates::readings::{Reading, total};
use aggregates::registration::District;
use serde::{Deserialize, Serialize};
use service_bus::Value;
use time::Date;

use crate::{Mapping, Properties};

/// What may be known of a meter outside. Names and fields are a promise to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// The meter delivers readings from now on.
    #[serde(rename = "MeterActivated.v1")]
    MeterActivated {
        /// Where it hangs, roughly.
        district: District,
    },
    /// The consumption of a day is known.
    #[serde(rename = "ConsumptionRecorded.v1")]
    ConsumptionRecorded {
        /// The day, such as `2020-04-30`.
        date: String,
        /// The sum of the day, in units of the meter.
        total: u64,
        /// Where it hangs, roughly.
        district: District,
    },
    /// The consumption of a day was another one.
    #[serde(rename = "ConsumptionCorrected.v1")]
    ConsumptionCorrected {
        /// The day.
        date: String,
        /// The sum of the day as it is now known.
        total: u64,
        /// The sum as it was told before.
        replaced: u64,
        /// Where it hangs, roughly.
        district: District,
    },
    /// The meter is gone.
    #[serde(rename = "MeterDeregistered.v1")]
    MeterDeregistered {
        /// Where it hung, roughly.
        district: District,
    },
}

/// Tells others of meters.
pub struct Meters;

impl Mapping for Meters {
    const CATEGORIES: &'static [&'static str] = &["meter"];
    type Event = Event;
    type Notice = Notice;

    fn map(event: &Recorded<Event>) -> Option<Notice> {
        told(event.event.clone())
    }

    fn properties(notice: &Notice) -> Properties {
        let (Notice::MeterActivated { district }
        | Notice::ConsumptionRecorded { district, .. }
        | Notice::ConsumptionCorrected { district, .. }
        | Notice::MeterDeregistered { district }) = notice;
        // A filter cannot read other characters.
        let plain = district.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
        [("district".to_owned(), Value::Text(plain))].into()
    }
}

/// What others are told of this, if anything.
fn told(event: Event) -> Option<Notice> {
    // step 1
    todo!("step 1: tell of activation, consumption by day and deregistration, and of nothing else")
}

fn recorded(date: Date, readings: &[Reading], district: District) -> Notice {
    Notice::ConsumptionRecorded { date: date.to_string(), total: total(readings), district }
}

fn corrected(date: Date, readings: &[Reading], replaced: &[Reading], district: District) -> Notice {
    let (date, total, replaced) = (date.to_string(), total(readings), total(replaced));
    Notice::ConsumptionCorrected { date, total, replaced, district }
}
