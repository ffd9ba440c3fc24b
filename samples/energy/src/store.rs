//! Where the sample keeps its events.

use std::path::PathBuf;

use cockpit::{Documented, Ledger};
use daybook::cosmos::{self, Cosmos, Place, Settings};
use daybook::event_store::{
    AppendError, Appended, CosmosEventStore, Documents, EVENTS, EventStore, Expected,
    MemoryEventStore, NewEvent, Range, Slice, StoreError, StreamId,
};
use daybook::gdpr::{
    Caching, KEYS, KeyFile, Keys, PEOPLE, Wrapping, WrappingError, WrappingKey, in_place,
};
use daybook::projections::{self, CosmosDocuments, MemoryDocuments, Wake, Waking};
use daybook::snapshots::SNAPSHOTS;
use serde::de::Error as _;
use tracing::{Instrument, debug_span};

/// The keys of whom the meters belong to.
pub type OwnersKeys = Keys<CosmosDocuments, WrappingKey>;

/// A store, and the keys to what is sealed in it.
pub trait Keyed: EventStore {
    /// Where the keys are.
    type Documents: projections::Documents;
    /// What they are wrapped with.
    type Wrapping: Wrapping;

    /// The keys.
    fn keys(&self) -> &Keys<Self::Documents, Self::Wrapping>;
}

/// What wraps the owners' keys: a key in the vault that `KEYVAULT_KEK_ID` names; else a file beside the data, or in
/// `.daybook` where several processes of this machine share a Cosmos DB; for data in memory, a key in memory.
///
/// # Errors
///
/// See [`WrappingError`].
pub fn wrapping_key(
    settings: &Settings,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<WrappingKey, WrappingError> {
    let folder = match &settings.place {
        Place::Embedded { data } => data.clone(),
        Place::Endpoint { .. } => Some(PathBuf::from(".daybook")),
    };
    let file = folder.map(|folder| folder.join("wrapping-keys"));
    WrappingKey::from_lookup(lookup, file.as_deref())
}

/// Cosmos DB, wherever it runs. What is appended is told to the ledger, and to the workers of this process.
/// Cheap to clone.
#[derive(Clone)]
pub struct Store {
    events: Waking<CosmosEventStore>,
    keys: OwnersKeys,
    key_documents: CosmosDocuments,
    wake: Wake,
    ledger: Ledger,
}

impl Store {
    /// Makes the containers ready and opens them. Charges there are counted in `unit`. Keys are wrapped by one
    /// that is lost with this process, unless it is [`sealed_by`](Self::sealed_by) another.
    ///
    /// # Errors
    ///
    /// A container cannot be created or is not as it must be.
    pub async fn open(cosmos: &Cosmos, unit: &'static str) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[EVENTS, KEYS, PEOPLE, SNAPSHOTS]).await?;
        let wake = Wake::default();
        let events = Waking::new(CosmosEventStore::open(cosmos).await?, wake.clone());
        let key_documents = CosmosDocuments::open(cosmos, &KEYS).await?;
        let lost = WrappingKey::File(KeyFile::in_memory());
        let keys = Keys::new(key_documents.clone(), lost, Caching::default());
        Ok(Self { events, keys, key_documents, wake, ledger: Ledger::new(unit) })
    }

    /// The same store, with keys that are wrapped by this one and kept in memory like that.
    #[must_use]
    pub fn sealed_by(self, wrapping: WrappingKey, caching: Caching) -> Self {
        let keys = Keys::new(self.key_documents.clone(), wrapping, caching);
        Self { keys, ..self }
    }

    /// The documents of the keys.
    #[must_use]
    pub fn key_documents(&self) -> &CosmosDocuments {
        &self.key_documents
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
        let slice = self.events.load(stream, range).await?;
        // Whoever copied a sealed value to another place is no program of ours.
        let looked = slice.events.iter().try_for_each(|it| in_place(&it.stream, &it.event));
        let foreign = |error| StoreError::Foreign { source: serde_json::Error::custom(error) };
        looked.map_err(foreign)?;
        Ok(slice)
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

impl Keyed for Store {
    type Documents = CosmosDocuments;
    type Wrapping = WrappingKey;

    fn keys(&self) -> &OwnersKeys {
        &self.keys
    }
}

/// The same in memory, for tests.
pub struct Memory {
    events: MemoryEventStore,
    keys: Keys<MemoryDocuments, KeyFile>,
}

impl Default for Memory {
    fn default() -> Self {
        let (documents, file) = (MemoryDocuments::default(), KeyFile::in_memory());
        let keys = Keys::new(documents, file, Caching::default());
        Self { events: MemoryEventStore::default(), keys }
    }
}

impl EventStore for Memory {
    type Error = <MemoryEventStore as EventStore>::Error;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Self::Error> {
        self.events.load(stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Self::Error>> {
        self.events.append(stream, expected, events).await
    }
}

impl Keyed for Memory {
    type Documents = MemoryDocuments;
    type Wrapping = KeyFile;

    fn keys(&self) -> &Keys<MemoryDocuments, KeyFile> {
        &self.keys
    }
}
