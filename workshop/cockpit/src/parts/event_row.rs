//! An event as a row of the ledger.

use std::cmp::Ordering;

use askama::Template;
use daybook::event_store::{RecordedEvent, StoredDocument, StreamId, Version};
use time::OffsetDateTime;

use super::Document;
use crate::{Categories, StreamRow, When};

/// A row: what happened, where and when.
#[derive(Template)]
#[template(path = "parts/event_row.html")]
pub struct EventRow {
    stream: StreamId,
    version: Version,
    kind: String,
    when: When,
    summary: String,
    /// Where the row leads: the thing as of this event.
    link: Option<String>,
    /// What its append cost, if this process made it.
    price: Option<String>,
    /// The stored document, on pages that show it.
    document: Option<Document>,
    /// Where the reader of a timeline stands.
    place: &'static str,
}

impl EventRow {
    /// An event, as it is seen `now`.
    #[must_use]
    pub fn new(recorded: &RecordedEvent, categories: Categories, now: OffsetDateTime) -> Self {
        let RecordedEvent { stream, version, event } = recorded;
        Self {
            stream: stream.clone(),
            version: *version,
            kind: event.kind().to_owned(),
            when: When::new(event.meta().recorded_at, now),
            summary: categories.summary(recorded),
            link: categories.of(stream).map(|known| (known.page)(stream, *version)),
            price: None,
            document: None,
            place: "",
        }
    }

    /// The last event of a stream, as far as a list of streams knows it.
    #[must_use]
    pub fn last_of(stream: &StreamRow, categories: Categories, now: OffsetDateTime) -> Self {
        let StreamRow { stream, version, kind, changed_at } = stream;
        Self {
            stream: stream.clone(),
            version: *version,
            kind: kind.clone(),
            when: When::new(*changed_at, now),
            summary: String::new(),
            link: categories.of(stream).map(|known| (known.page)(stream, *version)),
            price: None,
            document: None,
            place: "",
        }
    }

    /// A stored document, the store's own among them.
    #[must_use]
    pub fn stored(stored: &StoredDocument, categories: Categories, now: OffsetDateTime) -> Self {
        let event = &stored.event;
        let decoded = categories.of(&event.stream).and_then(|known| (known.decoded)(event));
        let document = Some(Document::new(stored.text.get(), decoded));
        Self { document, ..Self::new(event, categories, now) }
    }

    /// Leads somewhere else.
    #[must_use]
    pub fn leading_to(self, link: String) -> Self {
        Self { link: Some(link), ..self }
    }

    /// With what its append cost.
    #[must_use]
    pub fn priced(self, price: String) -> Self {
        Self { price: Some(price), ..self }
    }

    /// Marks where a reader who stands at `version` sees this event.
    #[must_use]
    pub fn seen_from(self, version: Version) -> Self {
        let place = match self.version.cmp(&version) {
            Ordering::Less => "before",
            Ordering::Equal => "here",
            Ordering::Greater => "later",
        };
        Self { place, ..self }
    }
}
