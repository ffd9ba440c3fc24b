//! Databases: created, deleted.

use redb::{ReadableTable as _, WriteTransaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::{DatabaseEntry, State};
use super::storage::{DATABASES, LAST_NUMBER, META};
use super::{Failure, Kind, Throughput, containers, limits, resource_id};
use crate::clock::Clock;

/// A database as the account lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Database {
    /// The name clients use.
    pub id: String,
    /// Base64 resource id of 4 bytes.
    pub rid: String,
    /// Opaque, unquoted.
    pub etag: String,
    /// Seconds since 1970.
    pub modified: i64,
    /// What its containers share that have none of their own.
    #[serde(default)]
    pub throughput: Option<Throughput>,
}

impl Database {
    /// What its offer is called, if it has one. Clients sign it in lower case.
    pub fn offer_id(&self) -> String {
        self.rid.bytes().fold("d".to_owned(), |id, byte| format!("{id}{byte:02x}"))
    }
}

pub fn create(
    transaction: &WriteTransaction,
    state: &mut State,
    id: &str,
    throughput: Option<Throughput>,
) -> Result<Database, Failure> {
    limits::check_name(Kind::Database, id)?;
    if state.database(id).is_some() {
        return Err(Failure::Conflict { reason: format!("database '{id}' exists already") });
    }
    let number = next_number(transaction)?;
    let database = Database {
        id: id.to_owned(),
        rid: resource_id::of_database(number),
        etag: Uuid::new_v4().to_string(),
        modified: Clock::system().now(),
        throughput,
    };
    save(transaction, number, &database)?;
    let containers = std::collections::BTreeMap::new();
    let entry = DatabaseEntry { number, database: database.clone(), containers };
    state.databases.insert(id.to_owned(), entry);
    Ok(database)
}

pub fn set_throughput(
    transaction: &WriteTransaction,
    state: &mut State,
    id: &str,
    throughput: Throughput,
) -> Result<Database, Failure> {
    let entry = state.databases.get_mut(id).ok_or_else(|| not_found(id))?;
    entry.database.throughput = Some(throughput);
    save(transaction, entry.number, &entry.database)?;
    Ok(entry.database.clone())
}

fn save(transaction: &WriteTransaction, number: u32, database: &Database) -> Result<(), Failure> {
    let stored = to_stored(database)?;
    transaction.open_table(DATABASES)?.insert(number, stored.as_slice())?;
    Ok(())
}

pub fn delete(transaction: &WriteTransaction, state: &mut State, id: &str) -> Result<(), Failure> {
    let entry = state.databases.remove(id).ok_or_else(|| not_found(id))?;
    for container in entry.containers.into_values() {
        containers::discard(transaction, state, container)?;
    }
    transaction.open_table(DATABASES)?.remove(entry.number)?;
    Ok(())
}

pub fn not_found(id: &str) -> Failure {
    Failure::NotFound { kind: Kind::Database, id: id.to_owned() }
}

/// A number for a database or a container, never given again.
pub fn next_number(transaction: &WriteTransaction) -> Result<u32, Failure> {
    let mut meta = transaction.open_table(META)?;
    let last = meta.get(LAST_NUMBER)?.map_or(0, |last| last.value());
    meta.insert(LAST_NUMBER, last + 1)?;
    u32::try_from(last + 1).ok().filter(|number| number >> 31 == 0).ok_or_else(|| {
        Failure::Storage { reason: "all numbers of databases and containers are used".to_owned() }
    })
}

/// A record of the catalogue as it is stored.
pub fn to_stored(record: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(record).map_err(|error| Failure::Storage { reason: error.to_string() })
}
