//! Containers: created, replaced, deleted.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use redb::{ReadableTable as _, WriteTransaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::catalogue::State;
use super::index::Entries;
use super::limits::invalid;
use super::record::{self, Record};
use super::storage::{CONTAINERS, DOCUMENTS, EXPIRY, GARBAGE, INDEX, PROCEDURES};
use super::{
    Container, Definition, Epk, Failure, KeyRange, Throughput, databases, epk, keys, resource_id,
};
use crate::clock::Clock;

/// A container as it is stored. Its resource id is the key.
#[derive(Serialize, Deserialize)]
pub struct ContainerRecord {
    definition: Value,
    ranges: Vec<RangeRecord>,
    #[serde(default = "of_its_own")]
    throughput: Option<Throughput>,
}

/// Of a container from before databases could have throughput.
#[expect(clippy::unnecessary_wraps, reason = "it stands for a field that is optional")]
fn of_its_own() -> Option<Throughput> {
    Some(Throughput::default())
}

#[derive(Serialize, Deserialize)]
struct RangeRecord {
    id: u32,
    min: String,
    max: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parents: Vec<u32>,
}

impl ContainerRecord {
    fn of(container: &Container) -> Self {
        let range = |range: &KeyRange| RangeRecord {
            id: range.id,
            min: range.min.0.clone(),
            max: range.max.0.clone(),
            parents: range.parents.clone(),
        };
        Self {
            definition: container.definition.json.clone(),
            ranges: container.ranges.iter().map(range).collect(),
            throughput: container.throughput,
        }
    }

    pub fn open(
        self,
        number: u64,
        database: String,
        last_number: Arc<AtomicU64>,
    ) -> Result<Container, Failure> {
        let definition = Definition::parse(self.definition)?;
        let range = |RangeRecord { id, min, max, parents }| KeyRange {
            id,
            min: Epk(min),
            max: Epk(max),
            parents,
        };
        Ok(Container {
            id: definition.id().to_owned(),
            database,
            rid: resource_id::of_container(number),
            definition,
            ranges: self.ranges.into_iter().map(range).collect(),
            throughput: self.throughput,
            number,
            last_number,
        })
    }
}

/// One that asks for no throughput shares its database's, if that has any.
pub fn create(
    transaction: &WriteTransaction,
    state: &mut State,
    database: &str,
    definition: Definition,
    partitions: u32,
    asked: Option<Throughput>,
) -> Result<Arc<Container>, Failure> {
    let parent = state.parent(database)?;
    let id = definition.id().to_owned();
    if parent.containers.contains_key(&id) {
        return Err(Failure::Conflict { reason: format!("container '{id}' exists already") });
    }
    let shares = asked.is_none() && parent.database.throughput.is_some();
    let throughput = if shares { None } else { asked.or_else(of_its_own) };
    let own = databases::next_number(transaction)?;
    let number = resource_id::container_number(parent.number, own);
    let rid = resource_id::of_container(number);
    let ranges = tile(partitions, definition.hash);
    let definition = stamped(definition, &parent.database.rid, &rid);
    let database = database.to_owned();
    let last_number = Arc::default();
    let container =
        Container { id, database, rid, definition, ranges, throughput, number, last_number };
    save(transaction, &container)?;
    Ok(state.add(container))
}

pub fn replace(
    transaction: &WriteTransaction,
    state: &mut State,
    database: &str,
    id: &str,
    mut json: Value,
) -> Result<Arc<Container>, Failure> {
    let old = Arc::clone(&state.container(database, id)?.container);
    // Some clients leave the unique keys out when they replace: what cannot change is kept.
    if json.get("uniqueKeyPolicy").is_none_or(Value::is_null)
        && let Some(policy) = old.definition.json.get("uniqueKeyPolicy")
        && let Some(fields) = json.as_object_mut()
    {
        fields.insert("uniqueKeyPolicy".to_owned(), policy.clone());
    }
    let definition = Definition::parse(json)?;
    check_replacement(&old, &definition)?;
    let rid = &state.parent(database)?.database.rid;
    let definition = stamped(definition, rid, &old.rid);
    let container = Container { definition, ..Container::clone(&old) };
    save(transaction, &container)?;
    if container.definition.indexed != old.definition.indexed {
        rebuild_index(transaction, &container)?;
    }
    if container.definition.ttl != old.definition.ttl {
        rebuild_expiry(transaction, &container)?;
    }
    Ok(state.add(container))
}

