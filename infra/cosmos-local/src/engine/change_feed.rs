//! The change feed: a log by partition-key range and LSN, of the latest version of each document or of all
//! versions and deletes.
//!
//! The two halves of a split range carry on with its LSNs, and what it had logged stays where it is: the feed of
//! a half is its part of the log of the ranges before it, oldest first, then its own. So a place in the feed of
//! a range is as good in the feed of each of its halves.

use redb::ReadOnlyTable;

use super::record::{self, LogPlace};
use super::scope::Span;
use super::storage::{LogEntry, Snapshot};
use super::versions::{ChangeKind, Version};
use super::{Container, Document, Failure, KeyRange, keys, limits};

/// Which changes a feed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedMode {
    /// Each document once, as it is now, and no deleted ones.
    LatestVersion,
    /// Every version and every deletion, as long as the container's definition has them kept.
    AllVersionsAndDeletes,
}

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

/// One change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The document; of a deleted one, its id and partition key as JSON.
    pub body: bytes::Bytes,
    pub lsn: u64,
    /// Seconds since 1970.
    pub at: i64,
    /// Known in a feed of all versions and deletes.
    pub kind: Option<ChangeKind>,
}

/// A page of changes of one range, in order; the order inside a transaction is that of its operations.
#[derive(Debug, Clone)]
pub struct FeedPage {
    pub changes: Vec<Change>,
    /// Where the next page begins: `FeedStart::After(next)`.
    pub next: u64,
}

/// A feed at one moment.
pub struct Feed<'f> {
    pub container: &'f Container,
    pub snapshot: &'f Snapshot,
    pub span: &'f Span,
    pub mode: FeedMode,
}

impl Feed<'_> {
    /// Reads a page: whole transactions until `max_items` or the bytes of a page are reached.
    pub fn page(&self, start: FeedStart, max_items: usize) -> Result<FeedPage, Failure> {
        let range = self.span.range.ok_or_else(|| {
            limits::invalid("the container has several ranges: read the feed of each by its id")
        })?;
        let range = self.container.range(range)?;
        let newest = self.snapshot.lsn(self.container.number, range.id)?;
        let (after, since) = match start {
            FeedStart::Beginning => (0, i64::MIN),
            FeedStart::Now => (newest, i64::MIN),
            FeedStart::After(lsn) => (lsn, i64::MIN),
            FeedStart::Since(time) => (0, time),
        };
        self.check(range, start, after)?;
        let mut page = FeedPage { changes: Vec::new(), next: newest };
        if after >= newest {
            return Ok(page);
        }
        let mut bytes = 0;
        for entry in self.log(range, after, newest)? {
            let (key, entry) = entry?;
            let lsn = record::lsn_of(key.value()).ok_or_else(damaged)?;
            let Some(change) = self.change(lsn, entry.value(), since)? else {
                continue;
            };
            let full = page.changes.len() >= max_items.max(1) || bytes >= limits::PAGE_BYTES;
            if full && page.changes.last().is_some_and(|last| last.lsn != lsn) {
                page.next = lsn - 1;
                break;
            }
            bytes += change.body.len();
            page.changes.push(change);
        }
        Ok(page)
    }

    /// All versions are shown from a place on whose successors are all still kept.
    fn check(&self, range: &KeyRange, start: FeedStart, after: u64) -> Result<(), Failure> {
        if self.mode == FeedMode::LatestVersion {
            return Ok(());
        }
        if self.container.definition.retention.is_none() {
            return Err(limits::invalid(
                "the container keeps no versions: its definition needs \
                 \"changeFeedPolicy\": {\"retentionDuration\": <minutes>}",
            ));
        }
        if matches!(start, FeedStart::Beginning | FeedStart::Since(_)) {
            return Err(limits::invalid(
                "a change feed of all versions and deletes begins now (if-none-match: *) or at a continuation",
            ));
        }
        for range in range.parents.iter().chain([&range.id]) {
            let forgotten = self.snapshot.forgotten.get((self.container.number, *range))?;
            if forgotten.is_some_and(|lsn| after < lsn.value()) {
                return Err(limits::invalid(
                    "the continuation is older than the versions that are kept: start from now",
                ));
            }
        }
        Ok(())
    }

    /// The change of an entry, if it belongs to this feed.
    fn change(&self, lsn: u64, entry: &[u8], since: i64) -> Result<Option<Change>, Failure> {
        let with_container = |key| keys::join(&self.container.number.to_be_bytes(), key);
        match self.mode {
            FeedMode::LatestVersion => {
                let (at, document) = record::split_log_entry(entry).ok_or_else(damaged)?;
                let document = with_container(document);
                if at < since || !self.span.contains(&document) {
                    return Ok(None);
                }
                let found = self.snapshot.remains(&document)?.ok_or_else(damaged)?;
                let over = self.snapshot.moment.is_over(&found);
                let body = Document::from(found).body;
                Ok((!over).then_some(Change { body, lsn, at, kind: None }))
            }
            FeedMode::AllVersionsAndDeletes => {
                let version = Version::decode(entry).ok_or_else(damaged)?;
                let Version { kind, at, document, body } = version;
                let here = self.span.contains(&with_container(document));
                let body = bytes::Bytes::copy_from_slice(body);
                Ok(here.then_some(Change { body, lsn, at, kind: Some(kind) }))
            }
        }
    }

    /// The log of a range and of those it was split from, after one LSN and up to another.
    fn log(
        &self,
        range: &KeyRange,
        after: u64,
        newest: u64,
    ) -> Result<impl Iterator<Item = LogEntry>, Failure> {
        let table: &ReadOnlyTable<&'static [u8], &'static [u8]> = match self.mode {
            FeedMode::LatestVersion => &self.snapshot.log,
            FeedMode::AllVersionsAndDeletes => &self.snapshot.versions,
        };
        let container = self.container.number;
        let mut logs = Vec::with_capacity(range.parents.len() + 1);
        for &range in range.parents.iter().chain([&range.id]) {
            let key = |lsn| record::log_key(container, LogPlace { range, lsn, ordinal: 0 });
            let (from, to) = (key(after + 1), key(newest + 1));
            logs.push(table.range::<&[u8]>(from.as_slice()..to.as_slice())?);
        }
        Ok(logs.into_iter().flatten())
    }
}

fn damaged() -> Failure {
    record::damaged("the log of changes")
}
