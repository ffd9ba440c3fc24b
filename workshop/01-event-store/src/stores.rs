//! Every place the contract must hold: in memory, and on Cosmos DB by either way of appending.

use std::sync::atomic::{AtomicU32, Ordering};

use cosmos::{Cosmos, Settings};
use time::OffsetDateTime;

use crate::streams::Streams;
use crate::words::reasons;
use crate::{
    AppendError, Appended, CosmosEventStore, EVENTS, EventStore, Expected, MemoryEventStore,
    Metadata, NewEvent, Range, Sealing, Slice, StoreError, StreamId,
};

/// One of the stores, so that a check can be written once.
pub enum Store {
    /// In a hash map.
    Memory(MemoryEventStore),
    /// On Cosmos DB, by stored procedure.
    Procedure(Streams),
    /// On Cosmos DB, by transactional batch.
    Batch(Streams),
}

/// An embedded, empty Cosmos DB with the container of the events and its procedure.
///
/// # Panics
///
/// Cosmos DB cannot be started or provisioned: the message says why.
pub async fn cosmos() -> Cosmos {
    let cosmos =
        Cosmos::connect(&Settings::ephemeral()).await.expect("an embedded Cosmos DB starts");
    if let Err(error) = cosmos.provision(&[EVENTS]).await {
        panic!("append_to_stream.js is not taken: {}", reasons(&error));
    }
    cosmos
}

/// A store on an empty Cosmos DB that appends by the stored procedure.
///
/// # Panics
///
/// As [`cosmos`].
pub async fn by_procedure() -> CosmosEventStore {
    CosmosEventStore::by_procedure(&cosmos().await).await.expect("the container is provisioned")
}

/// A store on an empty Cosmos DB that appends by transactional batch.
///
/// # Panics
///
/// As [`cosmos`].
pub async fn by_batch() -> CosmosEventStore {
    CosmosEventStore::by_batch(&cosmos().await).await.expect("the container is provisioned")
}

/// All of them, on streams that nobody has written. With `--features endpoint` those on Cosmos DB are on the one
/// that `COSMOS_ENDPOINT` names: their streams stay there, under names that begin with `check-`.
///
/// # Panics
///
/// As [`cosmos`].
pub async fn all() -> Vec<Store> {
    if cfg!(feature = "endpoint") {
        return on_the_endpoint().await;
    }
    let empty = |store| Streams::new(store, String::new());
    vec![
        Store::Memory(MemoryEventStore::default()),
        Store::Procedure(empty(by_procedure().await)),
        Store::Batch(empty(by_batch().await)),
    ]
}

/// Appending by procedure is tried where procedures run.
async fn on_the_endpoint() -> Vec<Store> {
    let cosmos = endpoint().await;
    let mut stores = Vec::new();
    if cosmos.capabilities().procedures {
        let store = CosmosEventStore::by_procedure(&cosmos).await;
        let store = store.expect("the container is provisioned");
        stores.push(Store::Procedure(Streams::new(store, unwritten("procedure"))));
    }
    let store = CosmosEventStore::by_batch(&cosmos).await.expect("the container is provisioned");
    stores.push(Store::Batch(Streams::new(store, unwritten("batch"))));
    stores
}

/// The Cosmos DB that `COSMOS_ENDPOINT` names, with the container of the events; without it, an embedded one.
///
/// # Panics
///
/// As [`cosmos`].
pub async fn endpoint() -> Cosmos {
    if std::env::var_os("COSMOS_ENDPOINT").is_none() {
        return cosmos().await;
    }
    let settings = Settings::from_env().unwrap_or_else(|error| panic!("{}", reasons(&error)));
    let cosmos = Cosmos::connect(&settings).await;
    let cosmos = cosmos.unwrap_or_else(|error| panic!("{}", reasons(&error)));
    let provisioned = cosmos.provision(&[EVENTS]).await;
    provisioned.unwrap_or_else(|error| panic!("{}", reasons(&error)));
    cosmos
}

/// The front of names that no other check uses, in this run or another.
fn unwritten(way: &str) -> String {
    static CHECK: AtomicU32 = AtomicU32::new(0);
    let (now, check) = (OffsetDateTime::now_utc(), CHECK.fetch_add(1, Ordering::Relaxed));
    format!("check-{}-{}-{check}-{way}-", now.unix_timestamp(), std::process::id())
}

impl Store {
    /// What a failing check calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::Procedure(_) => "procedure",
            Self::Batch(_) => "batch",
        }
    }
}

impl Store {
    /// What came out, if it is a success.
    ///
    /// # Panics
    ///
    /// It is a failure: the message names the store.
    pub fn must<T, E: std::fmt::Debug>(&self, outcome: Result<T, E>) -> T {
        outcome.unwrap_or_else(|error| panic!("{}: {error:?}", self.name()))
    }
}

impl EventStore for Store {
    type Error = StoreError;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, StoreError> {
        match self {
            Self::Memory(store) => {
                Ok(store.load(stream, range).await.unwrap_or_else(|never| match never {}))
            }
            Self::Procedure(store) | Self::Batch(store) => store.load(stream, range).await,
        }
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        match self {
            Self::Memory(store) => {
                store.append(stream, expected, events).await.map_err(never_fails)
            }
            Self::Procedure(store) | Self::Batch(store) => {
                store.append(stream, expected, events).await
            }
        }
    }
}

impl Sealing for Store {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<StoreError>> {
        match self {
            Self::Memory(store) => store.close(stream, expected, last).await.map_err(never_fails),
            Self::Procedure(store) | Self::Batch(store) => {
                store.close(stream, expected, last).await
            }
        }
    }

    async fn seal(&self, stream: &StreamId, meta: Metadata) -> Result<(), AppendError<StoreError>> {
        match self {
            Self::Memory(store) => store.seal(stream, meta).await.map_err(never_fails),
            Self::Procedure(store) | Self::Batch(store) => store.seal(stream, meta).await,
        }
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<StoreError>> {
        match self {
            Self::Memory(store) => store.delete(stream, meta).await.map_err(never_fails),
            Self::Procedure(store) | Self::Batch(store) => store.delete(stream, meta).await,
        }
    }
}

fn never_fails(error: AppendError<std::convert::Infallible>) -> AppendError<StoreError> {
    error.map_store(|never| match never {})
}
