//! The tables of the redb file, and snapshots of it.

use local_server::storage::File;
pub use local_server::storage::{META, OpenError, Opened, Storage, Writer};
use redb::{
    AccessGuard, Database, ReadOnlyTable, ReadTransaction, ReadableDatabase, TableDefinition,
    WriteTransaction,
};

use super::Failure;
use super::expiry::Moment;
use super::record::Record;

/// The layout is raised whenever the tables below or what they hold change.
const FILE: File = File { program: "cosmos-local", name: "cosmos.redb", layout: 2 };

type Bytes = &'static [u8];

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

/// In [`META`]: the last number given to a database or a container.
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

/// Opens or creates the data, and makes sure that every table is there.
pub fn open(storage: Storage) -> Result<Opened, OpenError> {
    FILE.open(storage, create_tables)
}

fn create_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    let mut meta = transaction.open_table(META)?;
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
