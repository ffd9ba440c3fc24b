//! The SQL subset of Cosmos DB: parse, plan by index, evaluate. Pure: knows no storage and no HTTP.
//!
//! The caller plans a request, scans the rows the plan's [`Access`] asks for, in that order, and
//! feeds them to the plan, which filters, sorts, pages and projects.
//!
//! # Layout
//!
//! - `parse`: text to `syntax`, the tree of a query.
//! - `sieve`: documents that the filter cannot take, by their text.
//! - `access`: which rows, in which order, by the `bounds` that the filter sets.
//! - `run`: rows to a `page`, by `evaluate` (with `functions`, `like`, `number`, `compare`) and
//!   `group` (with `aggregate`).
//! - `continuation`: where the next page begins.
//! - `distribute`: what a client is told that runs a query over many ranges by itself.
//!
//! # What is not done
//!
//! HAVING, user-defined functions and the functions that `functions` does not list are refused by name.

mod access;
mod aggregate;
mod bounds;
mod compare;
mod continuation;
mod distribute;
mod evaluate;
mod functions;
mod group;
mod like;
mod number;
mod page;
mod parse;
mod run;
mod sieve;
mod subquery;
mod syntax;
#[cfg(test)]
mod tests;
mod weight;

use std::time::Duration;

use serde_json::Value;

pub use distribute::distribute;
pub use sieve::Sieve;

use access::Choice;
use continuation::Continuation;
use group::Grouping;
use subquery::Fuel;
use syntax::{Expression, Query};

/// How long a page may take, as on the service.
const TIME: Duration = Duration::from_secs(5);

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
    /// Of which part of the container. Results that are counted off do not go on in another part.
    pub part: Option<u32>,
    /// How long a page may take; `None` is five seconds.
    pub time: Option<Duration>,
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
    /// The query takes longer than it may.
    #[error("the query has not finished within {0:?}: ask for less at a time")]
    Deadline(Duration),
}

/// How the caller is to find the rows. Paths are split: `c.meta.event_id` is `["meta", "event_id"]`.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// The one document with this id.
    Id(String),
    /// By an index on a scalar path, in the order of its values. Without bounds this is every document of
    /// the scope; those without a scalar there (arrays and objects are none) come first. Bounds are
    /// never empty.
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
#[derive(Debug)]
pub struct Plan {
    query: Query,
    grouping: Option<Grouping>,
    access: Access,
    /// Whether the access has the order that ORDER BY, MIN or MAX wants.
    in_order: bool,
    max_items: Option<usize>,
    from: Continuation,
    fingerprint: String,
    /// Whether nothing is asked of the documents but that they are there.
    blind: bool,
    time: Duration,
    fuel: Fuel,
}

impl Plan {
    /// Parses and plans a request for one logical partition or range, given the paths that have an index.
    pub fn new(request: &Request, indexed: &[Vec<String>]) -> Result<Self, SqlError> {
        let time = request.time.unwrap_or(TIME);
        let fuel = Fuel::lasting(time);
        let mut query = parse::parse(&request.text, &request.parameters)?;
        let mut grouping = Grouping::of(&mut query)?;
        let blind = !reads_documents(&mut query, grouping.as_mut());
        let aggregates = grouping.as_ref().map_or(&[][..], |grouping| &grouping.aggregates);
        let Choice { access, in_order } = access::choose(&query, aggregates, indexed);
        let counted = grouping.is_some() || query.distinct || !query.sources.is_empty();
        let part = request.part.filter(|_| counted);
        let fingerprint = continuation::fingerprint(request, &access, part);
        let from = match &request.continuation {
            Some(token) => Continuation::decode(token, &fingerprint)?,
            None => Continuation::default(),
        };
        let max_items = request.max_items;
        let plan = Self {
            query,
            grouping,
            access,
            in_order,
            max_items,
            from,
            fingerprint,
            blind,
            time,
            fuel,
        };
        let fits = request.continuation.is_none() || plan.could_have_given(&plan.from);
        if fits { Ok(plan) } else { Err(SqlError::Continuation) }
    }

    /// The rows needed.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// What tells documents that need not be read. The scan may give `null` in the place of such a one.
    pub fn sieve(&self) -> Sieve {
        if self.blind { Sieve::Everything } else { Sieve::of(self.query.filter.as_ref()) }
    }

    /// Where the scan begins: after this place, or at the start.
    pub fn after(&self) -> Option<&[u8]> {
        let last = self.from.last.as_ref()?;
        if self.sorts() { None } else { Some(&last.place) }
    }

    /// Whether each result comes of one row.
    fn gives_rows(&self) -> bool {
        self.grouping.is_none() && !self.query.distinct && self.query.sources.is_empty()
    }

    /// Whether a page can end after any row.
    fn streams(&self) -> bool {
        self.gives_rows() && !self.sorts()
    }

    fn sorts(&self) -> bool {
        !self.query.order_by.is_empty() && !self.in_order
    }

    fn could_have_given(&self, from: &Continuation) -> bool {
        let keys = if self.sorts() { self.query.order_by.len() } else { 0 };
        match &from.last {
            Some(last) => self.gives_rows() && last.keys.len() == keys,
            None => !self.gives_rows(),
        }
    }
}

/// Whether any part of a query asks for more of a document than that it is there, as `COUNT(1)` does.
fn reads_documents(query: &mut Query, grouping: Option<&mut Grouping>) -> bool {
    let Query { select, sources, filter, order_by, .. } = query;
    let sources = sources.iter_mut().map(|source| &mut source.of);
    let order = order_by.iter_mut().map(|sort| &mut sort.by);
    let grouped = grouping.into_iter().flat_map(|Grouping { keys, aggregates }| {
        keys.iter_mut().chain(aggregates.iter_mut().map(|aggregate| &mut aggregate.1))
    });
    let mut parts = [select].into_iter().chain(filter).chain(sources).chain(order).chain(grouped);
    parts.any(Expression::reads_document)
}
