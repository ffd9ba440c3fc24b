//! The log of all versions and deletes, kept where a container's definition asks for it, for as long as it says.
//!
//! It has the net effect of each transaction: a document written twice in one is there once.

use serde_json::{Value, json};

use super::overlay::Write;
use super::{Container, Failure, PartitionKey, record};

/// What happened to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Replaced,
    Deleted,
    /// Deleted because its time was over.
    Expired,
}

const KINDS: [ChangeKind; 4] =
    [ChangeKind::Created, ChangeKind::Replaced, ChangeKind::Deleted, ChangeKind::Expired];

/// An entry of the log.
pub struct Version<'e> {
    pub kind: ChangeKind,
    /// Seconds since 1970.
    pub at: i64,
    /// The document's key without its container.
    pub document: &'e [u8],
    /// The document; of a deleted one, its id and partition key.
    pub body: &'e [u8],
}

impl<'e> Version<'e> {
    fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.kind as u8];
        out.extend(self.at.to_be_bytes());
        let length = u32::try_from(self.document.len()).expect("ids and partition keys are short");
        out.extend(length.to_be_bytes());
        out.extend(self.document);
        out.extend(self.body);
        out
    }

    pub fn decode(entry: &'e [u8]) -> Option<Self> {
        let (kind, rest) = entry.split_first()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (document, body) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let kind = *KINDS.get(usize::from(*kind))?;
        Some(Self { kind, at: i64::from_be_bytes(*at), document, body })
    }
}

/// When an entry was made.
pub fn time_of(entry: &[u8]) -> Option<i64> {
    Version::decode(entry).map(|version| version.at)
}

/// The entry for a write, with the key of its document.
pub fn entry(
    container: &Container,
    document: &[u8],
    write: &Write,
    now: i64,
) -> Result<Option<Vec<u8>>, Failure> {
    let deleted;
    let (kind, at, body) = match (&write.before, &write.after) {
        (None, Some((after, _))) => (ChangeKind::Created, after.at, after.body.as_ref()),
        // What had expired is no version to go on from.
        (Some(_), Some((after, _))) if write.expired => {
            (ChangeKind::Created, after.at, after.body.as_ref())
        }
        (Some(_), Some((after, _))) => (ChangeKind::Replaced, after.at, after.body.as_ref()),
        (Some((before, _)), None) => {
            deleted = identity(container, &before.body)?;
            let kind = if write.expired { ChangeKind::Expired } else { ChangeKind::Deleted };
            (kind, now, deleted.as_slice())
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Version { kind, at, document, body }.encode()))
}

fn identity(container: &Container, body: &[u8]) -> Result<Vec<u8>, Failure> {
    let document = record::object(body)?;
    let PartitionKey(components) = container.key_of(&document)?;
    let values = components.iter().map(super::Component::json);
    let names = container.definition.key_paths.iter().map(|path| path.join("/"));
    let key: serde_json::Map<String, Value> = names.zip(values).collect();
    Ok(json!({ "id": document.get("id"), "partitionKey": key }).to_string().into_bytes())
}
