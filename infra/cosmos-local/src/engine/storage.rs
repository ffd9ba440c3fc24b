//! The redb file: where it is, its tables, its layout version, and snapshots of it.

use std::path::{Path, PathBuf};

use redb::{
    AccessGuard, Database, DatabaseError, ReadOnlyTable, ReadTransaction, ReadableDatabase,
    ReadableTable, TableDefinition, WriteTransaction,
};

use super::Failure;
use super::expiry::Moment;
use super::memory::Memory;
use super::record::Record;

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone with the process.
    Memory,
    /// In this directory, created if absent. An acknowledged write survives `kill -9`.
    Directory(PathBuf),
}

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the data open: stop it, or share a `cosmos-local` server.
    #[error("{} is in use by another process; stop it, or let both use one cosmos-local", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The data was written by another version of this crate.
    #[error("{} has data of layout {found}, this program writes layout {expected}; delete the folder to start afresh, or open it with the program that wrote it", path.display())]
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
const LAYOUT: u64 = 2;
const FILE: &str = "cosmos.redb";
/// Of redb's page cache; its default of 1 GiB is a server's. In memory it spares no reading, only the copying of pages.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
const CACHE_BYTES_IN_MEMORY: usize = 16 * 1024 * 1024;

type Bytes = &'static [u8];

pub const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// By number: the database's record.
pub const DATABASES: TableDefinition<u32, Bytes> = TableDefinition::new("databases");
/// By number: the container's record.
pub const CONTAINERS: TableDefinition<u64, Bytes> = TableDefinition::new("containers");
/// By container and name: the procedure's record.
pub const PROCEDURES: TableDefinition<(u64, &str), Bytes> = TableDefinition::new("procedures");
/// By container and range: the newest LSN, the highest document number.
pub const RANGES: TableDefinition<(u64, u32), (u64, u64)> = TableDefinition::new("ranges");
pub const DOCUMENTS: TableDefinition<Bytes, Bytes> = TableDefinition::new("documents");
/// The latest change of each document, by range, LSN and ordinal. What was written before a range was split
/// stays under its id, where the ranges it was split into find it.
pub const LOG: TableDefinition<Bytes, Bytes> = TableDefinition::new("log");
pub const INDEX: TableDefinition<Bytes, ()> = TableDefinition::new("index");
/// By values: the id of the document that has them.
pub const UNIQUE: TableDefinition<Bytes, &str> = TableDefinition::new("unique");
/// By container, time and document: when documents expire.
pub const EXPIRY: TableDefinition<Bytes, ()> = TableDefinition::new("expiry");
/// All versions and deletes where they are kept, by range, LSN and ordinal.
pub const VERSIONS: TableDefinition<Bytes, Bytes> = TableDefinition::new("versions");
/// By container and range: the newest LSN whose versions are kept no longer.
pub const FORGOTTEN: TableDefinition<(u64, u32), u64> = TableDefinition::new("forgotten");
/// Deleted containers whose data is still to be removed.
pub const GARBAGE: TableDefinition<u64, ()> = TableDefinition::new("garbage");

/// In [`META`]: the layout, and the last number given to a database or a container.
const LAYOUT_ENTRY: &str = "layout";
pub const LAST_NUMBER: &str = "last_number";

/// What reading the log gives.
pub type LogEntry =
    Result<(AccessGuard<'static, Bytes>, AccessGuard<'static, Bytes>), redb::StorageError>;

/// The state of the data at one moment. Neither blocks writers nor is blocked by them.
pub struct Snapshot {
    pub ranges: ReadOnlyTable<(u64, u32), (u64, u64)>,
    pub documents: ReadOnlyTable<Bytes, Bytes>,
    pub log: ReadOnlyTable<Bytes, Bytes>,
    pub index: ReadOnlyTable<Bytes, ()>,
    pub unique: ReadOnlyTable<Bytes, &'static str>,
    pub versions: ReadOnlyTable<Bytes, Bytes>,
    pub forgotten: ReadOnlyTable<(u64, u32), u64>,
    /// What is still alive in it.
    pub moment: Moment,
}

impl Snapshot {
    pub fn take(database: &Database, moment: Moment) -> Result<Self, Failure> {
        let transaction: ReadTransaction = database.begin_read()?;
        Ok(Self {
            ranges: transaction.open_table(RANGES)?,
            documents: transaction.open_table(DOCUMENTS)?,
            log: transaction.open_table(LOG)?,
            index: transaction.open_table(INDEX)?,
            unique: transaction.open_table(UNIQUE)?,
            versions: transaction.open_table(VERSIONS)?,
            forgotten: transaction.open_table(FORGOTTEN)?,
            moment,
        })
    }

    /// A document by its key, unless it has expired.
    pub fn document(&self, key: &[u8]) -> Result<Option<Record>, Failure> {
        Ok(self.remains(key)?.filter(|record| !self.moment.is_over(record)))
    }

    /// A document by its key, also one that has expired and was not removed yet.
    pub fn remains(&self, key: &[u8]) -> Result<Option<Record>, Failure> {
        let found = self.documents.get(key)?;
        found.map(|found| Record::decode(found.value())).transpose()
    }

    /// The newest LSN of a range.
    pub fn lsn(&self, container: u64, range: u32) -> Result<u64, Failure> {
        Ok(self.ranges.get((container, range))?.map_or(0, |entry| entry.value().0))
    }
}

/// Opens or creates the data, and makes sure that every table is there. Says where it is, for errors.
pub fn open(storage: Storage) -> Result<(PathBuf, Database), OpenError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    let (path, opened) = match storage {
        Storage::Memory => {
            builder.set_cache_size(CACHE_BYTES_IN_MEMORY);
            (PathBuf::from("memory"), builder.create_with_backend(Memory::default()))
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
    let mut meta = transaction.open_table(META)?;
    meta.insert(LAYOUT_ENTRY, LAYOUT)?;
    // A new account's resource ids differ from those of the one before it, which a client may remember.
    meta.insert(LAST_NUMBER, u64::from(rand::random::<u32>() >> 2))?;
    transaction.open_table(DATABASES)?;
    transaction.open_table(CONTAINERS)?;
    transaction.open_table(PROCEDURES)?;
    transaction.open_table(RANGES)?;
    transaction.open_table(DOCUMENTS)?;
    transaction.open_table(LOG)?;
    transaction.open_table(INDEX)?;
    transaction.open_table(UNIQUE)?;
    transaction.open_table(GARBAGE)?;
    transaction.open_table(EXPIRY)?;
    transaction.open_table(VERSIONS)?;
    transaction.open_table(FORGOTTEN)?;
    Ok(())
}

fn failed(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OpenError {
    OpenError::Storage { path: path.to_owned(), source: source.into() }
}
