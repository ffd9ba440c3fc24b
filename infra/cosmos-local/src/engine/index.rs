//! What a document adds to the indexes and the unique keys of its partition.

use serde_json::{Map, Value};

use super::partition_key::lookup;
use super::{Definition, Failure, keys, record, scalar};

/// The entries of one document. Every document has one in every index, those without a scalar there as
/// undefined, before all others: whether they belong in a result is for the query to say.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    pub index: Vec<Vec<u8>>,
    /// One for each unique key of the definition, in its order.
    pub unique: Vec<Vec<u8>>,
}

impl Entries {
    pub fn of(
        definition: &Definition,
        partition: &[u8],
        id: &str,
        document: &Map<String, Value>,
    ) -> Self {
        let indexed = definition.indexed.iter().enumerate().map(|(number, path)| {
            let mut key = keys::index(partition, number);
            scalar::push(&mut key, lookup(document, path));
            key.extend(id.as_bytes());
            key
        });
        let unique = definition
            .unique_keys
            .iter()
            .enumerate()
            .map(|(number, paths)| {
                let mut key = keys::unique(partition, number);
                for path in paths {
                    scalar::push_distinct(&mut key, lookup(document, path));
                }
                key
            });
        Self {
            index: indexed.collect(),
            unique: unique.collect(),
        }
    }

    /// The entries of a stored document.
    pub fn of_stored(
        definition: &Definition,
        partition: &[u8],
        id: &str,
        body: &[u8],
    ) -> Result<Self, Failure> {
        if definition.indexed.is_empty() && definition.unique_keys.is_empty() {
            return Ok(Self::default());
        }
        let document = serde_json::from_slice(body).map_err(|_| record::damaged("a document"))?;
        Ok(Self::of(definition, partition, id, &document))
    }
}
