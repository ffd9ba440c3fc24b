//! What the cockpit says of meters: their events in a few words, and a meter as a list of facts.

use cockpit::source::Fact;
use cockpit::{Categories, Category};
use daybook::aggregates::meter::{Event, Status};
use daybook::aggregates::readings::total;
use daybook::aggregates::registration::Registration;
use daybook::aggregates::{CodecError, decode};
use daybook::event_store::{RecordedEvent, StreamId, Version};
use daybook::gdpr::Sealed;

use crate::view::MeterView;

/// The streams of this sample.
pub const CATEGORIES: Categories =
    Categories(&[Category { name: "meter", title, page, summary, decoded, state }]);

fn title(stream: &StreamId) -> String {
    format!("Meter {}", stream.id())
}

fn page(stream: &StreamId, version: Version) -> String {
    format!("/meters/{}?version={version}", stream.id())
}

fn summary(recorded: &RecordedEvent) -> String {
    match known(recorded) {
        Ok(Some(event)) => in_words(&event),
        Ok(None) => "unknown to this program".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn decoded(recorded: &RecordedEvent) -> Option<String> {
    known(recorded).ok().flatten().map(|event| format!("{event:#?}"))
}

/// The meter as these events tell. What cannot be read is passed over: its row says why.
fn state(events: &[RecordedEvent]) -> Vec<Fact> {
    let events = events.iter().filter_map(|recorded| known(recorded).ok().flatten());
    facts(&MeterView::folded(events))
}

/// A meter as a list of facts.
#[must_use]
pub fn facts(meter: &MeterView) -> Vec<Fact> {
    let latest = meter.latest_reading_date();
    vec![
        Fact::new("Status", status(meter.status)),
        Fact::new("Address", address(meter)),
        Fact::new("District", district(meter)),
        Fact::new("Failed activations", meter.failed_activation_attempts.to_string()),
        Fact::new("Days with readings", meter.days.len().to_string()),
        Fact::new("Units in all", meter.total().to_string()),
        Fact::new(
            "Latest reading",
            latest.map_or_else(|| "none yet".to_owned(), |date| date.to_string()),
        ),
    ]
}

/// Where a meter is in its life, in a word.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Unknown => "unknown",
        Status::Registered => "registered",
        Status::Active => "active",
        Status::Deregistered => "deregistered",
    }
}

/// Where a meter hangs, as far as that was opened.
#[must_use]
pub fn address(meter: &MeterView) -> String {
    let known = meter.registration.as_ref();
    let text = |known: &Registration| match known.postal_code.parse::<Sealed>() {
        Ok(_) => "sealed".to_owned(),
        Err(_) if known.postal_code == known.house_number => known.postal_code.clone(),
        Err(_) => format!("{}, {}", known.postal_code, known.house_number),
    };
    known.map_or(String::new(), text)
}

/// The district of a meter.
#[must_use]
pub fn district(meter: &MeterView) -> String {
    let known = meter.registration.as_ref();
    known.map_or(String::new(), |known| known.district.to_string())
}

fn known(recorded: &RecordedEvent) -> Result<Option<Event>, CodecError> {
    decode(recorded.event.kind(), recorded.event.data())
}

/// What happened, in a few words.
fn in_words(event: &Event) -> String {
    match event {
        // The address is opened on the meter's own page only, for those who may.
        Event::MeterRegistered(meter) => format!("in district {}", meter.district),
        Event::MeterActivated { .. } => "with the right code".to_owned(),
        Event::MeterActivationFailed { .. } => "wrong code".to_owned(),
        Event::MeterReadingsCollected { date, readings, .. } => {
            format!("{date}, {} units", total(readings))
        }
        Event::MeterReadingsCorrected { date, readings, replaced, .. } => {
            format!("{date}, {} units instead of {}", total(readings), total(replaced))
        }
        Event::MeterDeregistered { .. } => "taken out of the books".to_owned(),
    }
}
