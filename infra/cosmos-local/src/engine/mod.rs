//! Databases, containers, documents, transactions and the change feed, on `redb`. Knows no HTTP.
//!
//! # Layout
//!
//! - `databases`, `containers`, `container`, `definition`, `throughput`, `procedures`: what there is beside documents;
//!   `catalogue` holds it in memory, `administration` changes it, `split` splits a range.
//! - `document`, `patch`, `path`, `partition_key`, `epk`, `limits`: documents and keys, and what is refused of them.
//! - `transaction` with its `overlay`: what is done. `writing`, `locks`, `write_set`, `commit`: how it gets to disk.
//! - `storage`, on a file or in `memory`: the tables. `keys`, `scalar`, `record`, `index`, `resource_id`: their bytes.
//! - `scope`, `scan`, `scan_across`: what a query reads. `change_feed`, `versions`: what a feed reads.
//! - `expiry`, `sweep`, `garbage`: what goes by itself.
//!
//! # Promises
//!
//! - One transaction of one logical partition is atomic, isolated (serializable within its partition) and, once
//!   acknowledged, durable. It gets one LSN of its partition-key range.
//! - Nothing waits inside a redb write transaction: writers of one logical partition queue on that partition's
//!   lock, work on a read snapshot with an overlay, and hand their finished write set to one committer,
//!   which groups what is waiting into one redb commit.
//! - Costs are O(log n) plus what is returned.

mod administration;
mod catalogue;
mod change_feed;
mod commit;
mod container;
mod containers;
mod databases;
mod definition;
mod document;
mod epk;
mod expiry;
mod failure;
mod garbage;
mod index;
mod keys;
mod limits;
mod locks;
mod overlay;
mod partition_key;
mod patch;
mod path;
mod procedures;
mod record;
mod resource_id;
mod scalar;
mod scan;
mod scan_across;
mod scope;
mod split;
mod storage;
mod sweep;
#[cfg(test)]
mod tests;
mod throughput;
mod transaction;
mod versions;
mod write_set;
mod writing;

use std::sync::Arc;

pub use change_feed::{Change, FeedMode, FeedPage, FeedStart};
pub use container::{Container, KeyRange};
pub use databases::Database;
pub use definition::Definition;
pub use document::{Document, Operation, Outcome, Precondition};
pub use epk::Epk;
pub use failure::{Failure, Kind};
pub use partition_key::{Component, PartitionKey};
pub use patch::Patch;
pub use procedures::Procedure;
use redb::ReadableDatabase as _;
pub use scope::Scope;
pub use storage::{OpenError, Storage};
pub use throughput::Throughput;
pub use transaction::{Committed, Transaction};
pub use versions::ChangeKind;

use catalogue::Catalogue;
use commit::Committer;
use locks::Locks;
use storage::Opened;

use crate::clock::Clock;
use crate::query::{Page, Request};

/// All data of one account. Cheap to clone; the storage is closed with the last clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    // Dropped first: it finishes what waits.
    committer: Committer,
    file: Arc<redb::Database>,
    catalogue: Arc<Catalogue>,
    locks: Arc<Locks>,
    /// Ranges of each container created from now on.
    partitions: u32,
    clock: Clock,
}

impl Engine {
    /// Opens or creates the storage. `partitions` = ranges of each container created from now on.
    pub fn open(storage: Storage, partitions: u32, clock: Clock) -> Result<Self, OpenError> {
        let Opened { path, file, writer } = storage::open(storage)?;
        let catalogue =
            Catalogue::load(&file).map_err(|failure| OpenError::failed(&path, failure))?;
        let catalogue = Arc::new(catalogue);
        let committer = Committer::start(writer, Arc::clone(&catalogue))
            .map_err(|error| OpenError::failed(&path, error))?;
        let locks = Arc::default();
        let shared = Shared { committer, file, catalogue, locks, partitions, clock };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// A point read.
    pub fn read(
        &self,
        container: &Container,
        key: &PartitionKey,
        id: &str,
    ) -> Result<Document, Failure> {
        let transaction = self.begin(container, key.clone())?;
        let absent = || Failure::NotFound { kind: Kind::Document, id: id.to_owned() };
        transaction.stored(id)?.map(Document::from).ok_or_else(absent)
    }

    /// One page of a query. Blocking: call it where that is allowed. Only a query over one logical partition
    /// uses indexes; any other visits every document of its scope.
    pub fn query(
        &self,
        container: &Container,
        scope: &Scope,
        request: &Request,
    ) -> Result<Page, Failure> {
        if let Scope::Partition(key) = scope {
            return self.begin(container, key.clone())?.query(request);
        }
        let (container, snapshot) = self.snapshot(container)?;
        // A count of results given by a range says nothing about its halves.
        let part = match scope {
            Scope::Range(range) | Scope::SubRange { range, .. } => Some(*range),
            _ => None,
        };
        let request = Request { part, ..request.clone() };
        scan_across::query(&container, &snapshot, &scope.span(&container)?, &request)
    }

    /// One page of the change feed. Never splits a transaction, whatever `max_items` says.
    pub fn changes(
        &self,
        container: &Container,
        scope: &Scope,
        mode: FeedMode,
        start: FeedStart,
        max_items: usize,
    ) -> Result<FeedPage, Failure> {
        let (container, snapshot) = self.snapshot(container)?;
        let span = scope.span(&container)?;
        let feed =
            change_feed::Feed { container: &container, snapshot: &snapshot, span: &span, mode };
        feed.page(start, max_items)
    }

    /// The newest LSN of a range, for session tokens; 0 for one that has none. One that was split keeps its last.
    pub fn lsn(&self, container: &Container, range: u32) -> u64 {
        let newest = || -> Result<u64, Failure> {
            let ranges = self.shared.file.begin_read()?.open_table(storage::RANGES)?;
            Ok(ranges.get((container.number, range))?.map_or(0, |entry| entry.value().0))
        };
        newest().unwrap_or_default()
    }

    fn begin(&self, container: &Container, key: PartitionKey) -> Result<Transaction, Failure> {
        let (container, snapshot) = self.snapshot(container)?;
        Transaction::begin(container, key, snapshot)
    }

    fn snapshot(
        &self,
        container: &Container,
    ) -> Result<(Arc<Container>, storage::Snapshot), Failure> {
        let now = self.shared.clock.now();
        self.shared.catalogue.snapshot(&self.shared.file, container, now)
    }
}
