//! A stored document, and the operations on one.

use bytes::Bytes;
use serde_json::{Map, Value};

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

/// What must hold for an operation to happen. ETags are unquoted; `*` means any.
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
    Create { body: Map<String, Value> },
    Upsert { body: Map<String, Value>, precondition: Precondition },
    Read { id: String, precondition: Precondition },
    Replace { id: String, body: Map<String, Value>, precondition: Precondition },
    Delete { id: String, precondition: Precondition },
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
