//! The list of streams, by latest change: built in, since everybody asks for it first.

use aggregates::{AnyEvent, Recorded};
use event_store::{StreamId, Version};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Projection, ViewKey};

/// One view for each stream.
#[derive(Debug)]
pub struct Streams;

/// What is known of a stream without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamSummary {
    /// The stream.
    pub stream: StreamId,
    /// The part of its name before the colon.
    pub category: String,
    /// The version of its last event.
    pub version: Version,
    /// That event's kind.
    pub last: String,
    /// When it was recorded; the list is sorted by its text.
    #[serde(with = "event_store::timestamp")]
    pub changed_at: OffsetDateTime,
}

impl Projection for Streams {
    const NAME: &'static str = "streams";
    const VERSION: u32 = 2;
    type Event = AnyEvent;
    type View = StreamSummary;

    fn keys(event: &Recorded<AnyEvent>) -> Vec<ViewKey> {
        vec![event.stream.as_str().into()]
    }

    fn apply(view: &mut Option<StreamSummary>, event: &Recorded<AnyEvent>) {
        *view = Some(StreamSummary {
            stream: event.stream.clone(),
            category: event.stream.category().to_owned(),
            version: event.version,
            last: event.event.kind.clone(),
            changed_at: event.meta.recorded_at,
        });
    }
}
