//! Transactional batches: up to 100 operations on one logical partition, all or none.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::address::ContainerName;
use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::{Headers, unquoted};
use super::session::Position;
use super::{body, cost, scope};
use crate::charge;
use crate::engine::{
    Container, Engine, Failure, Operation, Outcome, Patch, Precondition, Transaction,
};

/// The service's limit of operations in a batch.
const OPERATIONS: usize = 100;

/// One operation as clients send it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    operation_type: String,
    id: Option<String>,
    resource_body: Option<Map<String, Value>>,
    if_match: Option<String>,
    if_none_match: Option<String>,
    /// Of bulk operations, as the header would carry it.
    pub partition_key: Option<String>,
}

/// Why a batch came to nothing: one operation failed, or all did together.
enum BatchFailure {
    At(usize, Refusal),
    Whole(Failure),
}

impl From<Failure> for BatchFailure {
    fn from(failure: Failure) -> Self {
        Self::Whole(failure)
    }
}

/// Carries out a batch.
pub async fn execute(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let key = headers.required_partition_key()?;
    scope::check_session(engine, &container, headers)?;
    let operations = operations(body)?;
    let count = operations.len();
    let home = scope::home(engine, &container, &key)?;
    let apply = move |transaction| all_or_none(transaction, operations);
    match engine.transact_here(&container, key, apply).await {
        Ok(committed) => {
            let position = Position::from(&committed);
            Ok(success(&container, &committed.value, headers).at(position))
        }
        Err(BatchFailure::Whole(failure)) => Err(failure.into()),
        Err(BatchFailure::At(place, refusal)) => Ok(rolled_back(count, place, &refusal).at(home)),
    }
}

fn all_or_none(
    mut transaction: Transaction,
    operations: Vec<Operation>,
) -> Result<(Transaction, Vec<Outcome>), BatchFailure> {
    let mut outcomes = Vec::with_capacity(operations.len());
    for (place, operation) in operations.into_iter().enumerate() {
        match transaction.apply(operation) {
            Ok(Outcome::NotModified(_)) => {
                let refusal = Refusal::new(StatusCode::NOT_MODIFIED, "the client has this version");
                return Err(BatchFailure::At(place, refusal));
            }
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) => return Err(BatchFailure::At(place, failure.into())),
        }
    }
    Ok((transaction, outcomes))
}

/// Whether the operations have nothing to do with each other.
pub fn is_bulk(headers: &Headers) -> bool {
    let atomic = headers.text("x-ms-cosmos-batch-atomic");
    atomic.is_some() && !headers.is_on("x-ms-cosmos-batch-atomic")
}

fn operations(body: &[u8]) -> Result<Vec<Operation>, Refusal> {
    let numbered = entries(body)?.into_iter().enumerate();
    numbered.map(|(place, entry)| entry.operation(place)).collect()
}

/// Reads the operations of a batch or a bulk.
pub fn entries(body: &[u8]) -> Result<Vec<Entry>, Refusal> {
    body::within_limit(body)?;
    let entries: Vec<Entry> = body::json(body)?;
    if entries.is_empty() {
        return Err(Refusal::bad_request("the batch has no operations"));
    }
    if entries.len() > OPERATIONS {
        return Err(Refusal::bad_request(format!(
            "Batch request has more operations than what is supported: {}, the limit is {OPERATIONS}.",
            entries.len()
        )));
    }
    Ok(entries)
}

impl Entry {
    pub fn operation(self, place: usize) -> Result<Operation, Refusal> {
        let precondition = match (&self.if_match, &self.if_none_match) {
            (Some(etag), _) => Precondition::IfMatch(unquoted(etag).to_owned()),
            (None, Some(etag)) => Precondition::IfNoneMatch(unquoted(etag).to_owned()),
            (None, None) => Precondition::None,
        };
        let missing = |field: &str| {
            Refusal::bad_request(format!(
                "operation {place} of the batch, a {}, needs '{field}'",
                self.operation_type
            ))
        };
        let body = self.resource_body.ok_or_else(|| missing("resourceBody"));
        let id = self.id.ok_or_else(|| missing("id"));
        match self.operation_type.as_str() {
            "Create" => Ok(Operation::Create { body: body? }),
            "Upsert" => Ok(Operation::Upsert { body: body?, precondition }),
            "Read" => Ok(Operation::Read { id: id?, precondition }),
            "Replace" => Ok(Operation::Replace { id: id?, body: body?, precondition }),
            "Delete" => Ok(Operation::Delete { id: id?, precondition }),
            "Patch" => {
                let patch = Patch::parse(Value::Object(body?))?;
                Ok(Operation::Patch { id: id?, patch, precondition })
            }
            other => Err(Refusal::bad_request(format!(
                "operation {place} of the batch has the operationType '{other}', \
                 expected Create, Upsert, Read, Replace, Patch or Delete"
            ))),
        }
    }
}

