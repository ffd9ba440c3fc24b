//! What a transaction leaves behind, and how it is written.

use std::borrow::Cow;
use std::sync::Arc;

use redb::{ReadableTable as _, Table, WriteTransaction};

use super::index::Entries;
use super::overlay::Write;
use super::record::{self, LogPlace, Record};
use super::storage::{DOCUMENTS, INDEX, LOG, RANGES, UNIQUE};
use super::{Container, Epk, Failure, keys};

/// What one transaction of one logical partition leaves behind.
pub struct WriteSet {
    pub container: Arc<Container>,
    pub partition: Vec<u8>,
    pub epk: Epk,
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
}

impl<'a> Tables<'a> {
    pub fn open(transaction: &'a WriteTransaction) -> Result<Self, Failure> {
        Ok(Self {
            ranges: transaction.open_table(RANGES)?,
            documents: transaction.open_table(DOCUMENTS)?,
            log: transaction.open_table(LOG)?,
            index: transaction.open_table(INDEX)?,
            unique: transaction.open_table(UNIQUE)?,
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
        if write.after.is_none() {
            let key = keys::join(&set.partition, write.id.as_bytes());
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
        let (number, etag, body) = (after.number, after.etag, after.body.clone());
        let record = Record { place, number, etag, body }.encode();
        self.documents.insert(key.as_slice(), record.as_slice())?;
        let entry = record::log_entry(after.at, keys::without_container(&key));
        self.log.insert(record::log_key(container.number, place).as_slice(), entry.as_slice())?;
        for key in current_index(container, set, &write.id, &after.body, entries)?.iter() {
            self.index.insert(key.as_slice(), ())?;
        }
        for key in &entries.unique {
            self.unique.insert(key.as_slice(), write.id.as_str())?;
        }
        Ok(number)
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
