//! A store that fails when it is told to, over each place where events are kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cosmos::{Cosmos, Settings};
use event_store::{
    AppendError, Appended, CosmosEventStore, EVENTS, EventStore, Expected, MemoryEventStore,
    NewEvent, Range, RecordedEvent, Slice, StoreError, StreamId,
};
use tokio::sync::Notify;

/// What goes wrong with an append.
#[derive(Debug)]
pub enum Fault {
    /// Another writer appends these first.
    Overtaken(Vec<NewEvent>),
    /// The events are stored, and the answer is lost.
    AnswerLost,
    /// The events are stored, the answer is lost, and the client sends them again by itself.
    SentTwice,
    /// The account is out of request units.
    Throttled(Duration),
    /// The request takes its time.
    Held {
        /// It has begun.
        begun: Arc<Notify>,
        /// It may end.
        go_on: Arc<Notify>,
    },
}

/// What can go wrong behind the store.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It was told to.
    #[error("the connection broke")]
    Outage,
    /// Cosmos DB failed, which it was not told to.
    #[error(transparent)]
    Cosmos(#[from] StoreError),
}

enum Place {
    Memory(MemoryEventStore),
    Cosmos(CosmosEventStore),
}

/// A store with faults to come. It counts what is asked of it.
pub struct Unreliable {
    place: Place,
    /// What a failing check calls it.
    pub name: &'static str,
    /// A conflict does not bring the events that were missed.
    silent: bool,
    faults: Mutex<VecDeque<Fault>>,
    expected: Mutex<Vec<Expected>>,
    loads: AtomicUsize,
}

impl Unreliable {
    fn over(place: Place, name: &'static str) -> Self {
        Self {
            place,
            name,
            silent: false,
            faults: Mutex::default(),
            expected: Mutex::default(),
            loads: AtomicUsize::default(),
        }
    }

    /// An empty store in memory.
    #[must_use]
    pub fn memory() -> Arc<Self> {
        Arc::new(Self::over(Place::Memory(MemoryEventStore::default()), "memory"))
    }

    /// An empty store in memory whose conflicts do not bring the events that were missed.
    #[must_use]
    pub fn silent() -> Arc<Self> {
        let memory = Place::Memory(MemoryEventStore::default());
        Arc::new(Self { silent: true, ..Self::over(memory, "memory, silent") })
    }

    /// An empty Cosmos DB, appending by the stored procedure.
    ///
    /// # Panics
    ///
    /// It cannot be started or provisioned: the message says why.
    pub async fn procedure() -> Arc<Self> {
        let store = CosmosEventStore::by_procedure(&cosmos().await).await;
        Arc::new(Self::over(Place::Cosmos(store.expect("it is provisioned")), "procedure"))
    }

    /// An empty Cosmos DB, appending by transactional batch.
    ///
    /// # Panics
    ///
    /// As [`procedure`](Self::procedure).
    pub async fn batch() -> Arc<Self> {
        let store = CosmosEventStore::by_batch(&cosmos().await).await;
        Arc::new(Self::over(Place::Cosmos(store.expect("it is provisioned")), "batch"))
    }

    /// All of them.
    pub async fn all() -> [Arc<Self>; 4] {
        [Self::memory(), Self::silent(), Self::procedure().await, Self::batch().await]
    }

    /// The next appends meet these faults, one each.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.faults).extend(faults);
    }

    /// How often a stream was loaded.
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// Where each append was to go.
    pub fn expected(&self) -> Vec<Expected> {
        lock(&self.expected).clone()
    }

    /// The events of a stream, read past all counters.
    ///
    /// # Panics
    ///
    /// The stream cannot be read.
    pub async fn stored(&self, stream: &StreamId) -> Vec<RecordedEvent> {
        self.read(stream, Range::all()).await.expect("the stream can be read").events
    }

    async fn read(&self, stream: &StreamId, range: Range) -> Result<Slice, Failure> {
        match &self.place {
            Place::Memory(store) => {
                Ok(store.load(stream, range).await.unwrap_or_else(|never| match never {}))
            }
            Place::Cosmos(store) => Ok(store.load(stream, range).await?),
        }
    }

    async fn write(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Failure>> {
        match &self.place {
            Place::Memory(store) => {
                let done = store.append(stream, expected, events).await;
                done.map_err(|error| error.map_store(|never| match never {}))
            }
            Place::Cosmos(store) => {
                let done = store.append(stream, expected, events).await;
                done.map_err(|error| error.map_store(Failure::Cosmos))
            }
        }
    }
}

impl EventStore for Unreliable {
    type Error = Failure;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Failure> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.read(stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Failure>> {
        lock(&self.expected).push(expected);
        let fault = lock(&self.faults).pop_front();
        match fault {
            None => {}
            Some(Fault::Overtaken(others)) => {
                self.write(stream, Expected::Any, others).await?;
            }
            Some(Fault::AnswerLost) => {
                self.write(stream, expected, events).await?;
                return Err(AppendError::Store(Failure::Outage));
            }
            Some(Fault::SentTwice) => {
                self.write(stream, expected, events.clone()).await?;
            }
            Some(Fault::Throttled(retry_after)) => {
                return Err(AppendError::Throttled { retry_after });
            }
            Some(Fault::Held { begun, go_on }) => {
                begun.notify_one();
                go_on.notified().await;
            }
        }
        match self.write(stream, expected, events).await {
            Err(AppendError::Conflict { actual, .. }) if self.silent => {
                Err(AppendError::Conflict { actual, since: None })
            }
            done => done,
        }
    }
}

async fn cosmos() -> Cosmos {
    let cosmos =
        Cosmos::connect(&Settings::ephemeral()).await.expect("an embedded Cosmos DB starts");
    cosmos.provision(&[EVENTS]).await.expect("an empty Cosmos DB can be provisioned");
    cosmos
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
