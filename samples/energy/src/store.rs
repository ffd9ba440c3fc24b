//! Where the sample keeps its events.

use cockpit::{Documented, Ledger};
use daybook::cosmos::{self, Cosmos};
use daybook::event_store::{
    AppendError, Appended, CosmosEventStore, Documents, EVENTS, EventStore, Expected, NewEvent,
    Range, Slice, StoreError, StreamId,
};
use daybook::projections::{Wake, Waking};
use tracing::{Instrument, debug_span};

/// Cosmos DB, wherever it runs. What is appended is told to the ledger, and to the workers of this process.
/// Cheap to clone.
#[derive(Clone)]
pub struct Store {
    events: Waking<CosmosEventStore>,
    wake: Wake,
    ledger: Ledger,
}

impl Store {
    /// Makes the container ready and opens it. Charges there are counted in `unit`.
    ///
    /// # Errors
    ///
    /// The container cannot be created or is not as it must be.
    pub async fn open(cosmos: &Cosmos, unit: &'static str) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[EVENTS]).await?;
        let wake = Wake::default();
        let events = Waking::new(CosmosEventStore::open(cosmos).await?, wake.clone());
        Ok(Self { events, wake, ledger: Ledger::new(unit) })
    }

    /// The events alone.
    #[must_use]
    pub fn events(&self) -> &CosmosEventStore {
        self.events.store()
    }

    /// Wakes workers after every append.
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.wake
    }

    /// Tells what is appended here.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

impl EventStore for Store {
    type Error = StoreError;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, StoreError> {
        self.events.load(stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        new: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        let told = new.clone();
        let span = debug_span!("append", %stream, events = new.len());
        let appended = self.events.append(stream, expected, new).instrument(span).await?;
        if !appended.duplicate {
            self.ledger.enter(stream, told, &appended);
        }
        Ok(appended)
    }
}

impl Documented for Store {
    async fn documents(&self, stream: &StreamId, range: Range) -> Result<Documents, StoreError> {
        self.events().documents(stream, range).await
    }
}
