//! What is asked of every peer, and how it has to answer.

use reqwest::Method;
use serde_json::{Value, json};

use super::Operation;
use super::wire::Asked;

/// The stream that is asked, and how long it is when the documents lie elsewhere.
pub const HOT: &str = "meter:hot";
pub const SHORT: u64 = 10;

pub const PROCEDURE: &str = "function (stream, version) {
    const collection = getContext().getCollection();
    const document = { id: 'p' + version, stream, version: 0, type: 'ReadingsCollected' };
    if (!collection.createDocument(collection.getSelfLink(), document)) throw new Error('refused');
    getContext().getResponse().setBody({ status: 'appended', version });
}";

/// An event of about 400 bytes.
pub fn event(stream: &str, version: u64) -> Value {
    json!({
        "id": format!("e{version}"), "stream": stream, "version": version, "type": "ReadingsCollected",
        "data": {"date": "2020-01-01", "readings": [0.25, 0.5, 0.75, 1.0], "unit": "kWh", "quality": "measured"},
        "meta": {"event_id": format!("{stream}/{version}"), "recorded_at": "2020-01-01T00:00:00Z",
            "correlation_id": "1f6c2a", "causation_id": "1f6c2a", "actor": "bench"},
    })
}

/// The id of what an operation writes: three in a batch, the fourth by the procedure.
pub fn written(round: usize, number: u32, name: u32) -> String {
    if name == 3 { format!("p{round}.{number}") } else { format!("w{round}.{number}.{name}") }
}

/// What an operation sends, for the how manieth time in a round, to a stream so long.
pub fn asked(
    operation: Operation,
    round: usize,
    number: u32,
    length: u64,
    token: &str,
    range: Option<&str>,
) -> Asked {
    let new = |name| {
        let mut event = event(HOT, 0);
        event["id"] = written(round, number, name).into();
        event
    };
    let docs = |method| Asked::new(method, "/docs").of(HOT);
    match operation {
        Operation::Create => docs(Method::POST).body(new(0)),
        Operation::Read => {
            let version = 1 + u64::from(number) * 7919 % length;
            Asked::new(Method::GET, format!("/docs/e{version}")).of(HOT)
        }
        Operation::Batch => {
            let creates =
                (0..3).map(|name| json!({"operationType": "Create", "resourceBody": new(name)}));
            docs(Method::POST)
                .with("x-ms-cosmos-is-batch-request", "True")
                .with("x-ms-cosmos-batch-atomic", "True")
                .with("x-ms-cosmos-batch-continue-on-error", "False")
                .body(creates.collect())
        }
        Operation::Procedure => Asked::new(Method::POST, "/sprocs/append")
            .of(HOT)
            .body(json!([HOT, format!("{round}.{number}")])),
        Operation::Tail => {
            let after = length - SHORT;
            docs(Method::POST).query(&format!(
                "SELECT * FROM c WHERE c.stream = '{HOT}' AND c.version > {after} ORDER BY c.version"
            ))
        }
        Operation::Highest => docs(Method::POST)
            .query(&format!("SELECT VALUE MAX(c.version) FROM c WHERE c.stream = '{HOT}'")),
        Operation::Poll => {
            let poll = Asked::new(Method::GET, "/docs").with("a-im", "Incremental Feed");
            let poll = poll.with("if-none-match", token);
            match range {
                Some(range) => poll.with("x-ms-documentdb-partitionkeyrangeid", range),
                None => poll,
            }
        }
    }
}

/// Whether that was the answer: a peer that fails fast is not fast.
pub fn answered(operation: Operation, status: u16, body: &str) -> bool {
    let found = || serde_json::from_str::<Value>(body).unwrap_or_default()["Documents"].clone();
    match operation {
        Operation::Create => status == 201,
        Operation::Read | Operation::Procedure => status == 200,
        Operation::Batch => {
            let results: Value = serde_json::from_str(body).unwrap_or_default();
            let results = results.as_array().map(Vec::as_slice).unwrap_or_default();
            status == 200
                && results.len() == 3
                && results.iter().all(|result| result["statusCode"] == 201)
        }
        Operation::Tail => found().as_array().is_some_and(|items| items.len() == 10),
        Operation::Highest => found().as_array().is_some_and(|items| items.len() == 1),
        Operation::Poll => status == 304,
    }
}
