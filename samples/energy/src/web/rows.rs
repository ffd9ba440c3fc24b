//! An event as a row of the ledger.

use daybook::aggregates::meter::Event;
use daybook::aggregates::readings::total;
use daybook::aggregates::{Recorded, decode};
use daybook::event_store::{RecordedEvent, StoredDocument, StreamId, Version};
use time::OffsetDateTime;

use super::document::html;
use super::when::When;
use crate::ledger::{Entry, Ledger, Price};

/// A row.
pub struct EventRow {
    pub stream: StreamId,
    pub version: Version,
    pub kind: String,
    pub when: When,
    pub summary: String,
    /// Where the row leads: the meter as of this event.
    pub link: String,
    /// What its append cost, if this process made it.
    pub price: Option<String>,
    /// The stored document, on pages that show it.
    pub document: Option<String>,
    /// Where the reader of a timeline stands.
    pub place: &'static str,
}

impl EventRow {
    /// An event that was just stored.
    pub fn entered(entry: &Entry, ledger: &Ledger, now: OffsetDateTime) -> Self {
        let price = Some(priced(entry.price, ledger));
        Self { price, ..Self::plain(&entry.event, now) }
    }

    /// An event of a meter.
    pub fn of(recorded: &Recorded<Event>, now: OffsetDateTime) -> Self {
        let stream = &recorded.stream;
        Self {
            stream: stream.clone(),
            version: recorded.version,
            kind: kind(&recorded.event).to_owned(),
            when: When::new(recorded.meta.recorded_at, now),
            summary: summary(&recorded.event),
            link: link(stream, recorded.version),
            price: None,
            document: None,
            place: "",
        }
    }

    /// A document of a stream as it is stored, the store's own among them.
    pub fn stored(stored: &StoredDocument, ledger: &Ledger, now: OffsetDateTime) -> Self {
        let StoredDocument { event, text } = stored;
        Self {
            price: ledger.price(&event.stream, event.version).map(|price| priced(price, ledger)),
            document: Some(html(text.get())),
            ..Self::plain(event, now)
        }
    }

    fn plain(recorded: &RecordedEvent, now: OffsetDateTime) -> Self {
        let RecordedEvent { stream, version, event } = recorded;
        let summary = match decode(event.kind(), event.data()) {
            Ok(Some(known)) => summary(&known),
            Ok(None) => "unknown to this program".to_owned(),
            Err(error) => error.to_string(),
        };
        Self {
            stream: stream.clone(),
            version: *version,
            kind: event.kind().to_owned(),
            when: When::new(event.meta().recorded_at, now),
            summary,
            link: link(stream, *version),
            price: None,
            document: None,
            place: "",
        }
    }

    /// Marks where a reader who stands at `version` sees this event.
    pub fn seen_from(self, version: Version) -> Self {
        let place = match self.version.cmp(&version) {
            std::cmp::Ordering::Less => "before",
            std::cmp::Ordering::Equal => "here",
            std::cmp::Ordering::Greater => "later",
        };
        Self { place, ..self }
    }
}

/// What happened, in a word: the kind under which it is stored.
pub fn kind(event: &Event) -> &'static str {
    match event {
        Event::MeterRegistered(_) => "MeterRegistered",
        Event::MeterActivated { .. } => "MeterActivated",
        Event::MeterActivationFailed { .. } => "MeterActivationFailed",
        Event::MeterReadingsCollected { .. } => "MeterReadingsCollected",
        Event::MeterReadingsCorrected { .. } => "MeterReadingsCorrected",
        Event::MeterDeregistered { .. } => "MeterDeregistered",
    }
}

/// What happened, in a few words.
fn summary(event: &Event) -> String {
    match event {
        Event::MeterRegistered(meter) => {
            format!("{}, {}", meter.postal_code, meter.house_number)
        }
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

fn link(stream: &StreamId, version: Version) -> String {
    if stream.category() == "meter" {
        format!("/meters/{}?version={version}", stream.id())
    } else {
        format!("/streams/{stream}")
    }
}

fn priced(price: Price, ledger: &Ledger) -> String {
    let said = ledger.say(price.charge, price.trips);
    match price.events {
        0 | 1 => said,
        events => format!("{said} for {events} events"),
    }
}
