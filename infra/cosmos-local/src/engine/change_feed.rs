//! The change feed: a log by partition-key range and LSN, latest version of each document.

use super::Document;

/// Where a feed begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedStart {
    Beginning,
    Now,
    /// After this LSN of the range.
    After(u64),
}

/// One changed document.
#[derive(Debug, Clone)]
pub struct Change {
    pub document: Document,
    pub lsn: u64,
    /// Seconds since 1970.
    pub at: i64,
}

/// A page of changes of one range, in order; the order inside a transaction is that of its operations.
#[derive(Debug, Clone)]
pub struct FeedPage {
    pub changes: Vec<Change>,
    /// Where the next page begins: `FeedStart::After(next)`.
    pub next: u64,
}
