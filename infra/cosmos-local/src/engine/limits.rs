//! The service's limits, and the checks of names and ids. Source: Microsoft's page "service quotas".

use serde_json::{Map, Value};

use super::{Failure, Kind};

/// Bytes of JSON text in a document, system properties not counted.
pub const DOCUMENT_BYTES: usize = 2 * 1024 * 1024;
/// Bytes in a document's id.
const ID_BYTES: usize = 1023;
/// Levels of objects and arrays in a document. The service allows 128; `serde_json` reads 127 back.
const NESTING: usize = 127;
/// UTF-8 bytes of a string in a partition key.
pub const KEY_BYTES: usize = 2048;
/// Levels of a hierarchical partition key.
pub const KEY_LEVELS: usize = 3;
/// Characters in the name of a database, a container or a procedure.
const NAME_CHARS: usize = 255;
/// Changes in a patch.
pub const PATCH_OPERATIONS: usize = 10;
/// Stored procedures in a container.
pub const PROCEDURES: usize = 100;
/// Unique keys in a container, and paths in each.
pub const UNIQUE_KEYS: usize = 10;
pub const UNIQUE_KEY_PATHS: usize = 16;
/// Bytes of documents in a page of the change feed; one transaction may exceed it.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Characters that would break the addresses of a resource.
const RESERVED: [char; 4] = ['/', '\\', '?', '#'];

/// Checks the name of a database, a container or a procedure.
pub fn check_name(kind: Kind, name: &str) -> Result<(), Failure> {
    let problem = if name.is_empty() {
        "is empty"
    } else if name.chars().count() > NAME_CHARS {
        "has more than 255 characters"
    } else if name.contains(RESERVED) {
        "contains one of / \\ ? #"
    } else if name.ends_with(' ') {
        "ends with a space"
    } else {
        return Ok(());
    };
    Err(invalid(format!("the id of the {kind:?} {problem}")))
}

/// The id of a document, checked.
pub fn document_id(body: &Map<String, Value>) -> Result<&str, Failure> {
    let Some(Value::String(id)) = body.get("id") else {
        return Err(invalid("the document needs an 'id' that is a string"));
    };
    check_document_id(id)?;
    Ok(id)
}

pub fn check_document_id(id: &str) -> Result<(), Failure> {
    let problem = if id.is_empty() {
        "is empty"
    } else if id.len() > ID_BYTES {
        "has more than 1023 bytes"
    } else if id.contains(RESERVED) {
        "contains one of / \\ ? #"
    } else {
        return Ok(());
    };
    Err(invalid(format!("the 'id' of the document {problem}")))
}

pub fn check_size(bytes: usize) -> Result<(), Failure> {
    if bytes <= DOCUMENT_BYTES {
        return Ok(());
    }
    Err(Failure::TooLarge { what: "the document", bytes, limit: DOCUMENT_BYTES })
}

pub fn check_nesting(body: &Map<String, Value>) -> Result<(), Failure> {
    if body.values().all(|value| fits(value, NESTING - 1)) {
        return Ok(());
    }
    Err(invalid(format!("the document is nested deeper than {NESTING} levels")))
}

fn fits(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| fits(item, levels - 1)),
        Value::Object(fields) => levels > 0 && fields.values().all(|field| fits(field, levels - 1)),
        _ => true,
    }
}

/// A request that cannot be carried out as it stands.
pub fn invalid(reason: impl Into<String>) -> Failure {
    Failure::Invalid { reason: reason.into() }
}