fn success(container: &Arc<Container>, outcomes: &[Outcome], headers: &Headers) -> Answer {
    let costs = outcomes.iter().map(|each| cost::of(each, &container.definition));
    let costs: Vec<f64> = costs.collect();
    let without_content = headers.wants_no_content();
    let results = outcomes.iter().zip(&costs);
    let results: Vec<String> =
        results.map(|(outcome, cost)| result(outcome, *cost, without_content)).collect();
    Answer::raw(StatusCode::OK, format!("[{}]", results.join(",")).into())
        .charged(costs.iter().sum())
}

/// What became of an operation that was done.
pub fn result(outcome: &Outcome, cost: f64, without_content: bool) -> String {
    let (status, document, content) = match outcome {
        Outcome::Created(document) => (201, Some(document), !without_content),
        Outcome::Replaced(document) => (200, Some(document), !without_content),
        Outcome::Read(document) | Outcome::NotModified(document) => (200, Some(document), true),
        Outcome::Deleted => (204, None, false),
    };
    let mut result = json!({ "statusCode": status, "requestCharge": cost });
    if let Some(document) = document {
        result["eTag"] = quoted(&document.etag).into();
    }
    let mut text = result.to_string();
    if let Some(document) = document.filter(|_| content) {
        text.pop();
        let body = String::from_utf8_lossy(&document.body);
        text = format!(r#"{text},"resourceBody":{body}}}"#);
    }
    text
}

/// The operation that failed keeps its status; all others are marked as its dependants.
fn rolled_back(count: usize, failed: usize, refusal: &Refusal) -> Answer {
    let results = (0..count).map(|place| {
        if place != failed {
            return json!({ "statusCode": 424, "requestCharge": 0 });
        }
        refused(refusal)
    });
    Answer::json(StatusCode::MULTI_STATUS, &results.collect())
}

/// What became of an operation that was not done.
pub fn refused(refusal: &Refusal) -> Value {
    let mut result = json!({
        "statusCode": refusal.status.as_u16(),
        "requestCharge": charge::FLAT,
        "message": refusal.message,
    });
    if let Some(sub_status) = refusal.sub_status {
        result["substatusCode"] = sub_status.into();
    }
    if let Some(wait) = refusal.retry_after_ms {
        result["retryAfterMilliseconds"] = wait.into();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &Value) -> Refusal {
        operations(body.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn every_operation_is_read() {
        let body = json!([
            {"operationType": "Create", "resourceBody": {"id": "a"}},
            {"operationType": "Upsert", "resourceBody": {"id": "b"}, "ifNoneMatch": "*"},
            {"operationType": "Replace", "id": "c", "resourceBody": {"id": "c"}, "ifMatch": "\"e\""},
            {"operationType": "Read", "id": "d"},
            {"operationType": "Delete", "id": "e"},
        ]);
        let read = operations(body.to_string().as_bytes()).unwrap();
        assert_eq!(read.len(), 5);
        let if_match = Precondition::IfMatch("e".to_owned());
        assert!(
            matches!(&read[2], Operation::Replace { precondition, .. } if *precondition == if_match)
        );
    }

    #[test]
    fn more_than_a_hundred_operations_are_refused() {
        let read = json!({"operationType": "Read", "id": "a"});
        let refusal = refused(&Value::Array(vec![read; 101]));
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
        assert!(refusal.message.contains("101"));
    }

    #[test]
    fn a_missing_id_is_named_with_its_operation() {
        let refusal = refused(&json!([{"operationType": "Delete"}]));
        assert_eq!(refusal.message, "operation 0 of the batch, a Delete, needs 'id'");
    }

    #[test]
    fn a_patch_without_operations_is_refused() {
        let patch = json!([{"operationType": "Patch", "id": "a", "resourceBody": {}}]);
        assert_eq!(refused(&patch).status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_batch_beyond_two_megabytes_is_too_large() {
        let body = vec![b' '; body::REQUEST_LIMIT + 1];
        let refusal = operations(&body).unwrap_err();
        assert_eq!(refusal.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
