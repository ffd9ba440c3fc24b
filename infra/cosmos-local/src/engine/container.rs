//! A container: its definition, its partition-key ranges, its stored procedures.

use serde_json::Value;

use super::{Epk, PartitionKey};

/// A container as it was opened. Keep it for one request: a deleted container's handle answers `NotFound`.
#[derive(Debug)]
pub struct Container {
    pub id: String,
    pub database: String,
    /// Base64 resource id of 8 bytes.
    pub rid: String,
    pub definition: Definition,
    /// Sorted by `min`, without a gap.
    pub ranges: Vec<KeyRange>,
}

/// A container's definition: the JSON that clients see, and what the engine needs of it.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The resource as clients read it, system properties included.
    pub json: Value,
    /// Paths of the partition key, split: `/address/city` is `["address", "city"]`. One for now.
    pub key_paths: Vec<Vec<String>>,
    /// Each unique key is a list of split paths.
    pub unique_keys: Vec<Vec<Vec<String>>>,
    /// Included scalar paths, split. `/*` indexes nothing here: such queries scan their partition.
    pub indexed: Vec<Vec<String>>,
}

/// A partition-key range: what clients call a physical partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    pub id: u32,
    /// Inclusive.
    pub min: Epk,
    /// Exclusive.
    pub max: Epk,
}

/// A stored procedure.
#[derive(Debug, Clone)]
pub struct Procedure {
    pub id: String,
    pub body: String,
    pub rid: String,
    pub etag: String,
    /// Seconds since 1970.
    pub modified: i64,
}

/// The part of a container a query or a feed reads.
#[derive(Debug, Clone)]
pub enum Scope {
    Partition(PartitionKey),
    Range(u32),
    /// From `min` inclusive to `max` exclusive, inside one range.
    SubRange {
        range: u32,
        min: Epk,
        max: Epk,
    },
    Container,
}
