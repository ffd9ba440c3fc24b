//! The documents of a processor: how the feed was cut, and how far each part is.

use std::collections::BTreeMap;
use std::time::Duration;

use event_store::SessionToken;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::feed::{Continuation, From, HashRange, Reached, Start};
use crate::page::Pinned;
use crate::{Documents, Error};

/// How a processor cuts the feed. Written once, by whoever comes first; all workers go by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The processor's name.
    pub id: String,
    /// What the feed was called then. One with another name cannot be gone on with.
    pub origin: String,
    /// Where reading begins. "Now" is the time of this writing, so that a lease that is taken late misses
    /// nothing.
    pub start: Start,
    /// The ranges, each with a lease of its own.
    pub ranges: Vec<HashRange>,
    /// Nobody is to work on them any more.
    #[serde(default)]
    pub retired: bool,
}

/// A worker's claim on a range of the feed, and how far it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// `<processor>.<range>`.
    pub id: String,
    /// The processor.
    pub processor: String,
    /// The range.
    pub range: HashRange,
    /// Where reading begins.
    pub start: Start,
    /// The worker that holds it; `None` if nobody does.
    pub owner: Option<String>,
    /// When the claim ends if it is not renewed, for those who look at it. Nobody decides by it: clocks differ.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The number of the last page that was pinned; 0 before the first.
    pub page: u64,
    /// What that page holds; empty once it is known to be finished.
    pub pending: Pinned,
    /// Where to go on after that page; `None` before the first.
    pub next: Option<Continuation>,
    /// By physical partition, how far the finished pages reach.
    pub session: BTreeMap<String, u64>,
    /// The end of the feed was reached once.
    pub caught_up: bool,
    /// Why nobody goes on, if that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<String>,
}

impl Cut {
    /// The ids of the leases.
    #[must_use]
    pub fn lease_ids(&self) -> Vec<String> {
        (0..self.ranges.len()).map(|range| lease_id(&self.id, range)).collect()
    }

    /// The lease of a range, by its place in [`ranges`](Self::ranges), that nobody has held yet.
    #[must_use]
    pub fn lease(&self, range: usize) -> Lease {
        Lease {
            id: lease_id(&self.id, range),
            processor: self.id.clone(),
            range: self.ranges[range].clone(),
            start: self.start,
            owner: None,
            expires_at: None,
            page: 0,
            pending: Pinned::new(),
            next: None,
            session: BTreeMap::new(),
            caught_up: false,
            halted: None,
        }
    }
}

impl Lease {
    /// The lease's name in the checkpoints of its processor's views.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.strip_prefix(&self.processor).map_or(&*self.id, |name| name.trim_start_matches('.'))
    }

    /// Where reading goes on.
    pub(crate) fn place(&self) -> From<'_> {
        self.next.as_ref().map_or(From::Start(self.start), From::After)
    }

    /// Makes it this worker's for a while.
    pub(crate) fn claim(&mut self, owner: &str, duration: Duration) {
        self.owner = Some(owner.to_owned());
        self.expires_at = Some(OffsetDateTime::now_utc() + duration);
    }

    /// Whether the finished pages are known to reach as far as a token. Where a partition was split, they may
    /// reach farther than its name tells.
    pub(crate) fn has_reached(&self, token: &SessionToken) -> bool {
        let reached = |partition| self.session.get(partition).copied().unwrap_or_default();
        token.places().all(|(partition, lsn)| reached(partition) >= lsn)
    }

    /// Takes note of how far finished pages reach.
    pub(crate) fn covers(&mut self, finished: Vec<Reached>) {
        for Reached { partition, lsn } in finished {
            let known = self.session.entry(partition).or_default();
            *known = lsn.max(*known);
        }
    }
}

fn lease_id(processor: &str, range: usize) -> String {
    format!("{processor}.{range}")
}

/// The leases of a processor, those among them that nobody has held yet; none before it has begun.
pub(crate) async fn leases(
    documents: &impl Documents,
    processor: &str,
) -> Result<Vec<Lease>, Error> {
    let Some(cut) = documents.read::<Cut>(processor).await? else {
        return Ok(vec![]);
    };
    let mut leases = Vec::new();
    for range in 0..cut.document.ranges.len() {
        let new = cut.document.lease(range);
        let read = documents.read::<Lease>(&new.id).await?;
        leases.push(read.map_or(new, |read| read.document));
    }
    Ok(leases)
}
