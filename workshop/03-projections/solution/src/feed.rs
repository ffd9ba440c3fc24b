//! The change feed as a processor sees it: pages of events, by range, from a place on.

use std::future::Future;

use event_store::{RecordedEvent, StreamId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::Error;

/// A page holds at most this many events, unless one transaction holds more: it is never split.
pub const PAGE: u32 = 100;

/// A part of the space of partition-key hashes, in hexadecimal: from `min` up to, and without, `max`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HashRange {
    /// Where it begins; empty at the very beginning.
    pub min: String,
    /// Where it ends; `FF` at the very end.
    pub max: String,
}

/// Where reading begins that has not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// With the first event of all.
    Beginning,
    /// With what is stored from this time on. Cosmos DB is exact to about five seconds.
    #[serde(with = "time::serde::rfc3339")]
    At(OffsetDateTime),
}

/// Says where to go on. Opaque to everyone but the feed that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Continuation(pub String);

/// Where to read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From<'a> {
    /// Reading has not begun.
    Start(Start),
    /// Reading came to here.
    After(&'a Continuation),
}

/// How far a reader is in one physical partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The physical partition's name.
    pub partition: String,
    /// The number of the last transaction there that was read. It says nothing about other partitions.
    pub lsn: u64,
}

/// What reading gave.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The events, those of one stream in order. The store's own documents are left out.
    pub events: Vec<RecordedEvent>,
    /// Where to go on.
    pub next: Continuation,
    /// There was nothing more in the whole range.
    pub caught_up: bool,
    /// How far this page reaches, if the feed says.
    pub reached: Option<Reached>,
    /// The number of the last transaction in that physical partition, read or not.
    pub end: Option<u64>,
}

/// The list of all changes, in ranges that can be read apart from each other. Each event is there once, those
/// of one stream are in one range and in order. Nothing else is promised about their order.
pub trait Feed: Clone + Send + Sync + 'static {
    /// Reads one range.
    type Reader: Reader;

    /// Names what is read, unlike anything that takes its place under the same address: places of one are
    /// useless in another.
    fn origin(&self) -> impl Future<Output = Result<String, Error>> + Send;

    /// Cuts everything into ranges: at least this many.
    fn ranges(&self, at_least: usize)
    -> impl Future<Output = Result<Vec<HashRange>, Error>> + Send;

    /// Whether the events of a stream are in a range.
    fn holds(
        &self,
        range: &HashRange,
        stream: &StreamId,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Opens a range. A page holds at most `limit` events, unless one transaction holds more.
    fn open(
        &self,
        range: &HashRange,
        from: From<'_>,
        limit: u32,
    ) -> impl Future<Output = Result<Self::Reader, Error>> + Send;
}

/// Reads on and on. After an error, open another one where the last finished page ended.
pub trait Reader: Send + 'static {
    /// The next page; an empty one that is not caught up only moves the place.
    fn next(&mut self) -> impl Future<Output = Result<FeedPage, Error>> + Send;
}
