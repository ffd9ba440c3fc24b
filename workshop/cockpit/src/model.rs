//! What the parts show of projections: plain values, filled in by whoever knows.
//!
//! They are not module 03's own types: those hold what its loop needs, these hold what people look at.

use std::collections::BTreeMap;

use time::OffsetDateTime;

/// A lease as a worker left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// The part of the hash space it covers, such as `00-40`.
    pub range: String,
    /// The worker that holds it; `None` once it is free.
    pub owner: Option<String>,
    /// The number of the last page that was pinned.
    pub page: u64,
    /// How many events are pinned: read, and perhaps not applied everywhere yet. 0 between pages.
    pub pinned: usize,
    /// Events behind the end of its range.
    pub lag: u64,
    /// When the owner last said that it holds the lease.
    pub renewed_at: Option<OffsetDateTime>,
    /// The lease document, as JSON.
    pub document: String,
}

/// A worker that shares the leases.
#[derive(Debug, Clone, PartialEq)]
pub struct Worker {
    /// Its name, as leases hold it.
    pub name: String,
    /// How many leases it holds.
    pub leases: usize,
    /// Of which readers of the feed.
    pub readers: Vec<String>,
}

/// How a reader of the feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No worker has ever run it.
    NotRun,
    /// Everything is applied.
    Live,
    /// So many events are not applied yet.
    Behind(u64),
    /// So many views were set aside.
    Parked(usize),
    /// A new version is built beside the live one.
    Rebuilding,
    /// It met what it cannot decode, and waits for a human.
    Halted(String),
}

/// A version of a projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectionStatus {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Whether readers are given this version's views.
    pub live: bool,
    /// How it stands.
    pub standing: Standing,
    /// Transactions that are not read yet, by all leases together.
    pub behind: u64,
    /// How far a rebuild is; `None` while there is none.
    pub progress: Option<Progress>,
    /// Its leases.
    pub leases: Vec<Lease>,
}

impl ProjectionStatus {
    /// Whether a worker holds one of its leases.
    #[must_use]
    pub fn has_worker(&self) -> bool {
        self.leases.iter().any(|lease| lease.owner.is_some())
    }
}

/// How far something that ends is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Events that are applied.
    pub done: u64,
    /// Events there are, as far as is known.
    pub of: u64,
}

/// A stored view.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewDocument {
    /// The projection's name.
    pub projection: String,
    /// Which of its views.
    pub key: String,
    /// The document, as JSON.
    pub document: String,
    /// The number of the last page applied, by lease.
    pub checkpoint: BTreeMap<String, u64>,
    /// Set if it was set aside.
    pub parked: Option<Parked>,
}

/// Why a view was set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// The projection's name.
    pub projection: String,
    /// Which of its views.
    pub key: String,
    /// What could not be applied: an event, or the size of the view.
    pub reason: String,
    /// Since when.
    pub since: OffsetDateTime,
}

/// How far behind a reader was at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagSample {
    /// The moment.
    pub at: OffsetDateTime,
    /// Events that were not applied.
    pub events: u64,
    /// The age of the oldest of them, in seconds.
    pub seconds: f64,
}
