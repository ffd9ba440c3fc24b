//! A stored document, and the operations on one.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record;
use super::resource_id::{self, Part};
use super::{Container, Failure, Patch, limits};

/// A stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The document with its system properties, JSON text.
    pub body: Bytes,
    /// Opaque, unquoted.
    pub etag: String,
    /// LSN of the transaction that wrote it; 0 while that has not committed.
    pub lsn: u64,
}

impl Document {
    /// The document as an object, system properties included.
    pub fn parsed(&self) -> Result<Map<String, Value>, Failure> {
        record::object(&self.body)
    }
}

/// What must hold for an operation to happen. An `ETag` is unquoted; `*` means any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    #[default]
    None,
    IfMatch(String),
    IfNoneMatch(String),
}

/// One operation on a document of the transaction's logical partition.
#[derive(Debug, Clone)]
pub enum Operation {
    Create {
        body: Map<String, Value>,
    },
    /// Where there is no document yet it is created, whatever `IfMatch` says, as the service does.
    Upsert {
        body: Map<String, Value>,
        precondition: Precondition,
    },
    Read {
        id: String,
        precondition: Precondition,
    },
    Replace {
        id: String,
        body: Map<String, Value>,
        precondition: Precondition,
    },
    /// Changes parts of a document; refused as a failed precondition when the patch's condition does not hold.
    Patch {
        id: String,
        patch: Patch,
        precondition: Precondition,
    },
    Delete {
        id: String,
        precondition: Precondition,
    },
}

/// What an operation did.
#[derive(Debug, Clone)]
pub enum Outcome {
    Created(Document),
    Replaced(Document),
    Read(Document),
    /// A read whose `IfNoneMatch` still matches.
    NotModified(Document),
    Deleted,
}

impl Precondition {
    /// Whether a document with this `ETag` may be written.
    pub(super) fn allows(&self, etag: &str) -> Result<(), Failure> {
        let matches = |wanted: &String| wanted == "*" || wanted == etag;
        let holds = match self {
            Self::None => true,
            Self::IfMatch(wanted) => matches(wanted),
            Self::IfNoneMatch(wanted) => !matches(wanted),
        };
        if holds { Ok(()) } else { Err(Failure::PreconditionFailed) }
    }
}

/// Properties the server gives every document; those a client sends are replaced.
pub const SYSTEM: [&str; 5] = ["_rid", "_self", "_etag", "_attachments", "_ts"];

/// A document that is about to be written.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub number: u64,
    pub etag: Uuid,
    /// Seconds since 1970.
    pub at: i64,
    /// The `ttl` it has itself; 0 for none.
    pub ttl: i32,
    pub body: Bytes,
}

impl From<&Sealed> for Document {
    fn from(sealed: &Sealed) -> Self {
        Self { body: sealed.body.clone(), etag: sealed.etag.to_string(), lsn: 0 }
    }
}

/// Checks a client's document and gives it its system properties, in the text and in `document`.
pub fn seal(
    container: &Container,
    document: &mut Map<String, Value>,
    number: u64,
    at: i64,
) -> Result<Sealed, Failure> {
    limits::check_nesting(document)?;
    let ttl = container.definition.ttl.of(document)?;
    for name in SYSTEM {
        document.remove(name);
    }
    let mut text = serde_json::to_vec(document)
        .map_err(|error| limits::invalid(format!("the document is no JSON: {error}")))?;
    limits::check_size(text.len())?;

    let etag = Uuid::new_v4();
    let rid = resource_id::of_part(container.number, Part::Document, number);
    let link = container.definition.json["_self"].as_str().unwrap_or_default();
    let link = format!("{link}docs/{rid}/");
    // The document has an id, so there is something before the comma. Written by hand to keep the order
    // in which the service sends them.
    text.pop();
    let system = format!(
        r#","_rid":"{rid}","_self":"{link}","_etag":"\"{etag}\"","_attachments":"attachments/","_ts":{at}}}"#
    );
    text.extend(system.as_bytes());
    let values =
        [json!(rid), json!(link), json!(format!("\"{etag}\"")), json!("attachments/"), json!(at)];
    document.extend(SYSTEM.map(str::to_owned).into_iter().zip(values));
    Ok(Sealed { number, etag, at, ttl, body: text.into() })
}
