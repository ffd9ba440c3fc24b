//! How is a district doing? Its meters are many streams, and no order is kept between them: so this counts, and
//! counting comes out the same in every order.

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::Event;
use daybook::aggregates::readings::{Reading, total};
use daybook::aggregates::registration::District;
use daybook::projections::{Projection, ViewKey};
use serde::{Deserialize, Serialize};

/// A view for each district.
#[derive(Debug)]
pub struct Districts;

/// A district, all its meters together.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistrictOverview {
    /// The district.
    pub district: String,
    /// Meters in the books.
    pub registered: i64,
    /// Active meters in the books.
    pub active: i64,
    /// What all its meters ever counted, corrections included.
    pub consumed: i64,
    /// Days of meters that have readings.
    pub days: i64,
}

impl Projection for Districts {
    const NAME: &'static str = "districts";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = DistrictOverview;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        district(&event.event).map(|district| district.as_str().into()).into_iter().collect()
    }

    fn apply(view: &mut Option<DistrictOverview>, event: &Recorded<Event>) {
        let Some(district) = district(&event.event) else {
            return;
        };
        let view = view.get_or_insert_default();
        district.as_str().clone_into(&mut view.district);
        match &event.event {
            Event::MeterRegistered(_) => view.registered += 1,
            Event::MeterActivated { .. } => view.active += 1,
            Event::MeterDeregistered { was_active, .. } => {
                view.registered -= 1;
                view.active -= i64::from(*was_active);
            }
            Event::MeterReadingsCollected { readings, .. } => {
                view.days += 1;
                view.consumed += sum(readings);
            }
            // What it takes back is in the event, so it need not be known here which day was counted.
            Event::MeterReadingsCorrected { readings, replaced, .. } => {
                view.consumed += sum(readings) - sum(replaced);
            }
            Event::MeterActivationFailed { .. } => {}
        }
    }
}

/// The district that the event belongs to. Early events have none, and are not counted.
fn district(event: &Event) -> Option<&District> {
    let district = match event {
        Event::MeterRegistered(registration) => &registration.district,
        Event::MeterActivated { district }
        | Event::MeterReadingsCollected { district, .. }
        | Event::MeterReadingsCorrected { district, .. }
        | Event::MeterDeregistered { district, .. } => district,
        Event::MeterActivationFailed { .. } => return None,
    };
    (!district.as_str().is_empty()).then_some(district)
}

/// The sum of a day, at most 96 times 2⁵³.
fn sum(readings: &[Reading]) -> i64 {
    i64::try_from(total(readings)).unwrap_or(i64::MAX)
}
