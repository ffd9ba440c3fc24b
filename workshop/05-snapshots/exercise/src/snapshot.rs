//! The document of a snapshot: a state, as of a version.

use std::io::{Read, Write};

use aggregates::{Aggregate, RecentCommands, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cosmos::ContainerSpec;
use event_store::{StreamId, Version};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// The container of the snapshots. They are found by their ids alone.
pub const SNAPSHOTS: ContainerSpec = ContainerSpec {
    name: "snapshots",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// States of more bytes than this are compressed: a document may have 2 MB, and Base64 makes three bytes four.
const PLAIN: usize = 256 * 1024;

/// What does not fit a document even then is no snapshot.
const LARGEST: usize = 1_900_000;

/// A state of more bytes than this is not unpacked: it was not written by us.
const UNPACKED: u64 = 256 * 1024 * 1024;

/// An aggregate whose state can be stored.
pub trait Snapshot: Aggregate + Serialize + DeserializeOwned {
    /// Raised when the stored form of the state changes, or when `evolve` makes something else of old events:
    /// snapshots with another number are passed over.
    const SCHEMA: u32;
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
    /// When that was recorded.
    #[serde(with = "time::serde::rfc3339::option")]
    pub recorded_at: Option<OffsetDateTime>,
    /// The commands that left events lately.
    pub commands: RecentCommands,
    /// The state, or its Base64 after compression.
    pub state: Value,
}

/// Why a state cannot be stored, or a snapshot not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It does not fit a document, even compressed: keep less in the state, or close the stream and open another.
    #[error("the state of {stream} has {bytes} bytes and does not fit a document")]
    TooLarge {
        /// The stream.
        stream: StreamId,
        /// Its size, compressed.
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
    /// It cannot be read or written.
    #[error("the state cannot be read or written as JSON")]
    Json(#[from] serde_json::Error),
    /// What was compressed cannot be unpacked.
    #[error("the state cannot be unpacked")]
    Packed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SnapshotDocument {
    /// The document of a state.
    ///
    /// # Errors
    ///
    /// It does not fit a document, or has no JSON form.
    pub fn of<A: Snapshot>(stream: &StreamId, state: &State<A>) -> Result<Self, Unusable> {
        let stored = serde_json::to_value(&state.aggregate)?;
        let text = stored.to_string();
        let stored = if text.len() > PLAIN { Value::String(packed(&text)?) } else { stored };
        if let Value::String(packed) = &stored
            && packed.len() > LARGEST
        {
            return Err(Unusable::TooLarge { stream: stream.clone(), bytes: packed.len() });
        }
        Ok(Self {
            id: stream.to_string(),
            aggregate: A::CATEGORY.to_owned(),
            schema: A::SCHEMA,
            version: state.version,
            recorded_at: state.recorded_at,
            commands: state.commands.clone(),
            state: stored,
        })
    }

    /// The state.
    ///
    /// # Errors
    ///
    /// The snapshot is of another schema or cannot be read: fold the events instead.
    pub fn state<A: Snapshot>(self) -> Result<State<A>, Unusable> {
        if self.schema != A::SCHEMA {
            return Err(Unusable::Schema { found: self.schema, known: A::SCHEMA });
        }
        let aggregate = match self.state {
            Value::String(packed) => serde_json::from_str(&unpacked(&packed)?)?,
            plain => serde_json::from_value(plain)?,
        };
        let Self { version, recorded_at, commands, .. } = self;
        Ok(State { aggregate, version, recorded_at, commands })
    }
}

fn packed(text: &str) -> Result<String, Unusable> {
    let failed = |error| Unusable::Packed(Box::new(error));
    let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
    out.write_all(text.as_bytes()).map_err(failed)?;
    Ok(BASE64_STANDARD.encode(out.finish().map_err(failed)?))
}

fn unpacked(packed: &str) -> Result<String, Unusable> {
    let bytes = BASE64_STANDARD.decode(packed).map_err(|error| Unusable::Packed(error.into()))?;
    let mut text = String::new();
    let mut input = DeflateDecoder::new(&bytes[..]).take(UNPACKED);
    input.read_to_string(&mut text).map_err(|error| Unusable::Packed(error.into()))?;
    Ok(text)
}
