//! Databases, containers, documents, transactions and the change feed, on `redb`. Knows no HTTP.
//!
//! # Promises
//!
//! - One transaction of one logical partition is atomic, isolated (serializable within its partition) and, once
//!   acknowledged, durable. It gets one LSN of its partition-key range.
//! - Nothing waits inside a redb write transaction: writers of one logical partition queue on that partition's
//!   lock, work on a read snapshot with an overlay, and hand their finished write set to one committer,
//!   which groups what is waiting into one redb commit.
//! - Costs are O(log n) plus what is returned.

mod catalogue;
mod change_feed;
mod commit;
mod container;
mod containers;
mod databases;
mod definition;
mod document;
mod epk;
mod failure;
mod garbage;
mod index;
mod keys;
mod limits;
mod locks;
mod overlay;
mod partition_key;
mod path;
mod procedures;
mod record;
mod resource_id;
mod scalar;
mod scan;
mod scope;
mod storage;
#[cfg(test)]
mod tests;
mod transaction;

use std::sync::Arc;

use redb::ReadableDatabase as _;
use serde_json::Value;

pub use change_feed::{Change, FeedPage, FeedStart};
pub use container::{Container, KeyRange};
pub use databases::Database;
pub use definition::Definition;
pub use document::{Document, Operation, Outcome, Precondition};
pub use epk::Epk;
pub use failure::{Failure, Kind};
pub use partition_key::{Component, PartitionKey};
pub use procedures::Procedure;
pub use scope::Scope;
pub use storage::{OpenError, Storage};
pub use transaction::{Committed, Transaction};

use catalogue::Catalogue;
use commit::Committer;
use locks::Locks;

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
}

