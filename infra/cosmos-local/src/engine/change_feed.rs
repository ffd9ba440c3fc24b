//! The change feed: a log by partition-key range and LSN, latest version of each document.
//!
//! The two halves of a split range carry on with its LSNs, and what it had logged stays where it is: the feed of
//! a half is its part of the log of the ranges before it, oldest first, then its own. So a place in the feed of
//! a range is as good in the feed of each of its halves.

use super::record::{self, LogPlace};
use super::scope::Span;
use super::storage::{LogEntry, Snapshot};
use super::{Container, Document, Failure, KeyRange, keys, limits};

/// Where a feed begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedStart {
    Beginning,
    Now,
    /// After this LSN of the range.
    After(u64),
    /// At this time, in seconds since 1970. Cost grows with the log: go on with [`FeedStart::After`].
    Since(i64),
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

/// Reads a page: whole transactions until `max_items` or the bytes of a page are reached.
pub fn page(
    container: &Container,
    snapshot: &Snapshot,
    span: &Span,
    start: FeedStart,
    max_items: usize,
) -> Result<FeedPage, Failure> {
    let range = span.range.ok_or_else(|| {
        limits::invalid("the container has several ranges: read the feed of each by its id")
    })?;
    let range = container.range(range)?;
    let newest = snapshot.lsn(container.number, range.id)?;
    let (after, since) = match start {
        FeedStart::Beginning => (0, i64::MIN),
        FeedStart::Now => (newest, i64::MIN),
        FeedStart::After(lsn) => (lsn, i64::MIN),
        FeedStart::Since(time) => (0, time),
    };
    let mut page = FeedPage { changes: Vec::new(), next: newest };
    if after >= newest {
        return Ok(page);
    }
    let mut bytes = 0;
    for entry in log(container, snapshot, range, after, newest)? {
        let (key, entry) = entry?;
        let lsn = record::lsn_of(key.value()).ok_or_else(damaged)?;
        let (at, document) = record::split_log_entry(entry.value()).ok_or_else(damaged)?;
        let document = keys::join(&container.number.to_be_bytes(), document);
        if at < since || !span.contains(&document) {
            continue;
        }
        let full = page.changes.len() >= max_items.max(1) || bytes >= limits::PAGE_BYTES;
        if full && page.changes.last().is_some_and(|last| last.lsn != lsn) {
            page.next = lsn - 1;
            break;
        }
        let document = snapshot.document(&document)?.ok_or_else(damaged)?;
        bytes += document.body.len();
        page.changes.push(Change { document: document.into(), lsn, at });
    }
    Ok(page)
}

/// The log of a range and of those it was split from, after one LSN and up to another.
fn log(
    container: &Container,
    snapshot: &Snapshot,
    range: &KeyRange,
    after: u64,
    newest: u64,
) -> Result<impl Iterator<Item = LogEntry>, Failure> {
    let mut logs = Vec::with_capacity(range.parents.len() + 1);
    for &range in range.parents.iter().chain([&range.id]) {
        let key = |lsn| record::log_key(container.number, LogPlace { range, lsn, ordinal: 0 });
        let (from, to) = (key(after + 1), key(newest + 1));
        logs.push(snapshot.log.range::<&[u8]>(from.as_slice()..to.as_slice())?);
    }
    Ok(logs.into_iter().flatten())
}

fn damaged() -> Failure {
    record::damaged("the log of changes")
}
