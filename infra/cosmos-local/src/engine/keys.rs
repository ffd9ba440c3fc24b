//! The keys of the tables. One logical partition is one contiguous run, its documents ordered by id;
//! partitions are ordered by their effective partition key.
//!
//! - partition: container (8 bytes), effective partition key, partition key
//! - document: partition, id
//! - index: partition, number of the path, value, id
//! - unique key: partition, number of the key, values
//! - expiry: container, time, document without container

use super::{Epk, PartitionKey, scalar};

/// Bytes of a container's number at the beginning of each key.
const CONTAINER: usize = 8;

/// Where a logical partition begins.
pub fn partition(container: u64, epk: &Epk, key: &PartitionKey) -> Vec<u8> {
    let mut out = container.to_be_bytes().to_vec();
    scalar::push_bytes(&mut out, &epk.bytes());
    for component in &key.0 {
        scalar::push_component(&mut out, component);
    }
    out
}

/// Where the partitions at or after an effective partition key begin.
pub fn partitions_from(container: u64, epk: &Epk) -> Vec<u8> {
    let mut out = container.to_be_bytes().to_vec();
    scalar::push_open_bytes(&mut out, &epk.bytes());
    out
}

/// A document's key without its container, as the log and places of a scan keep it.
pub fn without_container(key: &[u8]) -> &[u8] {
    key.get(CONTAINER..).unwrap_or_default()
}

/// Takes a document's key apart: partition and id. `components` is the length of the partition key.
pub fn split_document(key: &[u8], components: usize) -> Option<(&[u8], &str)> {
    let mut rest = scalar::after_bytes(key.get(CONTAINER..)?)?;
    for _ in 0..components {
        rest = scalar::after(rest)?;
    }
    let (partition, id) = key.split_at(key.len() - rest.len());
    Some((partition, std::str::from_utf8(id).ok()?))
}

/// The entry of a document that expires at a time, given its key without the container.
pub fn expiry(container: u64, at: i64, document: &[u8]) -> Vec<u8> {
    let at = u64::try_from(at).unwrap_or_default();
    [&container.to_be_bytes()[..], &at.to_be_bytes(), document].concat()
}

/// The key of the document that an entry of expiry is about.
pub fn expiring(entry: &[u8]) -> Vec<u8> {
    let document = entry.get(2 * CONTAINER..).unwrap_or_default();
    [entry.get(..CONTAINER).unwrap_or_default(), document].concat()
}

/// A prefix and what comes after it.
pub fn join(prefix: &[u8], rest: &[u8]) -> Vec<u8> {
    [prefix, rest].concat()
}

/// Where the entries of an index within a partition begin.
pub fn index(partition: &[u8], path: usize) -> Vec<u8> {
    numbered(partition, path)
}

/// Where the entries of a unique key within a partition begin.
pub fn unique(partition: &[u8], key: usize) -> Vec<u8> {
    numbered(partition, key)
}

fn numbered(partition: &[u8], number: usize) -> Vec<u8> {
    let number = u32::try_from(number).expect("a definition has fewer than 2^32 paths");
    join(partition, &number.to_be_bytes())
}

/// The id in an index entry whose key has this much before the value.
pub fn indexed_id(key: &[u8], prefix: usize) -> Option<&str> {
    std::str::from_utf8(scalar::after(key.get(prefix..)?)?).ok()
}

/// Reverses the order of byte strings, those that begin with one another included.
pub fn reversed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    for byte in bytes.iter().map(|byte| !byte) {
        out.push(byte);
        if byte == u8::MAX {
            out.push(0);
        }
    }
    out.extend([u8::MAX, u8::MAX]);
    out
}

/// Undoes [`reversed`]; `None` for what it never gave out.
pub fn unreversed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_suffix(&[u8::MAX, u8::MAX])?.iter();
    let mut out = Vec::with_capacity(bytes.len());
    while let Some(&byte) = rest.next() {
        if byte == u8::MAX && rest.next() != Some(&0) {
            return None;
        }
        out.push(!byte);
    }
    Some(out)
}
