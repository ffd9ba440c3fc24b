//! Stored procedures: stored, deleted. Their text is not looked at.

use std::sync::Arc;

use redb::{ReadableTable as _, WriteTransaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::State;
use super::limits::{self, invalid};
use super::resource_id::{self, Part};
use super::storage::{PROCEDURES, RANGES};
use super::{Container, Failure, Kind, databases};
use crate::clock::Clock;

/// A stored procedure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Procedure {
    pub id: String,
    pub body: String,
    pub rid: String,
    pub etag: String,
    /// Seconds since 1970.
    pub modified: i64,
}

pub fn store(
    transaction: &WriteTransaction,
    state: &mut State,
    container: &Container,
    id: &str,
    body: &str,
    replace: bool,
) -> Result<Procedure, Failure> {
    limits::check_name(Kind::Procedure, id)?;
    let procedures = &state.entry(container)?.procedures;
    let rid = match (procedures.get(id), replace) {
        (Some(old), true) => old.rid.clone(),
        (None, true) => return Err(not_found(id)),
        (Some(_), false) => {
            return Err(Failure::Conflict { reason: format!("procedure '{id}' exists already") });
        }
        (None, false) if procedures.len() >= limits::PROCEDURES => {
            let most = limits::PROCEDURES;
            return Err(invalid(format!("the container has {most} procedures, no more fit")));
        }
        (None, false) => new_rid(transaction, container)?,
    };
    let procedure = Procedure {
        id: id.to_owned(),
        body: body.to_owned(),
        rid,
        etag: Uuid::new_v4().to_string(),
        modified: Clock::system().now(),
    };
    let stored = databases::to_stored(&procedure)?;
    transaction.open_table(PROCEDURES)?.insert((container.number, id), stored.as_slice())?;
    if let Some(entry) = state.containers.get_mut(&container.number) {
        entry.procedures.insert(id.to_owned(), Arc::new(procedure.clone()));
    }
    Ok(procedure)
}

pub fn delete(
    transaction: &WriteTransaction,
    state: &mut State,
    container: &Container,
    id: &str,
) -> Result<(), Failure> {
    state.entry(container)?;
    let entry = state.containers.get_mut(&container.number);
    if entry.and_then(|entry| entry.procedures.remove(id)).is_none() {
        return Err(not_found(id));
    }
    transaction.open_table(PROCEDURES)?.remove((container.number, id))?;
    Ok(())
}

pub fn not_found(id: &str) -> Failure {
    Failure::NotFound { kind: Kind::Procedure, id: id.to_owned() }
}

/// Takes a number from the documents' and notes it where theirs are noted.
fn new_rid(transaction: &WriteTransaction, container: &Container) -> Result<String, Failure> {
    let number = container.next_number();
    let first = (container.number, container.ranges[0].id);
    let mut ranges = transaction.open_table(RANGES)?;
    let (lsn, highest) = ranges.get(first)?.map_or((0, 0), |entry| entry.value());
    ranges.insert(first, (lsn, highest.max(number)))?;
    Ok(resource_id::of_part(container.number, Part::Procedure, number))
}
