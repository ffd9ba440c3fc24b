//! The place of an event in its stream, and what a writer believes about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The place of an event in its stream. The first event is at 1; a stream without events is at 0.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of a stream without events.
    pub const ZERO: Self = Self(0);

    /// The version `events` places further on.
    #[must_use]
    pub fn plus(self, events: usize) -> Self {
        Self(self.0 + events as u64)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the writer believes about the stream; if it is wrong, the append is a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: append wherever the stream ends. For imports.
    Any,
    /// There is no such stream yet. The same as `Exact(Version::ZERO)`.
    NoStream,
    /// There is at least one event. For notes on something that must be there.
    StreamExists,
    /// The last event is at this version. What a decision is based on.
    Exact(Version),
}

impl Expected {
    /// Whether a stream that ends at `actual` is what the writer believes it to be.
    #[must_use]
    pub fn holds(self, actual: Version) -> bool {
        match self {
            Self::Any => true,
            Self::NoStream => actual == Version::ZERO,
            Self::StreamExists => actual > Version::ZERO,
            Self::Exact(version) => actual == version,
        }
    }
}
