//! Where a worker process stands still.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place between two writes, at which a process can be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Point {
    /// A page is pinned, and nothing was done with it.
    AfterPin,
    /// So many views of a page were saved, and another one is about to be.
    BetweenSaves(u32),
    /// All views of a page were saved, and nobody has been told.
    AfterLastSave,
    /// The claim is about to be renewed while a page is worked on.
    BeforeRenewal,
    /// The claim was renewed while a page is worked on.
    AfterRenewal,
    /// The lease is about to be let go of.
    BeforeRelease,
    /// One lease was let go of, and the process is not at its end.
    AfterRelease,
}

impl Point {
    /// One of each.
    pub const ALL: [Self; 8] = [
        Self::AfterPin,
        Self::BetweenSaves(1),
        Self::AfterLastSave,
        Self::BeforeRenewal,
        Self::BetweenSaves(3),
        Self::BeforeRelease,
        Self::AfterRenewal,
        Self::AfterRelease,
    ];

    /// It comes only when the process is told to stop.
    #[must_use]
    pub fn is_at_release(self) -> bool {
        matches!(self, Self::BeforeRelease | Self::AfterRelease)
    }

    /// It comes only when a page takes longer than a third of the claim.
    #[must_use]
    pub fn is_at_renewal(self) -> bool {
        matches!(self, Self::BeforeRenewal | Self::AfterRenewal)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AfterPin => f.write_str("after the pin"),
            Self::BetweenSaves(saved) => write!(f, "after {saved} saves, before the next"),
            Self::AfterLastSave => f.write_str("after the last save"),
            Self::BeforeRenewal => f.write_str("before a renewal"),
            Self::AfterRenewal => f.write_str("after a renewal"),
            Self::BeforeRelease => f.write_str("before a release"),
            Self::AfterRelease => f.write_str("after a release"),
        }
    }
}