pub fn set_throughput(
    transaction: &WriteTransaction,
    state: &mut State,
    handle: &Container,
    throughput: Throughput,
) -> Result<Arc<Container>, Failure> {
    let old = Arc::clone(&state.entry(handle)?.container);
    let container = Container { throughput: Some(throughput), ..Container::clone(&old) };
    save(transaction, &container)?;
    Ok(state.add(container))
}

pub fn delete(
    transaction: &WriteTransaction,
    state: &mut State,
    database: &str,
    id: &str,
) -> Result<(), Failure> {
    let number = state.container(database, id)?.container.number;
    if let Some(entry) = state.databases.get_mut(database) {
        entry.containers.remove(id);
    }
    discard(transaction, state, number)
}

/// Takes a container out of the catalogue; its data goes later.
pub fn discard(
    transaction: &WriteTransaction,
    state: &mut State,
    container: u64,
) -> Result<(), Failure> {
    transaction.open_table(CONTAINERS)?.remove(container)?;
    if let Some(entry) = state.containers.remove(&container) {
        let mut procedures = transaction.open_table(PROCEDURES)?;
        for id in entry.procedures.keys() {
            procedures.remove((container, id.as_str()))?;
        }
    }
    transaction.open_table(GARBAGE)?.insert(container, ())?;
    state.garbage.insert(container);
    Ok(())
}

pub fn save(transaction: &WriteTransaction, container: &Container) -> Result<(), Failure> {
    let stored = databases::to_stored(&ContainerRecord::of(container))?;
    transaction.open_table(CONTAINERS)?.insert(container.number, stored.as_slice())?;
    Ok(())
}

fn stamped(definition: Definition, database_rid: &str, rid: &str) -> Definition {
    let etag = Uuid::new_v4().to_string();
    definition.stored(database_rid, rid, &etag, Clock::system().now())
}

fn check_replacement(old: &Container, new: &Definition) -> Result<(), Failure> {
    let fixed = |field: &str| {
        Err(invalid(format!("'{field}' of container '{}' cannot be changed", old.id)))
    };
    if new.id() != old.id {
        return fixed("id");
    }
    if new.key_paths != old.definition.key_paths || new.hash != old.definition.hash {
        return fixed("partitionKey");
    }
    if new.unique_keys != old.definition.unique_keys {
        return fixed("uniqueKeyPolicy");
    }
    Ok(())
}

/// Ranges of equal size over the whole space.
fn tile(partitions: u32, hash: epk::HashVersion) -> Vec<KeyRange> {
    let cuts = epk::cuts(partitions.max(1), hash);
    let mins = std::iter::once(Epk::min()).chain(cuts.iter().cloned());
    let maxs = cuts.iter().cloned().chain(std::iter::once(Epk::max()));
    let range = |(id, (min, max))| KeyRange { id, min, max, parents: Vec::new() };
    (0..).zip(mins.zip(maxs)).map(range).collect()
}

/// Makes all index entries of a container anew, while no other write runs.
fn rebuild_index(transaction: &WriteTransaction, container: &Container) -> Result<(), Failure> {
    let mut index = transaction.open_table(INDEX)?;
    let (from, to) = (container.number.to_be_bytes(), (container.number + 1).to_be_bytes());
    index.retain_in(from.as_slice()..to.as_slice(), |_, ()| false)?;
    let documents = transaction.open_table(DOCUMENTS)?;
    for entry in documents.range(from.as_slice()..to.as_slice())? {
        let (key, stored) = entry?;
        let (partition, id) =
            keys::split_document(key.value(), container.definition.key_paths.len())
                .ok_or_else(|| record::damaged("a document's key"))?;
        let body = Record::decode(stored.value())?.body;
        let entries = Entries::of_stored(&container.definition, partition, id, &body)?;
        for key in &entries.index {
            index.insert(key.as_slice(), ())?;
        }
    }
    Ok(())
}

/// Makes all entries of expiry anew, while no other write runs.
fn rebuild_expiry(transaction: &WriteTransaction, container: &Container) -> Result<(), Failure> {
    let mut expiry = transaction.open_table(EXPIRY)?;
    let (from, to) = (container.number.to_be_bytes(), (container.number + 1).to_be_bytes());
    expiry.retain_in(from.as_slice()..to.as_slice(), |_, ()| false)?;
    for entry in transaction.open_table(DOCUMENTS)?.range(from.as_slice()..to.as_slice())? {
        let (key, stored) = entry?;
        let record = Record::decode(stored.value())?;
        if let Some(due) = container.definition.ttl.due(record.at, record.ttl) {
            let document = keys::without_container(key.value());
            expiry.insert(keys::expiry(container.number, due, document).as_slice(), ())?;
        }
    }
    Ok(())
}
