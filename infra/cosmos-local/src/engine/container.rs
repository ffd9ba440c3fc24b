//! A container: its definition, its partition-key ranges and where keys belong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use super::resource_id::{self, Part};
use super::{Definition, Epk, Failure, Kind, PartitionKey, Throughput};

/// A container as it was opened. Keep it for one request: a deleted container's handle answers `NotFound`.
#[derive(Debug, Clone)]
pub struct Container {
    pub id: String,
    pub database: String,
    /// Base64 resource id of 8 bytes.
    pub rid: String,
    pub definition: Definition,
    /// Sorted by `min`, without a gap.
    pub ranges: Vec<KeyRange>,
    /// Its own; without one it shares its database's.
    pub throughput: Option<Throughput>,
    /// The resource id as a number: every key in storage begins with it.
    pub(super) number: u64,
    /// The last number given to a document or a procedure; shared by all handles.
    pub(super) last_number: Arc<AtomicU64>,
}

/// A partition-key range: what clients call a physical partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    pub id: u32,
    /// Inclusive.
    pub min: Epk,
    /// Exclusive.
    pub max: Epk,
    /// The ranges it was split from, oldest first. Their part of the log is its own, too.
    pub parents: Vec<u32>,
}

impl Container {
    /// Where a partition key belongs; it must have as many values as the definition has paths.
    pub fn epk(&self, key: &PartitionKey) -> Result<Epk, Failure> {
        let (given, paths) = (key.0.len(), self.definition.key_paths.len());
        if given == paths {
            return Ok(Epk::of(key, self.definition.hash));
        }
        Err(Failure::KeyMismatch {
            reason: format!("{key} has {given} values, the container's key has {paths}"),
        })
    }

    /// The partition key of a document.
    pub fn key_of(&self, document: &Map<String, Value>) -> Result<PartitionKey, Failure> {
        PartitionKey::from_document(document, &self.definition.key_paths)
    }

    /// The range that holds an effective partition key.
    pub fn range_of(&self, epk: &Epk) -> &KeyRange {
        let after = self.ranges.partition_point(|range| range.min <= *epk);
        &self.ranges[after.saturating_sub(1)]
    }

    /// A range by its id.
    pub fn range(&self, id: u32) -> Result<&KeyRange, Failure> {
        let found = self.ranges.iter().find(|range| range.id == id);
        found.ok_or_else(|| Failure::RangeGone { id: id.to_string() })
    }

    /// The id of its offer. Lower-case, as offers are signed.
    pub fn offer_id(&self) -> String {
        format!("{:016x}", self.number)
    }

    /// What stands for a range of it among all containers.
    pub fn range_number(&self, range: u32) -> (u64, u32) {
        (self.number, range)
    }

    /// The resource id of a range.
    pub fn range_rid(&self, range: &KeyRange) -> String {
        resource_id::of_part(self.number, Part::Range, range.id.into())
    }

    /// A number no document or procedure of this container has had.
    pub(super) fn next_number(&self) -> u64 {
        self.last_number.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn not_found(&self) -> Failure {
        Failure::NotFound { kind: Kind::Container, id: self.id.clone() }
    }
}
