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

mod change_feed;
mod container;
mod document;
mod failure;
mod partition_key;
mod storage;
mod transaction;

use std::sync::Arc;

use serde_json::Value;

pub use change_feed::{Change, FeedPage, FeedStart};
pub use container::{Container, Definition, KeyRange, Procedure, Scope};
pub use document::{Document, Operation, Outcome, Precondition};
pub use failure::{Failure, Kind};
pub use partition_key::{Component, Epk, PartitionKey};
pub use storage::{OpenError, Storage};
pub use transaction::{Committed, Transaction};

use crate::query::{Page, Request};

/// All data of one account. Cheap to clone.
#[derive(Clone)]
pub struct Engine {}

/// A database as the account lists it.
#[derive(Debug, Clone)]
pub struct Database {
    /// The name clients use.
    pub id: String,
    /// Base64 resource id of 4 bytes.
    pub rid: String,
    /// Opaque, unquoted.
    pub etag: String,
    /// Seconds since 1970.
    pub modified: i64,
}

impl Engine {
    /// Opens or creates the storage. `partitions` = ranges of each container created from now on.
    pub fn open(storage: Storage, partitions: u32) -> Result<Self, OpenError> {
        todo!("{storage:?} {partitions}")
    }

    pub async fn create_database(&self, id: &str) -> Result<Database, Failure> {
        todo!("{id}")
    }
    pub fn database(&self, id: &str) -> Result<Database, Failure> {
        todo!("{id}")
    }
    pub fn databases(&self) -> Vec<Database> {
        todo!()
    }
    pub async fn delete_database(&self, id: &str) -> Result<(), Failure> {
        todo!("{id}")
    }

    pub async fn create_container(
        &self,
        database: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        todo!("{database} {definition}")
    }
    pub async fn replace_container(
        &self,
        database: &str,
        id: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        todo!("{database} {id} {definition}")
    }
    pub fn container(&self, database: &str, id: &str) -> Result<Arc<Container>, Failure> {
        todo!("{database} {id}")
    }
    pub fn containers(&self, database: &str) -> Result<Vec<Arc<Container>>, Failure> {
        todo!("{database}")
    }
    pub async fn delete_container(&self, database: &str, id: &str) -> Result<(), Failure> {
        todo!("{database} {id}")
    }

    /// Creates (`replace == false`, taken id = conflict) or replaces a stored procedure.
    pub async fn store_procedure(
        &self,
        container: &Container,
        id: &str,
        body: &str,
        replace: bool,
    ) -> Result<Procedure, Failure> {
        todo!("{} {id} {body} {replace}", container.id)
    }
    pub fn procedure(&self, container: &Container, id: &str) -> Result<Procedure, Failure> {
        todo!("{} {id}", container.id)
    }
    pub fn procedures(&self, container: &Container) -> Result<Vec<Procedure>, Failure> {
        todo!("{}", container.id)
    }
    pub async fn delete_procedure(&self, container: &Container, id: &str) -> Result<(), Failure> {
        todo!("{} {id}", container.id)
    }

    /// A point read.
    pub fn read(
        &self,
        container: &Container,
        key: &PartitionKey,
        id: &str,
    ) -> Result<Document, Failure> {
        todo!("{} {key:?} {id}", container.id)
    }

    /// Runs `work` on a snapshot of one logical partition and commits what it leaves in the transaction it
    /// returns; an error commits nothing. Returns once the commit is durable. `work` runs on a thread
    /// that may block, holding this partition's lock and no other.
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
        let _ = (container, key, work);
        todo!()
    }

    /// One page of a query. Blocking: call it where that is allowed.
    pub fn query(
        &self,
        container: &Container,
        scope: &Scope,
        request: &Request,
    ) -> Result<Page, Failure> {
        todo!("{} {scope:?} {request:?}", container.id)
    }

    /// One page of the change feed (latest version). Never splits a transaction, whatever `max_items` says.
    pub fn changes(
        &self,
        container: &Container,
        scope: &Scope,
        start: FeedStart,
        max_items: usize,
    ) -> Result<FeedPage, Failure> {
        todo!("{} {scope:?} {start:?} {max_items}", container.id)
    }

    /// The newest LSN of a range, for session tokens.
    pub fn lsn(&self, container: &Container, range: u32) -> u64 {
        todo!("{} {range}", container.id)
    }
}
