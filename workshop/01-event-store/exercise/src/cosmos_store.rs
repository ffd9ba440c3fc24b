//! The event store on Cosmos DB.

use std::sync::Arc;

use azure_data_cosmos::CosmosError;
use azure_data_cosmos::clients::ContainerClient;
use cosmos::{ContainerSpec, Cosmos, Procedure, ProcedureError, ProcedureSpec};
use serde_json::value::RawValue;

use crate::session::Sessions;
use crate::{
    AppendError, Appended, Charge, EventStore, Expected, NewEvent, Range, RecordedEvent, Slice,
    StreamId, batch, fit, load, procedure,
};

/// The container of the events.
///
/// An event id is unique within its stream however late it is sent again, and only what queries need is
/// indexed: payloads would make every append dearer.
pub const EVENTS: ContainerSpec = ContainerSpec {
    name: "events",
    partition_key: "/stream",
    unique_keys: &["/meta/event_id"],
    indexed: &["/version/?", "/type/?", "/meta/event_id/?"],
    procedures: &[APPEND],
};

/// The procedure that appends.
pub const APPEND: ProcedureSpec =
    ProcedureSpec { id: "append_to_stream", body: include_str!("append_to_stream.js") };

/// An event store on Cosmos DB. Cheap to clone.
#[derive(Clone)]
pub struct CosmosEventStore {
    pub(crate) container: ContainerClient,
    pub(crate) way: Way,
    pub(crate) sessions: Arc<Sessions>,
    /// An embedded Cosmos DB runs as long as somebody holds this.
    _cosmos: Cosmos,
}

/// What is stored in a stream, for those who want to look at it.
#[derive(Debug, Clone)]
pub struct Documents {
    /// The documents, the store's own among them.
    pub documents: Vec<StoredDocument>,
    /// What reading them cost.
    pub charge: Charge,
    /// Requests that were sent.
    pub trips: u32,
}

/// A document as it is stored, with the fields that Cosmos DB adds, such as `_etag` and `_ts`.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    /// What it says. The type of the store's own documents begins with `$`.
    pub event: RecordedEvent,
    /// The document, as JSON.
    pub text: Box<RawValue>,
}

/// How events are written.
#[derive(Clone)]
pub(crate) enum Way {
    /// The stored procedure: any number of events, and a conflict brings what was missed.
    Procedure(Procedure),
    /// A transactional batch: wherever procedures do not run; at most 99 events at once.
    Batch,
}

/// What can go wrong behind the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The SDK reports a failure.
    #[error("Cosmos DB answered with a failure")]
    Cosmos(#[from] CosmosError),
    /// The stored procedure gave no answer.
    #[error("the stored procedure gave no answer")]
    Procedure(#[from] ProcedureError),
    /// Something else than an event is in the stream: another program wrote there.
    #[error("the stream holds a document that is no event")]
    Foreign {
        /// What is missing or wrong in it.
        source: serde_json::Error,
    },
    /// The service refused a batch, with this status.
    #[error("Cosmos DB refused the batch with status {status}")]
    BatchRefused {
        /// The status of the operation that failed.
        status: u16,
    },
}

impl CosmosEventStore {
    /// Opens the store, appending by procedure where procedures run and by batch elsewhere.
    ///
    /// # Errors
    ///
    /// The container `events` does not exist: provision [`EVENTS`] first.
    pub async fn open(cosmos: &Cosmos) -> Result<Self, cosmos::Error> {
        if cosmos.capabilities().procedures {
            Self::by_procedure(cosmos).await
        } else {
            Self::by_batch(cosmos).await
        }
    }

    /// Opens the store, appending by the stored procedure.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn by_procedure(cosmos: &Cosmos) -> Result<Self, cosmos::Error> {
        let procedure = cosmos.procedure(EVENTS.name, APPEND.id);
        Self::appending(cosmos, Way::Procedure(procedure)).await
    }

    /// Opens the store, appending by transactional batch.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn by_batch(cosmos: &Cosmos) -> Result<Self, cosmos::Error> {
        Self::appending(cosmos, Way::Batch).await
    }

    async fn appending(cosmos: &Cosmos, way: Way) -> Result<Self, cosmos::Error> {
        let container = cosmos.container(EVENTS.name).await?;
        Ok(Self { container, way, sessions: Arc::default(), _cosmos: cosmos.clone() })
    }

    /// Reads what is stored in a stream, as it is stored.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails, or the stream holds what is no event.
    pub async fn documents(
        &self,
        stream: &StreamId,
        range: Range,
    ) -> Result<Documents, StoreError> {
        load::documents(self, stream, range).await
    }

    /// Writes events in one transaction, the store's own marker among them if need be.
    pub(crate) async fn write(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: &[NewEvent],
    ) -> Result<Appended, AppendError<StoreError>> {
        fit::one_transaction(stream, events)?;
        let appended = match &self.way {
            Way::Procedure(call) => procedure::append(self, call, stream, expected, events).await?,
            Way::Batch => batch::append(self, stream, expected, events).await?,
        };
        if let Some(token) = &appended.session {
            self.sessions.saw(token);
        }
        Ok(appended)
    }
}

impl EventStore for CosmosEventStore {
    type Error = StoreError;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, StoreError> {
        load::slice(self, stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        if events.is_empty() {
            return nothing_to_append(self, stream).await;
        }
        self.write(stream, expected, &events).await
    }
}

async fn nothing_to_append(
    store: &CosmosEventStore,
    stream: &StreamId,
) -> Result<Appended, AppendError<StoreError>> {
    let end = load::end(store, stream).await.map_err(AppendError::Store)?;
    Ok(Appended {
        version: end.version,
        duplicate: false,
        charge: end.charge,
        trips: 1,
        session: None,
    })
}
