//! The redb file: where it is, its tables and its layout version.

use std::path::{Path, PathBuf};

use redb::backends::InMemoryBackend;
use redb::{Database, DatabaseError, ReadableTable as _, TableDefinition, WriteTransaction};

/// Where the messages are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone with the process.
    Memory,
    /// In this directory, created if absent. What was acknowledged survives `kill -9`.
    Directory(PathBuf),
}

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the data open: stop it, or share a `service-bus-local` server.
    #[error("{} is in use by another process; stop it, or let both use one service-bus-local", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The data was written by another version of this crate.
    #[error("{} has data of layout {found}, this program writes layout {expected}; delete the file to start afresh, or open it with the program that wrote it", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The layout in the file.
        found: u64,
        /// The layout this program writes.
        expected: u64,
    },
    /// The storage failed.
    #[error("cannot open {}", path.display())]
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Raised whenever the tables below or what they hold change.
const LAYOUT: u64 = 1;
const FILE: &str = "service-bus.redb";
/// Of redb's page cache; its default of 1 GiB is a server's.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

type Bytes = &'static [u8];
/// Deliveries, enqueued, expires, locked until or scheduled at, lock token.
pub type StoredState = (u32, i64, i64, i64, u128);
/// Last sequence number, then how many messages are active, locked, scheduled.
pub type StoredTray = (u64, u64, u64, u64);
/// A tray and the sequence number of a message in it.
pub type Key = (u64, u64);

pub const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
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

/// In [`META`]: the layout.
const LAYOUT_ENTRY: &str = "layout";

/// Opens or creates the data, and makes sure that every table is there. Says where it is, for errors.
pub fn open(storage: Storage) -> Result<(PathBuf, Database), OpenError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    let (path, opened) = match storage {
        Storage::Memory => {
            let backend = InMemoryBackend::new();
            (PathBuf::from("memory"), builder.create_with_backend(backend))
        }
        Storage::Directory(directory) => {
            std::fs::create_dir_all(&directory).map_err(|error| failed(&directory, error))?;
            let path = directory.join(FILE);
            let opened = builder.create(&path);
            (path, opened)
        }
    };
    let database = match opened {
        Ok(database) => database,
        Err(DatabaseError::DatabaseAlreadyOpen) => return Err(OpenError::Locked { path }),
        Err(error) => return Err(failed(&path, error)),
    };
    match prepare(&database).map_err(|error| failed(&path, error))? {
        LAYOUT => Ok((path, database)),
        found => Err(OpenError::Layout { path, found, expected: LAYOUT }),
    }
}

/// Reads the layout; gives a new file this program's layout and tables.
fn prepare(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_write()?;
    let found = transaction.open_table(META)?.get(LAYOUT_ENTRY)?.map(|found| found.value());
    if let Some(found) = found {
        transaction.abort()?;
        return Ok(found);
    }
    create_tables(&transaction)?;
    transaction.commit()?;
    Ok(LAYOUT)
}

fn create_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(META)?.insert(LAYOUT_ENTRY, LAYOUT)?;
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

pub fn failed(
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> OpenError {
    OpenError::Storage { path: path.to_owned(), source: source.into() }
}
