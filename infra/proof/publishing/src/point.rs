//! Where a publisher process stands still.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place between what is stored and the note that it was sent, at which a process can be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Point {
    /// A page is pinned, and nothing of it was sent.
    BeforePage,
    /// So many messages were sent, and another one is about to be.
    BeforeSend(u32),
    /// The broker has so many messages, and has said so; nobody was told.
    AfterSend(u32),
    /// All of a page was sent, and the page is not done.
    AfterPage,
}

impl Point {
    /// One of each.
    pub const ALL: [Self; 6] = [
        Self::BeforePage,
        Self::AfterSend(1),
        Self::BeforeSend(0),
        Self::AfterPage,
        Self::BeforeSend(3),
        Self::AfterSend(4),
    ];
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforePage => f.write_str("after the commit, before any send"),
            Self::BeforeSend(sent) => write!(f, "after {sent} sends, before the next"),
            Self::AfterSend(sent) => write!(f, "after send number {sent}, before anybody is told"),
            Self::AfterPage => f.write_str("after all sends, before the page is done"),
        }
    }
}
