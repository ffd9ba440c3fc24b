//! Finds the rows of a query over more than one logical partition: every document of the scope is visited, in
//! document order, and the plan is told that there is no index.

use super::limits::invalid;
use super::scan::{Found, live};
use super::scope::Span;
use super::storage::Snapshot;
use super::{Container, Failure, keys};
use crate::query::{Access, Page, Plan, Request, Row, Sieve};

/// A query over many partitions.
pub fn query(
    container: &Container,
    snapshot: &Snapshot,
    span: &Span,
    request: &Request,
) -> Result<Page, Failure> {
    let plan = Plan::new(request, &[])?;
    let (access, after) = (plan.access().clone(), plan.after().map(<[u8]>::to_vec));
    let sieve = plan.sieve();
    plan.run(rows(container, snapshot, span, &access, &sieve, after.as_deref())?)
}

pub fn rows<'a>(
    container: &'a Container,
    snapshot: &'a Snapshot,
    span: &Span,
    access: &Access,
    sieve: &'a Sieve,
    after: Option<&[u8]>,
) -> Result<impl Iterator<Item = Result<Row, Failure>> + 'a, Failure> {
    let wanted = match access {
        Access::All => None,
        Access::Id(id) => Some(id.clone()),
        Access::Index { path, .. } => {
            return Err(invalid(format!("/{} has no index here", path.join("/"))));
        }
    };
    let components = container.definition.key_paths.len();
    let from = after.map(|place| {
        keys::join(&container.number.to_be_bytes(), &[place, &[0]].concat()).max(span.from.clone())
    });
    let from = from.as_ref().unwrap_or(&span.from).min(&span.to);
    let documents = snapshot.documents.range::<&[u8]>(from.as_slice()..span.to.as_slice())?;
    Ok(documents.filter_map(move |entry| {
        let (key, stored) = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error.into())),
        };
        let id = keys::split_document(key.value(), components).map(|(_, id)| id);
        if wanted.is_some() && wanted.as_deref() != id {
            return None;
        }
        let key = keys::without_container(key.value()).to_vec();
        let record = live(snapshot.moment, stored.value())?;
        Some(record.and_then(|record| Found { key, body: record.body }.row(sieve)))
    }))
}
