//! The engine's promises, tested through its front door.

mod administration;
mod atomicity;
mod durability;
mod expiry;
mod feed;
mod growth;
mod hierarchy;
mod isolation;
mod operations;
mod queries;
mod split;
mod unique_keys;
mod versions;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::clock::Clock;

use super::{
    Committed, Component, Container, Document, Engine, Failure, FeedMode, FeedPage, FeedStart,
    Operation, Outcome, PartitionKey, Precondition, Scope, Storage, Transaction,
};

const LATEST: FeedMode = FeedMode::LatestVersion;

/// A container partitioned by `/stream`, with two indexes and a unique key.
fn definition() -> Value {
    json!({
        "id": "events",
        "partitionKey": { "paths": ["/stream"], "kind": "Hash", "version": 2 },
        "indexingPolicy": {
            "includedPaths": [{ "path": "/version/?" }, { "path": "/\"type\"/?" }],
            "excludedPaths": [{ "path": "/*" }],
        },
        "uniqueKeyPolicy": { "uniqueKeys": [{ "paths": ["/meta/event_id"] }] },
    })
}

/// An engine with one database and one container.
struct Account {
    engine: Engine,
    container: Arc<Container>,
}

impl Account {
    async fn in_memory(partitions: u32) -> Self {
        Self::open(Storage::Memory, partitions, definition()).await
    }

    async fn with(definition: Value) -> Self {
        Self::open(Storage::Memory, 1, definition).await
    }

    async fn at(clock: &Clock, definition: Value) -> Self {
        let engine = Engine::open(Storage::Memory, 1, clock.clone()).unwrap();
        engine.create_database("daybook").await.unwrap();
        let container = engine.create_container("daybook", definition).await.unwrap();
        Self { engine, container }
    }

    async fn open(storage: Storage, partitions: u32, definition: Value) -> Self {
        let engine = Engine::open(storage, partitions, Clock::system()).unwrap();
        engine.create_database("daybook").await.unwrap();
        let container = engine.create_container("daybook", definition).await.unwrap();
        Self { engine, container }
    }

    async fn transact<T: Send + 'static>(
        &self,
        stream: &str,
        work: impl FnOnce(Transaction) -> Result<(Transaction, T), Failure> + Send + 'static,
    ) -> Result<Committed<T>, Failure> {
        self.engine.transact(&self.container, key(stream), work).await
    }

    /// All operations in one transaction.
    async fn all(
        &self,
        stream: &str,
        operations: Vec<Operation>,
    ) -> Result<Committed<Vec<Outcome>>, Failure> {
        self.transact(stream, |mut transaction| {
            let outcomes = operations.into_iter().map(|operation| transaction.apply(operation));
            let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
            Ok((transaction, outcomes))
        })
        .await
    }

    async fn one(&self, stream: &str, operation: Operation) -> Result<Outcome, Failure> {
        let committed = self.all(stream, vec![operation]).await?;
        Ok(committed.value.into_iter().next().unwrap())
    }

    fn read(&self, stream: &str, id: &str) -> Result<Document, Failure> {
        self.engine.read(&self.container, &key(stream), id)
    }

    fn feed(&self, start: FeedStart, max_items: usize) -> FeedPage {
        self.engine.changes(&self.container, &Scope::Container, LATEST, start, max_items).unwrap()
    }
}

fn key(stream: &str) -> PartitionKey {
    PartitionKey(vec![Component::String(stream.to_owned())])
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// A document with only what it needs.
fn event(stream: &str, id: &str) -> Value {
    json!({ "id": id, "stream": stream, "meta": { "event_id": id } })
}

fn create(body: Value) -> Operation {
    Operation::Create { body: object(body) }
}

fn upsert(body: Value) -> Operation {
    Operation::Upsert { body: object(body), precondition: Precondition::None }
}

fn replace(id: &str, body: Value) -> Operation {
    Operation::Replace { id: id.to_owned(), body: object(body), precondition: Precondition::None }
}

fn delete(id: &str) -> Operation {
    Operation::Delete { id: id.to_owned(), precondition: Precondition::None }
}

fn read(id: &str, precondition: Precondition) -> Operation {
    Operation::Read { id: id.to_owned(), precondition }
}

fn json_of(document: &Document) -> Value {
    serde_json::from_slice(&document.body).unwrap()
}

fn id_in(body: &[u8]) -> String {
    serde_json::from_slice::<Value>(body).unwrap()["id"].as_str().unwrap().to_owned()
}

fn ids(page: &FeedPage) -> Vec<String> {
    page.changes.iter().map(|change| id_in(&change.body)).collect()
}

fn document_of(outcome: Outcome) -> Document {
    match outcome {
        Outcome::Created(document) | Outcome::Replaced(document) | Outcome::Read(document) => {
            document
        }
        other => panic!("{other:?} has no document"),
    }
}
