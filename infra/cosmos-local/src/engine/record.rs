//! What the documents table holds for a document: where the log has it, its number, `ETag`, times and text.

use bytes::Bytes;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Document, Failure};

/// A place in the log of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPlace {
    pub range: u32,
    pub lsn: u64,
    /// The place of the operation in its transaction.
    pub ordinal: u32,
}

/// A document as it is stored.
#[derive(Debug, Clone)]
pub struct Record {
    pub place: LogPlace,
    /// What its resource id counts.
    pub number: u64,
    pub etag: Uuid,
    /// When it was written, in seconds since 1970.
    pub at: i64,
    /// The `ttl` it has itself; 0 for none.
    pub ttl: i32,
    pub body: Bytes,
}

const HEADER: usize = 4 + 8 + 4 + 8 + 16 + 8 + 4;

impl Record {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.body.len());
        out.extend(self.place.range.to_be_bytes());
        out.extend(self.place.lsn.to_be_bytes());
        out.extend(self.place.ordinal.to_be_bytes());
        out.extend(self.number.to_be_bytes());
        out.extend(self.etag.as_bytes());
        out.extend(self.at.to_be_bytes());
        out.extend(self.ttl.to_be_bytes());
        out.extend_from_slice(&self.body);
        out
    }

    pub fn decode(stored: &[u8]) -> Result<Self, Failure> {
        Self::read(stored).ok_or_else(|| damaged("a document's record"))
    }

    fn read(stored: &[u8]) -> Option<Self> {
        let mut rest = stored;
        Some(Self {
            place: LogPlace {
                range: u32::from_be_bytes(take(&mut rest)?),
                lsn: u64::from_be_bytes(take(&mut rest)?),
                ordinal: u32::from_be_bytes(take(&mut rest)?),
            },
            number: u64::from_be_bytes(take(&mut rest)?),
            etag: Uuid::from_bytes(take(&mut rest)?),
            at: i64::from_be_bytes(take(&mut rest)?),
            ttl: i32::from_be_bytes(take(&mut rest)?),
            body: Bytes::copy_from_slice(rest),
        })
    }
}

impl From<Record> for Document {
    fn from(record: Record) -> Self {
        Self { body: record.body, etag: record.etag.to_string(), lsn: record.place.lsn }
    }
}

/// The text of a stored document as an object.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    serde_json::from_slice(body).map_err(|_| damaged("a document"))
}

/// A key of the log: container, then place.
pub fn log_key(container: u64, place: LogPlace) -> Vec<u8> {
    let mut key = Vec::with_capacity(8 + 4 + 8 + 4);
    key.extend(container.to_be_bytes());
    key.extend(place.range.to_be_bytes());
    key.extend(place.lsn.to_be_bytes());
    key.extend(place.ordinal.to_be_bytes());
    key
}

/// The LSN in a key of the log.
pub fn lsn_of(key: &[u8]) -> Option<u64> {
    let mut lsn = key.get(12..)?;
    take(&mut lsn).map(u64::from_be_bytes)
}

/// An entry of the log: when, and the document's key without its container.
pub fn log_entry(at: i64, document: &[u8]) -> Vec<u8> {
    [&at.to_be_bytes(), document].concat()
}

/// Takes an entry of the log apart.
pub fn split_log_entry(entry: &[u8]) -> Option<(i64, &[u8])> {
    let mut rest = entry;
    let at = i64::from_be_bytes(take(&mut rest)?);
    Some((at, rest))
}

/// The file holds what this program never writes.
pub fn damaged(what: &str) -> Failure {
    Failure::Storage { reason: format!("{what} cannot be read; the data is damaged") }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}