impl Engine {
    /// Opens or creates the storage. `partitions` = ranges of each container created from now on.
    pub fn open(storage: Storage, partitions: u32) -> Result<Self, OpenError> {
        let (path, file) = storage::open(&storage)?;
        let file = Arc::new(file);
        let failed = |source| OpenError::Storage {
            path: path.clone(),
            source,
        };
        let catalogue = Catalogue::load(&file).map_err(|failure| failed(failure.into()))?;
        let catalogue = Arc::new(catalogue);
        let committer = Committer::start(Arc::clone(&file), Arc::clone(&catalogue))
            .map_err(|error| failed(error.into()))?;
        let locks = Arc::default();
        let shared = Shared {
            committer,
            file,
            catalogue,
            locks,
            partitions,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    pub async fn create_database(&self, id: &str) -> Result<Database, Failure> {
        let id = id.to_owned();
        let create =
            move |transaction: &_, state: &mut _| databases::create(transaction, state, &id);
        self.shared.committer.change(create).await
    }

    pub fn database(&self, id: &str) -> Result<Database, Failure> {
        let state = self.shared.catalogue.read();
        let entry = state.database(id).ok_or_else(|| databases::not_found(id))?;
        Ok(entry.database.clone())
    }

    /// By name.
    pub fn databases(&self) -> Vec<Database> {
        let state = self.shared.catalogue.read();
        state
            .databases
            .values()
            .map(|entry| entry.database.clone())
            .collect()
    }

    /// Its data is gone for everybody at once, and from the file a little later.
    pub async fn delete_database(&self, id: &str) -> Result<(), Failure> {
        let id = id.to_owned();
        let delete =
            move |transaction: &_, state: &mut _| databases::delete(transaction, state, &id);
        self.shared.committer.change(delete).await
    }

    pub async fn create_container(
        &self,
        database: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        let definition = Definition::parse(definition)?;
        let (database, partitions) = (database.to_owned(), self.shared.partitions);
        let create = move |transaction: &_, state: &mut _| {
            containers::create(transaction, state, &database, definition, partitions)
        };
        self.shared.committer.change(create).await
    }

    /// A changed indexing policy holds up all writers while the index is made anew.
    pub async fn replace_container(
        &self,
        database: &str,
        id: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        let (database, id) = (database.to_owned(), id.to_owned());
        let replace = move |transaction: &_, state: &mut _| {
            containers::replace(transaction, state, &database, &id, definition)
        };
        self.shared.committer.change(replace).await
    }

    pub fn container(&self, database: &str, id: &str) -> Result<Arc<Container>, Failure> {
        let state = self.shared.catalogue.read();
        Ok(Arc::clone(&state.container(database, id)?.container))
    }

    /// By name.
    pub fn containers(&self, database: &str) -> Result<Vec<Arc<Container>>, Failure> {
        let state = self.shared.catalogue.read();
        let numbers = state.parent(database)?.containers.values();
        let entries = numbers.filter_map(|number| state.containers.get(number));
        Ok(entries.map(|entry| Arc::clone(&entry.container)).collect())
    }

    /// Its data is gone for everybody at once, and from the file a little later.
    pub async fn delete_container(&self, database: &str, id: &str) -> Result<(), Failure> {
        let (database, id) = (database.to_owned(), id.to_owned());
        let delete = move |transaction: &_, state: &mut _| {
            containers::delete(transaction, state, &database, &id)
        };
        self.shared.committer.change(delete).await
    }

    /// Creates (`replace == false`, taken id = conflict) or replaces a stored procedure.
    pub async fn store_procedure(
        &self,
        container: &Container,
        id: &str,
        body: &str,
        replace: bool,
    ) -> Result<Procedure, Failure> {
        let (container, id, body) = (container.clone(), id.to_owned(), body.to_owned());
        let store = move |transaction: &_, state: &mut _| {
            procedures::store(transaction, state, &container, &id, &body, replace)
        };
        self.shared.committer.change(store).await
    }

    pub fn procedure(&self, container: &Container, id: &str) -> Result<Procedure, Failure> {
        let state = self.shared.catalogue.read();
        let found = state.entry(container)?.procedures.get(id);
        found
            .map(|found| Procedure::clone(found))
            .ok_or_else(|| procedures::not_found(id))
    }

    /// By name.
    pub fn procedures(&self, container: &Container) -> Result<Vec<Procedure>, Failure> {
        let state = self.shared.catalogue.read();
        let procedures = state.entry(container)?.procedures.values();
        Ok(procedures
            .map(|procedure| Procedure::clone(procedure))
            .collect())
    }

    pub async fn delete_procedure(&self, container: &Container, id: &str) -> Result<(), Failure> {
        let (container, id) = (container.clone(), id.to_owned());
        let delete = move |transaction: &_, state: &mut _| {
            procedures::delete(transaction, state, &container, &id)
        };
        self.shared.committer.change(delete).await
    }

    /// A point read.
    pub fn read(
        &self,
        container: &Container,
        key: &PartitionKey,
        id: &str,
    ) -> Result<Document, Failure> {
        let transaction = self.begin(container, key.clone())?;
        let absent = || Failure::NotFound {
            kind: Kind::Document,
            id: id.to_owned(),
        };
        transaction
            .stored(id)?
            .map(Document::from)
            .ok_or_else(absent)
    }

    /// Runs `work` on a snapshot of one logical partition and commits what it leaves in the transaction it
    /// returns; an error commits nothing. Returns once the commit is durable. `work` runs on a thread
    /// that may block, holding this partition's lock and no other. Once `work` has begun, the transaction is
    /// finished even if this future is dropped.
    pub async fn transact<T, E>(
        &self,
        container: &Arc<Container>,
        key: PartitionKey,
        work: impl FnOnce(Transaction) -> Result<(Transaction, T), E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<Failure> + Send + 'static,
    {
        let epk = container.epk(&key)?;
        let partition = keys::partition(container.number, &epk, &key);
        let held = self.shared.locks.lock(partition).await;
        let (engine, container) = (self.clone(), Arc::clone(container));
        let worked = tokio::task::spawn_blocking(move || {
            let (transaction, value) = work(engine.begin(&container, key)?)?;
            let (range, newest) = (transaction.range(), transaction.lsn()?);
            let written = transaction.into_write_set();
            // The lock goes with the write set; without one it ends here.
            let commit = written.map(|set| engine.shared.committer.commit(set, held));
            Ok::<_, E>((value, range, newest, commit))
        });
        let (value, range, newest, commit) = worked.await.map_err(|_| panicked())??;
        let lsn = match commit {
            Some(committed) => committed.await.unwrap_or_else(|_| Err(commit::stopped()))?,
            None => newest,
        };
        Ok(Committed { value, lsn, range })
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
        scan::across(&container, &snapshot, &scope.span(&container)?, request)
    }

    /// One page of the change feed (latest version). Never splits a transaction, whatever `max_items` says.
    pub fn changes(
        &self,
        container: &Container,
        scope: &Scope,
        start: FeedStart,
        max_items: usize,
    ) -> Result<FeedPage, Failure> {
        let (container, snapshot) = self.snapshot(container)?;
        let span = scope.span(&container)?;
        change_feed::page(&container, &snapshot, &span, start, max_items)
    }

    /// The newest LSN of a range, for session tokens; 0 for one that has none.
    pub fn lsn(&self, container: &Container, range: u32) -> u64 {
        let newest = || -> Result<u64, Failure> {
            let ranges = self.shared.file.begin_read()?.open_table(storage::RANGES)?;
            Ok(ranges
                .get((container.number, range))?
                .map_or(0, |entry| entry.value().0))
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
        self.shared.catalogue.snapshot(&self.shared.file, container)
    }
}

fn panicked() -> Failure {
    Failure::Storage {
        reason: "the transaction panicked; nothing was written".to_owned(),
    }
}
