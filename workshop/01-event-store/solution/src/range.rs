//! Which part of a stream to load.

use time::OffsetDateTime;

use crate::{SessionToken, Version};

/// Which events to load, and in what order. `Range::all()` is every event, first to last.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    pub(crate) after: Version,
    pub(crate) up_to: UpTo,
    pub(crate) direction: Direction,
    pub(crate) limit: Option<u32>,
    pub(crate) session: Option<SessionToken>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpTo {
    End,
    Version(Version),
    Time(OffsetDateTime),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Range {
    /// Every event, first to last.
    #[must_use]
    pub fn all() -> Self {
        Self::after(Version::ZERO)
    }

    /// The events after a version: the tail that a reader has not seen.
    #[must_use]
    pub fn after(version: Version) -> Self {
        Self {
            after: version,
            up_to: UpTo::End,
            direction: Direction::Forward,
            limit: None,
            session: None,
        }
    }

    /// Nothing beyond this version.
    #[must_use]
    pub fn up_to(self, version: Version) -> Self {
        Self { up_to: UpTo::Version(version), ..self }
    }

    /// Nothing recorded after this time.
    #[must_use]
    pub fn at(self, time: OffsetDateTime) -> Self {
        Self { up_to: UpTo::Time(time), ..self }
    }

    /// Newest first.
    #[must_use]
    pub fn backward(self) -> Self {
        Self { direction: Direction::Backward, ..self }
    }

    /// At most this many events.
    #[must_use]
    pub fn limit(self, events: u32) -> Self {
        Self { limit: Some(events), ..self }
    }

    /// At least as fresh as the append that gave this token.
    #[must_use]
    pub fn session(self, token: SessionToken) -> Self {
        Self { session: Some(token), ..self }
    }
}
