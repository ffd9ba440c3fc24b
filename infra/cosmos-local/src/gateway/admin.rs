//! The orders that no client of the service knows: splits and faults. Documented in the README.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::address::ContainerName;
use super::answer::Answer;
use super::failure::Refusal;
use super::{body, containers};
use crate::engine::{Engine, Epk};
use crate::faults::{Fault, Faults};

/// The members of a fault. A misspelt one must not make a fault that strikes something else.
const FAULT: [&str; 8] =
    ["effect", "retryAfterMs", "waitMs", "operation", "container", "count", "probability", "seed"];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitOrder {
    at: Option<String>,
}

/// Splits a range; answers with its halves as the list of ranges shows them.
pub async fn split(
    engine: &Engine,
    name: &ContainerName,
    range: &str,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = engine.container(&name.database, &name.container)?;
    let id = range.parse().map_err(|_| {
        Refusal::bad_request(format!("the range '{range}' of the path is no number"))
    })?;
    let order = if body.is_empty() { SplitOrder::default() } else { body::json(body)? };
    let at = order.at.as_deref().map(Epk::parse).transpose()?;
    let halves = engine.split_range(&container, id, at).await?;
    let halves: Vec<_> = halves.iter().map(|half| containers::range(&container, half)).collect();
    Ok(Answer::feed(&container.rid, "PartitionKeyRanges", &halves))
}

/// Orders a fault.
pub fn inject(faults: &Faults, body: &[u8]) -> Result<Answer, Refusal> {
    let order = body::object(body)?;
    if let Some(unknown) = order.keys().find(|member| !FAULT.contains(&member.as_str())) {
        let known = FAULT.join("', '");
        let message = format!("a fault has no '{unknown}'; it may have '{known}'");
        return Err(Refusal::bad_request(message));
    }
    let fault: Fault = serde_json::from_value(order.into())
        .map_err(|error| Refusal::bad_request(format!("this is no fault: {error}")))?;
    faults.order(fault).map_err(Refusal::bad_request)?;
    Ok(Answer::json(StatusCode::CREATED, &listed(faults)))
}

/// Lists the faults and how often each has struck.
pub fn list(faults: &Faults) -> Answer {
    Answer::json(StatusCode::OK, &listed(faults))
}

pub fn clear(faults: &Faults) -> Answer {
    faults.clear();
    Answer::empty(StatusCode::NO_CONTENT)
}

fn listed(faults: &Faults) -> serde_json::Value {
    json!({ "faults": faults.all() })
}
