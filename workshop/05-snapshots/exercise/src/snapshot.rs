//! The document of a snapshot: a state, as of an event.

use aggregates::meter::Meter;
use aggregates::{Aggregate, RecentCommands, State};
use cosmos::ContainerSpec;
use event_store::{EventId, StreamId, Version};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::packed::{pack, unpack};

/// The container of the snapshots. They are found by their ids alone.
pub const SNAPSHOTS: ContainerSpec = ContainerSpec {
    name: "snapshots",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// The largest document that is written, in bytes. The service takes 2 MB, its own fields among them.
const LARGEST: usize = 2_000_000;

/// An aggregate whose state can be stored.
pub trait Snapshot: Aggregate + Serialize + DeserializeOwned {
    /// Raised when the stored form of the state changes, or when `evolve` makes something else of old events:
    /// snapshots with another number are passed over.
    const SCHEMA: u32;
}

impl Snapshot for Meter {
    const SCHEMA: u32 = 1;
}

/// A state as it is stored. It may be deleted at any time: the events are all there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SnapshotDocument {
    /// The stream.
    pub id: String,
    /// The category of its aggregate.
    pub aggregate: String,
    /// The number of the stored form.
    pub schema: u32,
    /// The version of the last event that is in the state.
    pub version: Version,
    /// The id of that event. If the stream has another one there, the snapshot is of another history.
    pub event_id: EventId,
    /// When it was recorded.
    #[serde(with = "time::serde::rfc3339::option")]
    pub recorded_at: Option<OffsetDateTime>,
    /// The commands that left events lately.
    pub commands: RecentCommands,
    /// The state is a text: its JSON, compressed, in Base64.
    #[serde(default)]
    pub packed: bool,
    /// The state.
    pub state: Value,
    /// The stream was deleted, and this takes the place of a snapshot, so that nobody who is late stores one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// A state from a snapshot, and the event it ends with.
#[derive(Debug, Clone)]
pub struct Restored<A> {
    /// The state.
    pub state: State<A>,
    /// The id of its last event.
    pub event_id: EventId,
}

/// Why a state cannot be stored, or a snapshot not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It does not fit a document, even compressed: keep less in the state, or close the stream and open another.
    #[error(
        "the snapshot of {stream} would have {bytes} bytes, and a document takes {LARGEST}: keep less in the \
         state, or close the stream and open another"
    )]
    TooLarge {
        /// The stream.
        stream: StreamId,
        /// What the document would have.
        bytes: usize,
    },
    /// It is of another form: a newer or an older program wrote it.
    #[error("the snapshot has the schema {found}, and this program knows {known}")]
    Schema {
        /// Its number.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// It is a snapshot of no event.
    #[error("the snapshot has no event in it")]
    Empty,
    /// It cannot be read or written.
    #[error("the snapshot cannot be read or written as JSON")]
    Json(#[from] serde_json::Error),
    /// What was compressed cannot be unpacked.
    #[error("the state cannot be unpacked")]
    Packed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SnapshotDocument {
    /// The document of a state that ends with this event.
    ///
    /// # Errors
    ///
    /// It does not fit a document, or has no JSON form.
    pub fn of<A: Snapshot>(stream: &StreamId, restored: &Restored<A>) -> Result<Self, Unusable> {
        let Restored { state, event_id } = restored;
        let plain = serde_json::to_value(&state.aggregate)?;
        let packed = pack(&plain)?;
        let document = Self {
            id: stream.to_string(),
            aggregate: A::CATEGORY.to_owned(),
            schema: A::SCHEMA,
            version: state.version,
            event_id: event_id.clone(),
            recorded_at: state.recorded_at,
            commands: state.commands.clone(),
            packed: packed.is_some(),
            state: packed.map_or(plain, Value::String),
            ended: false,
        };
        let bytes = serde_json::to_string(&document)?.len();
        if bytes > LARGEST {
            return Err(Unusable::TooLarge { stream: stream.clone(), bytes });
        }
        Ok(document)
    }

    /// What is put in the place of the snapshot of a stream that was deleted. Its schema is newer than any, so everybody
    /// passes over it and nobody replaces it.
    #[must_use]
    pub fn ended(stream: &StreamId) -> Self {
        Self {
            id: stream.to_string(),
            aggregate: stream.category().to_owned(),
            schema: u32::MAX,
            version: Version::ZERO,
            event_id: EventId::from(""),
            recorded_at: None,
            commands: RecentCommands::default(),
            packed: false,
            state: Value::Null,
            ended: true,
        }
    }

    /// The state.
    ///
    /// # Errors
    ///
    /// The snapshot is of another schema or cannot be read: fold the events instead.
    pub fn restore<A: Snapshot>(self) -> Result<Restored<A>, Unusable> {
        if self.schema != A::SCHEMA {
            return Err(Unusable::Schema { found: self.schema, known: A::SCHEMA });
        }
        if self.version == Version::ZERO {
            return Err(Unusable::Empty);
        }
        let aggregate = if self.packed {
            serde_json::from_str(&self.unpacked()?)?
        } else {
            serde_json::from_value(self.state)?
        };
        let Self { version, recorded_at, commands, event_id, .. } = self;
        Ok(Restored { state: State { aggregate, version, recorded_at, commands }, event_id })
    }
    /// The state as JSON, whether it was compressed or not.
    ///
    /// # Errors
    ///
    /// It cannot be unpacked or read.
    pub fn plain_state(&self) -> Result<Value, Unusable> {
        if self.packed {
            Ok(serde_json::from_str(&self.unpacked()?)?)
        } else {
            Ok(self.state.clone())
        }
    }

    fn unpacked(&self) -> Result<String, Unusable> {
        unpack(self.state.as_str().unwrap_or_default())
    }
}
