//! A page: the events that are applied together, under one number.

use std::collections::BTreeMap;

use event_store::{RecordedEvent, StreamId, Version};

/// The events that belong to one number of one lease, for good.
#[derive(Debug, Clone)]
pub struct Page {
    /// The lease, such as `0`.
    pub lease: String,
    /// The number. The first page of a lease is 1.
    pub number: u64,
    /// The events, by stream and version.
    pub events: Vec<RecordedEvent>,
}

/// The first and the last version of each stream in a page.
pub type Pinned = BTreeMap<StreamId, (Version, Version)>;

impl Page {
    /// Puts the events in order: by stream, then by version. Inside a transaction the feed promises none.
    #[must_use]
    pub fn new(lease: &str, number: u64, mut events: Vec<RecordedEvent>) -> Self {
        events.sort_by(|a, b| (&a.stream, a.version).cmp(&(&b.stream, b.version)));
        Self { lease: lease.to_owned(), number, events }
    }
}

/// What has to be known to find exactly these events again: those of a stream lie side by side.
#[must_use]
pub fn pinned(events: &[RecordedEvent]) -> Pinned {
    let mut pinned = Pinned::new();
    for RecordedEvent { stream, version, .. } in events {
        let (first, last) = pinned.entry(stream.clone()).or_insert((*version, *version));
        *first = (*first).min(*version);
        *last = (*last).max(*version);
    }
    pinned
}
