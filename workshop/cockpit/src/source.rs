//! What the cockpit needs of a sample.

use std::future::Future;

use daybook::event_store::{
    CosmosEventStore, Documents, EventStore, Range, RecordedEvent, StoreError, StreamId, Version,
};
use time::OffsetDateTime;

use crate::Problem;

/// An event store that shows what it has stored.
pub trait Documented: EventStore<Error = StoreError> + Clone + 'static {
    /// The documents of a stream as they are stored, the store's own among them.
    fn documents(
        &self,
        stream: &StreamId,
        range: Range,
    ) -> impl Future<Output = Result<Documents, StoreError>> + Send;
}

impl Documented for CosmosEventStore {
    async fn documents(&self, stream: &StreamId, range: Range) -> Result<Documents, StoreError> {
        Self::documents(self, stream, range).await
    }
}

/// Which streams there are.
pub trait StreamList: Clone + Send + Sync + 'static {
    /// The streams whose names begin with `prefix`, at most `limit`, by latest change; `after` an earlier page.
    fn latest(
        &self,
        prefix: &str,
        limit: u32,
        after: Option<String>,
    ) -> impl Future<Output = Result<StreamRows, Problem>> + Send;
}

/// A page of a list of streams.
#[derive(Debug, Clone, Default)]
pub struct StreamRows {
    /// The streams.
    pub rows: Vec<StreamRow>,
    /// What to ask for to see more.
    pub next: Option<String>,
}

/// A stream in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRow {
    /// Its name.
    pub stream: StreamId,
    /// Where it ends.
    pub version: Version,
    /// The type of its last event.
    pub kind: String,
    /// When that was recorded.
    pub changed_at: OffsetDateTime,
}

/// A kind of stream, in the words of the sample.
#[derive(Debug, Clone, Copy)]
pub struct Category {
    /// The part of a stream's name before the colon.
    pub name: &'static str,
    /// What the thing is called, such as `Meter 87000001`.
    pub title: fn(&StreamId) -> String,
    /// The sample's own page of the thing, as it was at a version.
    pub page: fn(&StreamId, Version) -> String,
    /// What happened, in a few words.
    pub summary: fn(&RecordedEvent) -> String,
    /// The event as the program sees it; `None` for one it does not know.
    pub decoded: fn(&RecordedEvent) -> Option<String>,
    /// The thing as these events tell, from its first event on.
    pub state: fn(&[RecordedEvent]) -> Vec<Fact>,
}

/// A line of a state: what is known, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is, such as `District`.
    pub name: &'static str,
    /// How it stands, such as `10`.
    pub value: String,
}

impl Fact {
    /// States something.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// The categories of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Categories(pub &'static [Category]);

impl Categories {
    /// The category of a stream, if the sample knows it.
    #[must_use]
    pub fn of(self, stream: &StreamId) -> Option<&'static Category> {
        self.0.iter().find(|category| category.name == stream.category())
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn summary(self, event: &RecordedEvent) -> String {
        match event.event.kind() {
            "$sealed" => "the stream takes no more events".to_owned(),
            "$deleted" => "the events of this stream were deleted".to_owned(),
            _ => self.of(&event.stream).map_or_else(
                || "unknown to this program".to_owned(),
                |known| (known.summary)(event),
            ),
        }
    }
}
