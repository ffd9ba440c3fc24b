//! The way to another moment of a stream.

use askama::Template;
use daybook::event_store::Version;
use time::OffsetDateTime;

use crate::{When, when};

/// Where the reader stands in time, and two forms to stand elsewhere: by version and by time.
#[derive(Template)]
#[template(path = "parts/travel.html")]
pub struct Travel {
    /// The page.
    path: String,
    /// What is looked at, such as `the meter`.
    subject: &'static str,
    version: Version,
    head: Version,
    recorded_at: When,
    at: String,
}

impl Travel {
    /// The page at `path` shows `subject` at `version` of `head`; that event was recorded at `recorded_at`.
    #[must_use]
    pub fn new(
        path: String,
        subject: &'static str,
        [version, head]: [Version; 2],
        recorded_at: OffsetDateTime,
    ) -> Self {
        let at = when::field(recorded_at);
        let recorded_at = When::new(recorded_at, OffsetDateTime::now_utc());
        Self { path, subject, version, head, recorded_at, at }
    }

    fn is_now(&self) -> bool {
        self.version == self.head
    }
}
