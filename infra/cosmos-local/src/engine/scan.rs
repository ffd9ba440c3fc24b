//! Finds the rows a query's plan asks for, in the order it asks for, as lazily as it takes them.
//!
//! Here within a logical partition, where ids and indexed paths are looked up.

use std::ops::Bound::{self, Excluded, Included};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::expiry::Moment;
use super::limits::invalid;
use super::record::{self, Record};
use super::{Failure, Transaction, keys, scalar};
use crate::query::{Access, Bounds, Page, Plan, Request, Row, Sieve, SqlError};

/// A document and its key among those of the scan.
pub struct Found {
    pub key: Vec<u8>,
    pub body: Bytes,
}

impl Found {
    /// Read whole, if it has to be.
    pub fn row(self, sieve: &Sieve) -> Result<Row, Failure> {
        if sieve.drops(&self.body) {
            return Ok(Row { document: Value::Null, place: self.key });
        }
        let document = serde_json::from_slice(&self.body);
        let document: Value = document.map_err(|_| record::damaged("a document"))?;
        Ok(Row { document, place: self.key })
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::NotImplemented(feature) => Self::NotImplemented { feature },
            SqlError::Deadline(_) => Self::Timeout { reason: error.to_string() },
            other => invalid(other.to_string()),
        }
    }
}

/// A query over the partition of a transaction, its own writes included.
pub fn partition(transaction: &Transaction, request: &Request) -> Result<Page, Failure> {
    let plan = Plan::new(request, &transaction.container.definition.indexed)?;
    let (access, after) = (plan.access().clone(), plan.after().map(<[u8]>::to_vec));
    let sieve = plan.sieve();
    plan.run(partition_rows(transaction, &access, &sieve, after.as_deref())?)
}

/// Whether one document satisfies the condition of a patch, `FROM c WHERE …`.
pub fn check_condition(condition: &str, document: &Map<String, Value>) -> Result<(), Failure> {
    let text = format!("SELECT VALUE 1 {condition}");
    let plan = Plan::new(&Request { text, ..Request::default() }, &[])?;
    let row = Row { document: Value::Object(document.clone()), place: Vec::new() };
    let page = plan.run(std::iter::once(Ok::<_, Failure>(row)))?;
    if page.results.is_empty() { Err(Failure::PreconditionFailed) } else { Ok(()) }
}

pub fn partition_rows<'a>(
    transaction: &'a Transaction,
    access: &Access,
    sieve: &'a Sieve,
    after: Option<&'a [u8]>,
) -> Result<Box<dyn Iterator<Item = Result<Row, Failure>> + 'a>, Failure> {
    Ok(match access {
        Access::Id(id) => {
            let found = one(transaction, id, after)?;
            Box::new(found.into_iter().map(|found| found.row(sieve)))
        }
        Access::All => {
            let rows = by_id(transaction, after)?;
            Box::new(rows.map(|found| found.and_then(|found| found.row(sieve))))
        }
        Access::Index { path, bounds, descending } => {
            let descending = *descending;
            let rows = by_index(transaction, path, bounds, descending, after)?;
            Box::new(rows.map(move |found| {
                let mut row = found.and_then(|found| found.row(sieve))?;
                if descending {
                    row.place = keys::reversed(&row.place);
                }
                Ok(row)
            }))
        }
    })
}

fn one(
    transaction: &Transaction,
    id: &str,
    after: Option<&[u8]>,
) -> Result<Option<Found>, Failure> {
    if after.is_some_and(|after| after >= id.as_bytes()) {
        return Ok(None);
    }
    let key = id.as_bytes().to_vec();
    Ok(body(transaction, id)?.map(|body| Found { key, body }))
}

fn body(transaction: &Transaction, id: &str) -> Result<Option<Bytes>, Failure> {
    match transaction.overlay.get(id) {
        Some(written) => Ok(written.sealed().map(|sealed| sealed.body.clone())),
        None => Ok(transaction.stored(id)?.map(|record| record.body)),
    }
}

/// All documents of the partition. No id is empty, so after "" is from the start.
fn by_id<'a>(
    transaction: &'a Transaction,
    after: Option<&'a [u8]>,
) -> Result<impl Iterator<Item = Result<Found, Failure>> + 'a, Failure> {
    let after = std::str::from_utf8(after.unwrap_or_default()).map_err(|_| foreign_place())?;
    let prefix = &transaction.partition;
    let from = keys::join(prefix, after.as_bytes());
    let to = keys::join(prefix, &[scalar::END]);
    let bounds = (Excluded(from.as_slice()), Excluded(to.as_slice()));
    let stored = transaction.snapshot.documents.range::<&[u8]>(bounds)?;
    let stored = stored.filter_map(move |entry| {
        let (key, stored) = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error.into())),
        };
        let key = key.value()[prefix.len()..].to_vec();
        let id = std::str::from_utf8(&key).unwrap_or_default();
        if transaction.overlay.get(id).is_some() {
            return None;
        }
        live(transaction.snapshot.moment, stored.value())
            .map(|record| Ok(Found { key, body: record?.body }))
    });
    let own = transaction
        .overlay
        .documents_after(after)
        .map(|(id, sealed)| Ok(Found { key: id.as_bytes().to_vec(), body: sealed.body.clone() }));
    Ok(merge(stored, own, false))
}

