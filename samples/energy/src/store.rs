//! Where the sample keeps its events, and how it finds out which meters there are.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use azure_data_cosmos::Query;
use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::feed::FeedScope;
use cockpit::{Backend, Documented, Ledger, Problem, StreamList, StreamRow};
use daybook::cosmos::{self, Cosmos};
use daybook::event_store::{
    AppendError, Appended, CosmosEventStore, Documents, EVENTS, EventStore, Expected,
    MemoryEventStore, NewEvent, Range, RecordedEvent, Slice, StoreError, StoredDocument, StreamId,
    document,
};
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::value::to_raw_value;

/// How many streams are read at once.
pub(crate) const READS_AT_ONCE: usize = 8;

/// Cosmos DB, or memory for tests. What is appended is told to the ledger. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    place: Place,
    ledger: Ledger,
}

#[derive(Clone)]
enum Place {
    /// Events in memory, with the streams that were written.
    Memory(Arc<Memory>),
    /// Events in Cosmos DB, wherever that runs.
    Cosmos {
        events: CosmosEventStore,
        /// The container behind it, for the one question that concerns all streams.
        container: ContainerClient,
    },
}

/// An event store in memory that knows its streams.
#[derive(Default)]
struct Memory {
    events: MemoryEventStore,
    streams: Mutex<BTreeSet<StreamId>>,
}

impl Store {
    /// An empty store in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self { place: Place::Memory(Arc::default()), ledger: Ledger::new(Backend::memory().unit) }
    }

    /// Makes the container ready and opens it. Charges there are counted in `unit`.
    ///
    /// # Errors
    ///
    /// The container cannot be created or is not as it must be.
    pub async fn cosmos(cosmos: &Cosmos, unit: &'static str) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[EVENTS]).await?;
        let events = CosmosEventStore::open(cosmos).await?;
        let container = cosmos.container(EVENTS.name).await?;
        let ledger = Ledger::new(unit);
        Ok(Self { place: Place::Cosmos { events, container }, ledger })
    }

    /// Tells what is appended here.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The streams of all meters, by name.
    ///
    /// This asks every partition, so it costs more with each of them: a projection of the streams will
    /// answer it with one read.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn meters(&self) -> Result<BTreeSet<StreamId>, StoreError> {
        match &self.place {
            Place::Memory(memory) => Ok(memory.streams().clone()),
            Place::Cosmos { container, .. } => registered(container).await,
        }
    }
}

fn as_stored(event: RecordedEvent) -> serde_json::Result<StoredDocument> {
    let text = to_raw_value(&document(&event.stream, event.version, &event.event))?;
    Ok(StoredDocument { event, text })
}

async fn registered(container: &ContainerClient) -> Result<BTreeSet<StreamId>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        stream: StreamId,
    }
    let query = Query::from("SELECT c.stream FROM c WHERE c.type = 'MeterRegistered'");
    let rows = container.query_items::<Row>(query, FeedScope::full_container(), None).await?;
    Ok(rows.map_ok(|row| row.stream).try_collect().await?)
}

impl Memory {
    fn streams(&self) -> std::sync::MutexGuard<'_, BTreeSet<StreamId>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        new: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        match self {
            Self::Memory(memory) => {
                let appended = memory.events.append(stream, expected, new).await;
                let appended = appended.map_err(|error| error.map_store(|never| match never {}))?;
                memory.streams().insert(stream.clone());
                Ok(appended)
            }
            Self::Cosmos { events, .. } => events.append(stream, expected, new).await,
        }
    }
}

impl EventStore for Store {
    type Error = StoreError;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, StoreError> {
        match &self.place {
            Place::Memory(memory) => {
                memory.events.load(stream, range).await.map_err(|e| match e {})
            }
            Place::Cosmos { events, .. } => events.load(stream, range).await,
        }
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        new: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        let told = new.clone();
        let appended = self.place.append(stream, expected, new).await?;
        if !appended.duplicate {
            self.ledger.enter(stream, told, &appended);
        }
        Ok(appended)
    }
}

impl Documented for Store {
    /// What is stored, as it is stored. Memory stores no documents: it shows what would be stored.
    async fn documents(&self, stream: &StreamId, range: Range) -> Result<Documents, StoreError> {
        let Place::Cosmos { events, .. } = &self.place else {
            let Slice { events, charge, trips, .. } = self.load(stream, range).await?;
            let documents = events.into_iter().map(as_stored).collect::<Result<_, _>>();
            let documents = documents.map_err(|source| StoreError::Foreign { source })?;
            return Ok(Documents { documents, charge, trips });
        };
        events.documents(stream, range).await
    }
}

impl StreamList for Store {
    /// Reads the end of each meter's stream: a projection of the streams will answer it with one read.
    async fn latest(&self, prefix: &str, limit: usize) -> Result<Vec<StreamRow>, Problem> {
        let streams = self.meters().await?;
        let streams = streams.into_iter().filter(|stream| stream.as_str().starts_with(prefix));
        let ends = streams.map(|stream| async move { self.end(stream).await });
        let ends = futures::stream::iter(ends).buffered(READS_AT_ONCE);
        let mut rows: Vec<_> = ends.try_filter_map(async |row| Ok(row)).try_collect().await?;
        rows.sort_by_key(|row| Reverse(row.changed_at));
        rows.truncate(limit);
        Ok(rows)
    }
}

impl Store {
    async fn end(&self, stream: StreamId) -> Result<Option<StreamRow>, StoreError> {
        let slice = self.load(&stream, Range::all().backward().limit(1)).await?;
        Ok(slice.events.into_iter().next().map(|last| StreamRow {
            stream,
            version: last.version,
            kind: last.event.kind().to_owned(),
            changed_at: last.event.meta().recorded_at,
        }))
    }
}
