//! What a transaction leaves behind, and how it is written.

use std::borrow::Cow;
use std::sync::Arc;

use redb::{ReadableTable as _, Table, WriteTransaction};

use super::document::Sealed;
use super::index::Entries;
use super::overlay::Write;
use super::record::{self, LogPlace, Record};
use super::storage::{DOCUMENTS, EXPIRY, INDEX, LOG, RANGES, UNIQUE, VERSIONS};
use super::{Container, Epk, Failure, keys, versions};

/// What one transaction of one logical partition leaves behind.
pub struct WriteSet {
    pub container: Arc<Container>,
    pub partition: Vec<u8>,
    pub epk: Epk,
    /// When the transaction began, in seconds since 1970.
    pub now: i64,
    pub writes: Vec<Write>,
}

/// Where a write set was put.
#[derive(Debug, Clone, Copy)]
pub struct Landed {
    pub range: u32,
    pub lsn: u64,
}

/// The tables a write set touches, open for writing.
pub struct Tables<'a> {
    ranges: Table<'a, (u64, u32), (u64, u64)>,
    documents: Table<'a, &'static [u8], &'static [u8]>,
    log: Table<'a, &'static [u8], &'static [u8]>,
    index: Table<'a, &'static [u8], ()>,
    unique: Table<'a, &'static [u8], &'static str>,
    expiry: Table<'a, &'static [u8], ()>,
    versions: Table<'a, &'static [u8], &'static [u8]>,
}

impl<'a> Tables<'a> {
    pub fn open(transaction: &'a WriteTransaction) -> Result<Self, Failure> {
        Ok(Self {
            ranges: transaction.open_table(RANGES)?,
            documents: transaction.open_table(DOCUMENTS)?,
            log: transaction.open_table(LOG)?,
            index: transaction.open_table(INDEX)?,
            unique: transaction.open_table(UNIQUE)?,
            expiry: transaction.open_table(EXPIRY)?,
            versions: transaction.open_table(VERSIONS)?,
        })
    }

    /// Writes a set under the next LSN of the range that holds its partition now: there may have been a split
    /// since the transaction began.
    pub fn write(&mut self, container: &Container, set: &WriteSet) -> Result<Landed, Failure> {
        let id = container.range_of(&set.epk).id;
        let range = (container.number, id);
        let (last, mut highest) = self.ranges.get(range)?.map_or((0, 0), |entry| entry.value());
        let lsn = last + 1;
        // All old entries go before any new one comes: a document may take the unique key of another.
        for write in &set.writes {
            self.remove(container, set, write)?;
        }
        for (ordinal, write) in (0..).zip(&set.writes) {
            let place = LogPlace { range: id, lsn, ordinal };
            let number = self.insert(container, set, write, place)?;
            highest = highest.max(number);
            if container.definition.retention.is_some() {
                self.keep(container, set, write, place)?;
            }
        }
        self.ranges.insert(range, (lsn, highest))?;
        Ok(Landed { range: id, lsn })
    }

    fn remove(
        &mut self,
        container: &Container,
        set: &WriteSet,
        write: &Write,
    ) -> Result<(), Failure> {
        let Some((before, entries)) = &write.before else {
            return Ok(());
        };
        self.log.remove(record::log_key(container.number, before.place).as_slice())?;
        let key = keys::join(&set.partition, write.id.as_bytes());
        if let Some(due) = container.definition.ttl.due(before.at, before.ttl) {
            let document = keys::without_container(&key);
            self.expiry.remove(keys::expiry(container.number, due, document).as_slice())?;
        }
        if write.after.is_none() {
            self.documents.remove(key.as_slice())?;
        }
        for key in current_index(container, set, &write.id, &before.body, entries)?.iter() {
            self.index.remove(key.as_slice())?;
        }
        for key in &entries.unique {
            self.unique.remove(key.as_slice())?;
        }
        Ok(())
    }

    /// Writes what is there afterwards; returns the document's number.
    fn insert(
        &mut self,
        container: &Container,
        set: &WriteSet,
        write: &Write,
        place: LogPlace,
    ) -> Result<u64, Failure> {
        let Some((after, entries)) = &write.after else {
            return Ok(0);
        };
        let key = keys::join(&set.partition, write.id.as_bytes());
        let Sealed { number, etag, at, ttl, body } = after.clone();
        let record = Record { place, number, etag, at, ttl, body }.encode();
        self.documents.insert(key.as_slice(), record.as_slice())?;
        let document = keys::without_container(&key);
        if let Some(due) = container.definition.ttl.due(at, ttl) {
            self.expiry.insert(keys::expiry(container.number, due, document).as_slice(), ())?;
        }
        let entry = record::log_entry(at, document);
        self.log.insert(record::log_key(container.number, place).as_slice(), entry.as_slice())?;
        for key in current_index(container, set, &write.id, &after.body, entries)?.iter() {
            self.index.insert(key.as_slice(), ())?;
        }
        for key in &entries.unique {
            self.unique.insert(key.as_slice(), write.id.as_str())?;
        }
        Ok(number)
    }

    /// Keeps a version for the feed of all versions and deletes.
    fn keep(
        &mut self,
        container: &Container,
        set: &WriteSet,
        write: &Write,
        place: LogPlace,
    ) -> Result<(), Failure> {
        let key = keys::join(&set.partition, write.id.as_bytes());
        let document = keys::without_container(&key);
        if let Some(version) = versions::entry(container, document, write, set.now)? {
            let key = record::log_key(container.number, place);
            self.versions.insert(key.as_slice(), version.as_slice())?;
        }
        Ok(())
    }
}

/// A document's index entries: those the transaction made, unless the indexing policy has changed since.
fn current_index<'a>(
    container: &Container,
    set: &WriteSet,
    id: &str,
    body: &[u8],
    entries: &'a Entries,
) -> Result<Cow<'a, [Vec<u8>]>, Failure> {
    if container.definition.indexed == set.container.definition.indexed {
        return Ok((&entries.index).into());
    }
    let entries = Entries::of_stored(&container.definition, &set.partition, id, body)?;
    Ok(entries.index.into())
}
