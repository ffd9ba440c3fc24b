//! The tables of the redb file.

use local_server::storage::File;
pub use local_server::storage::{OpenError, Opened, Storage, Writer};
use redb::{TableDefinition, WriteTransaction};

/// The layout is raised whenever the tables below or what they hold change.
const FILE: File = File { program: "service-bus-local", name: "service-bus.redb", layout: 1 };

type Bytes = &'static [u8];
/// Deliveries, enqueued, expires, locked until or scheduled at, lock token.
pub type StoredState = (u32, i64, i64, i64, u128);
/// Last sequence number, then how many messages are active, locked, scheduled.
pub type StoredTray = (u64, u64, u64, u64);
/// A tray and the sequence number of a message in it.
pub type Key = (u64, u64);

/// By number: how the entity is described.
pub const ENTITIES: TableDefinition<u64, Bytes> = TableDefinition::new("entities");
pub const TRAYS: TableDefinition<u64, StoredTray> = TableDefinition::new("trays");
/// Properties and body. Written once: what changes is in the states.
pub const MESSAGES: TableDefinition<Key, Bytes> = TableDefinition::new("messages");
pub const STATES: TableDefinition<Key, StoredState> = TableDefinition::new("states");
/// What can be received.
pub const READY: TableDefinition<Key, ()> = TableDefinition::new("ready");
/// Messages by the time at which something happens to them: each has one such time at most.
pub const DUE: TableDefinition<(i64, u64, u64), ()> = TableDefinition::new("due");
/// By token: what it locks.
pub const LOCKS: TableDefinition<u128, Key> = TableDefinition::new("locks");
/// By entity and message id: until when the id counts as seen.
pub const SEEN: TableDefinition<(u64, &str), i64> = TableDefinition::new("seen");
/// The same by time, to forget them.
pub const SEEN_UNTIL: TableDefinition<(i64, u64, &str), ()> = TableDefinition::new("seen_until");

/// Opens or creates the data, and makes sure that every table is there.
pub fn open(storage: Storage) -> Result<Opened, OpenError> {
    FILE.open(storage, create_tables)
}

fn create_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(ENTITIES)?;
    transaction.open_table(TRAYS)?;
    transaction.open_table(MESSAGES)?;
    transaction.open_table(STATES)?;
    transaction.open_table(READY)?;
    transaction.open_table(DUE)?;
    transaction.open_table(LOCKS)?;
    transaction.open_table(SEEN)?;
    transaction.open_table(SEEN_UNTIL)?;
    Ok(())
}
