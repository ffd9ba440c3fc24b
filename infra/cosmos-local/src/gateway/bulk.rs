//! Bulk: operations on items of one partition-key range, each a transaction of its own.

use std::sync::Arc;

use http::StatusCode;

use super::address::ContainerName;
use super::answer::Answer;
use super::batch::{self, Entry};
use super::failure::Refusal;
use super::headers::Headers;
use super::session::Position;
use super::{cost, scope};
use crate::charge;
use crate::engine::{Container, Engine, Failure, KeyRange, Operation, Outcome, PartitionKey};

/// Carries out the operations in their order, whatever becomes of each.
pub async fn execute(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    scope::check_session(engine, &container, headers)?;
    let range = scope::range(&container, headers)?.cloned();
    let entries = batch::entries(body)?;
    let without_content = headers.wants_no_content();
    let (mut results, mut charges, mut all_done) = (Vec::new(), 0.0, true);
    for (place, entry) in entries.into_iter().enumerate() {
        let done = one(engine, &container, range.as_ref(), headers, entry, place).await;
        let result = match done {
            Ok(outcome) => {
                let cost = cost::of(&outcome, &container.definition);
                charges += cost;
                batch::result(&outcome, cost, without_content)
            }
            Err(refusal) => {
                all_done = false;
                charges += charge::FLAT;
                batch::refused(&refusal).to_string()
            }
        };
        results.push(result);
    }
    let status = if all_done { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    let first = range.map_or(container.ranges[0].id, |range| range.id);
    let position = Position { range: first, lsn: engine.lsn(&container, first) };
    let body = format!("[{}]", results.join(","));
    Ok(Answer::raw(status, body.into()).charged(charges).at(position))
}

async fn one(
    engine: &Engine,
    container: &Arc<Container>,
    range: Option<&KeyRange>,
    headers: &Headers,
    entry: Entry,
    place: usize,
) -> Result<Outcome, Refusal> {
    let key = match &entry.partition_key {
        Some(key) => PartitionKey::from_header(key)?,
        None => headers.required_partition_key()?,
    };
    let home = container.range_of(&container.epk(&key)?);
    if let Some(range) = range.filter(|range| range.id != home.id) {
        // The client has sorted its operations by ranges that have changed since.
        return Err(Failure::RangeGone { id: range.id.to_string() }.into());
    }
    let operation: Operation = entry.operation(place)?;
    let outcome = engine.apply(container, key, operation).await?.value;
    match outcome {
        Outcome::NotModified(_) => {
            Err(Refusal::new(StatusCode::NOT_MODIFIED, "the client has this version"))
        }
        outcome => Ok(outcome),
    }
}
