//! The SQL subset of Cosmos DB: parse, plan by index, evaluate. Pure: knows no storage and no HTTP.
//!
//! The caller plans a request, scans the rows the plan's [`Access`] asks for, in that order, and
//! feeds them to the plan, which filters, sorts, pages and projects.

use serde_json::Value;

/// A query as a client sends it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The SQL text.
    pub text: String,
    /// Parameters with their `@`.
    pub parameters: Vec<(String, Value)>,
    /// At most this many results a page; `None` is as many as fit.
    pub max_items: Option<usize>,
    /// A page's continuation, to go on after it.
    pub continuation: Option<String>,
}

/// One page of results.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub results: Vec<Value>,
    /// How to ask for the next page; `None` when this was the last.
    pub continuation: Option<String>,
    /// Rows that were looked at, for the charge model.
    pub scanned: usize,
}

/// A query that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// The text is not a query; the message has line, column and what was expected.
    #[error("{0}")]
    Syntax(String),
    /// A construct of the service's SQL that is not implemented, named.
    #[error("{0} is not implemented by cosmos-local")]
    NotImplemented(String),
    /// A continuation that no page of this query gave out.
    #[error("the continuation token does not belong to this query")]
    Continuation,
}

/// How the caller is to find the rows. Paths are split: `c.meta.event_id` is `["meta", "event_id"]`.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// The one document with this id.
    Id(String),
    /// By an index on a scalar path, in the order of its values.
    Index { path: Vec<String>, bounds: Bounds, descending: bool },
    /// Every document of the scope, by id within each logical partition.
    All,
}

/// A range of scalar values. Types order as in Cosmos DB: undefined, null, false, true, numbers, strings.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    pub from: std::ops::Bound<Value>,
    pub to: std::ops::Bound<Value>,
}

/// A document met in the order of the access, and its place there.
pub struct Row {
    pub document: Value,
    /// Opaque to the query; a scan can go on after it, and places compare as the rows are ordered.
    pub place: Vec<u8>,
}

/// What is to be done with the rows.
pub struct Plan {}

impl Plan {
    /// Parses and plans a request for one logical partition or range, given the paths that have an index.
    pub fn new(request: &Request, indexed: &[Vec<String>]) -> Result<Self, SqlError> {
        todo!("{request:?} {indexed:?}")
    }

    /// The rows needed.
    pub fn access(&self) -> &Access {
        todo!()
    }

    /// Where the scan begins: after this place, or at the start.
    pub fn after(&self) -> Option<&[u8]> {
        todo!()
    }

    /// Makes a page of the rows. Takes no more rows than it needs.
    pub fn run<E>(self, rows: impl Iterator<Item = Result<Row, E>>) -> Result<Page, E> {
        let _ = rows;
        todo!()
    }
}
