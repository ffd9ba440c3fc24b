//! Every place the contract must hold: in memory, and on Cosmos DB by either way of appending.

use cosmos::{Cosmos, Settings};

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
    Procedure(CosmosEventStore),
    /// On Cosmos DB, by transactional batch.
    Batch(CosmosEventStore),
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

/// All of them, empty.
///
/// # Panics
///
/// As [`cosmos`].
pub async fn all() -> [Store; 3] {
    [
        Store::Memory(MemoryEventStore::default()),
        Store::Procedure(by_procedure().await),
        Store::Batch(by_batch().await),
    ]
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