/// A stored document, unless it has expired.
pub fn live(moment: Moment, stored: &[u8]) -> Option<Result<Record, Failure>> {
    let record = Record::decode(stored);
    Some(record).filter(|record| !record.as_ref().is_ok_and(|record| moment.is_over(record)))
}

/// The documents within bounds of an index, by value and id.
fn by_index<'a>(
    transaction: &'a Transaction,
    path: &[String],
    bounds: &Bounds,
    descending: bool,
    after: Option<&[u8]>,
) -> Result<impl Iterator<Item = Result<Found, Failure>> + 'a, Failure> {
    let number = transaction.container.definition.indexed.iter().position(|known| known == path);
    let number = number.ok_or_else(|| invalid(format!("/{} has no index", path.join("/"))))?;
    let prefix = keys::index(&transaction.partition, number);
    let bounds = index_bounds(&prefix, bounds, descending, after)?;
    let range = (bounds.0.as_ref().map(Vec::as_slice), bounds.1.as_ref().map(Vec::as_slice));
    let stored = transaction.snapshot.index.range::<&[u8]>(range)?;
    let stored = ordered(stored, descending).map(|entry| Ok(entry?.0.value().to_vec()));
    let own = transaction.overlay.index.range::<[u8], _>(range);
    let own = ordered(own, descending).map(|key| Ok(key.clone()));

    let skip = prefix.len();
    let found = move |key: Result<Vec<u8>, Failure>, own: bool| -> Option<Result<Found, Failure>> {
        let key = match key {
            Ok(key) => key,
            Err(failure) => return Some(Err(failure)),
        };
        let id = keys::indexed_id(&key, skip)?;
        if !own && transaction.overlay.get(id).is_some() {
            return None;
        }
        let body = body(transaction, id).transpose()?;
        Some(body.map(|body| Found { key: key[skip..].to_vec(), body }))
    };
    let stored = stored.filter_map(move |key| found(key, false));
    let own = own.filter_map(move |key| found(key, true));
    Ok(merge(stored, own, descending))
}

/// Bytes between which keys lie.
type KeyBounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// Where the entries between two values begin and end, going on after a place.
fn index_bounds(
    prefix: &[u8],
    bounds: &Bounds,
    descending: bool,
    after: Option<&[u8]>,
) -> Result<KeyBounds, Failure> {
    let first = |value: &Value| {
        let mut key = prefix.to_vec();
        scalar::push(&mut key, Some(value));
        key
    };
    // Ids follow the value; this is above them all.
    let last = |value: &Value| keys::join(&first(value), &[scalar::END]);
    let mut from = match &bounds.from {
        Included(value) => first(value),
        Excluded(value) => last(value),
        Bound::Unbounded => prefix.to_vec(),
    };
    let mut to = match &bounds.to {
        Included(value) => last(value),
        Excluded(value) => first(value),
        Bound::Unbounded => keys::join(prefix, &[scalar::END]),
    };
    match after {
        Some(place) if descending => {
            let place = keys::unreversed(place).ok_or_else(foreign_place)?;
            to = to.min(keys::join(prefix, &place));
        }
        // One more byte makes the least key above it.
        Some(place) => from = from.max(keys::join(prefix, &[place, &[0]].concat())),
        None => {}
    }
    let from = from.min(to.clone());
    Ok((Included(from), Excluded(to)))
}

fn ordered<'a, I>(rows: I, descending: bool) -> Box<dyn Iterator<Item = I::Item> + 'a>
where
    I: DoubleEndedIterator + 'a,
{
    if descending { Box::new(rows.rev()) } else { Box::new(rows) }
}

/// Two ordered scans as one.
fn merge<'a>(
    stored: impl Iterator<Item = Result<Found, Failure>> + 'a,
    own: impl Iterator<Item = Result<Found, Failure>> + 'a,
    descending: bool,
) -> impl Iterator<Item = Result<Found, Failure>> + 'a {
    let (mut stored, mut own) = (stored.peekable(), own.peekable());
    std::iter::from_fn(move || {
        let own_first = match (stored.peek(), own.peek()) {
            (Some(Ok(stored)), Some(Ok(own))) => (own.key < stored.key) != descending,
            (Some(Err(_)), _) => false,
            _ => true,
        };
        if own_first { own.next().or_else(|| stored.next()) } else { stored.next() }
    })
}

fn foreign_place() -> Failure {
    SqlError::Continuation.into()
}
