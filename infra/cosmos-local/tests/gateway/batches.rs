//! Transactional batches: all operations or none.

use azure_data_cosmos::TransactionalBatch;
use azure_data_cosmos::models::TransactionalBatchOperationResult;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answered, key};
use crate::world::{CONTAINER, Event, World, status};

async fn send(world: &World, stream: &str, operations: &Value) -> Answered {
    let key = key(stream);
    let headers = [
        ("x-ms-cosmos-is-batch-request", "True"),
        ("x-ms-cosmos-batch-atomic", "True"),
        ("x-ms-documentdb-partitionkey", key.as_str()),
    ];
    let path = format!("{CONTAINER}/docs");
    let body = operations.to_string();
    world.plain.send(Method::POST, &path, &headers, body).await
}

#[tokio::test]
async fn a_batch_writes_everything_in_one_transaction() {
    let world = World::start().await;
    let batch = TransactionalBatch::new("meter:1")
        .create_item(Event::new("meter:1", 1))
        .and_then(|batch| batch.create_item(Event::new("meter:1", 2)))
        .and_then(|batch| batch.upsert_item(Event::new("meter:1", 3), None))
        .unwrap()
        .read_item("meter:1:2", None)
        .delete_item("meter:1:1", None);
    let done = world.events.execute_transactional_batch(batch, None).await.unwrap();
    assert_eq!(done.headers().lsn(), Some(1));
    let charge = done.headers().request_charge().unwrap().value();
    let results = done.into_model().unwrap();
    let results = results.results();
    let codes: Vec<u16> =
        results.iter().map(TransactionalBatchOperationResult::status_code).collect();
    assert_eq!(codes, [201, 201, 201, 200, 204]);
    let sum: f64 =
        results.iter().filter_map(TransactionalBatchOperationResult::request_charge).sum();
    assert!((charge - sum).abs() < 0.01, "{charge} is not {sum}");
    assert_eq!(status(world.events.read_item("meter:1", "meter:1:1", None).await), 404);
    assert!(world.events.read_item("meter:1", "meter:1:3", None).await.is_ok());
}

// Feature: Transactional batch
#[tokio::test]
async fn one_failure_rolls_everything_back_and_marks_the_others_as_dependants() {
    let world = World::start().await;
    world.store("meter:1", 2..=2).await;
    let batch = TransactionalBatch::new("meter:1")
        .create_item(Event::new("meter:1", 1))
        .and_then(|batch| batch.create_item(Event::new("meter:1", 2)))
        .and_then(|batch| batch.create_item(Event::new("meter:1", 3)))
        .unwrap();
    let done = world.events.execute_transactional_batch(batch, None).await.unwrap();
    assert_eq!(u16::from(done.status().status_code()), 207);
    let results = done.into_model().unwrap();
    let codes: Vec<u16> =
        results.results().iter().map(TransactionalBatchOperationResult::status_code).collect();
    assert_eq!(codes, [424, 409, 424]);
    for id in ["meter:1:1", "meter:1:3"] {
        assert_eq!(status(world.events.read_item("meter:1", id, None).await), 404);
    }
}

#[tokio::test]
async fn a_read_of_what_is_absent_fails_the_batch() {
    let world = World::start().await;
    let event = serde_json::to_value(Event::new("meter:1", 2)).unwrap();
    let operations = json!([
        {"operationType": "Read", "id": "meter:1:1"},
        {"operationType": "Create", "resourceBody": event},
    ]);
    let answer = send(&world, "meter:1", &operations).await;
    assert_eq!(answer.status, 207);
    assert_eq!(answer.json()[0]["statusCode"], 404);
    assert_eq!(answer.json()[1]["statusCode"], 424);
}

#[tokio::test]
async fn a_foreign_partition_key_fails_its_operation() {
    let world = World::start().await;
    let event = serde_json::to_value(Event::new("meter:2", 1)).unwrap();
    let operations = json!([{"operationType": "Create", "resourceBody": event}]);
    let answer = send(&world, "meter:1", &operations).await;
    assert_eq!(answer.json()[0]["statusCode"], 400);
    assert_eq!(answer.json()[0]["substatusCode"], 1001);
}

#[tokio::test]
async fn a_hundred_operations_are_taken_and_one_more_is_not() {
    let world = World::start().await;
    let creates = |count: u32| {
        let events = (1..=count).map(|version| Event::new("meter:1", version));
        let creates = events.map(|event| json!({"operationType": "Create", "resourceBody": event}));
        creates.collect::<Value>()
    };
    assert_eq!(send(&world, "meter:1", &creates(101)).await.status, 400);
    assert_eq!(send(&world, "meter:1", &creates(100)).await.status, 200);
}

#[tokio::test]
async fn more_than_two_megabytes_are_too_large() {
    let world = World::start().await;
    let create = |n: u32| {
        let mut body = serde_json::to_value(Event::new("meter:1", n)).unwrap();
        body["data"] = "x".repeat(1_200_000).into();
        json!({"operationType": "Create", "resourceBody": body})
    };
    let answer = send(&world, "meter:1", &json!([create(1), create(2)])).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["code"], "RequestEntityTooLarge");
}

// Feature: Bulk operations
#[tokio::test]
async fn operations_of_a_bulk_stand_and_fall_alone() {
    let world = World::with_partitions(4).await;
    world.store("meter:1", 1..=1).await;
    let admin = world.server.admin();
    let range = admin.range_of("meters", "events", "meter:1").unwrap().id.to_string();
    let elsewhere = (2..100)
        .map(|n| format!("meter:{n}"))
        .find(|stream| admin.range_of("meters", "events", stream).unwrap().id.to_string() != range);
    let elsewhere = elsewhere.unwrap();
    let operation = |kind: &str, stream: &str, version| {
        let body = serde_json::to_value(Event::new(stream, version)).unwrap();
        let key = format!("[\"{stream}\"]");
        json!({ "operationType": kind, "id": body["id"], "partitionKey": key, "resourceBody": body })
    };
    let operations = json!([
        operation("Create", "meter:1", 2),
        operation("Create", "meter:1", 1),
        operation("Create", &elsewhere, 1),
        operation("Read", "meter:1", 1),
        operation("Delete", "meter:1", 1),
        operation("Fly", "meter:1", 1),
    ]);
    let headers = [
        ("x-ms-cosmos-is-batch-request", "True"),
        ("x-ms-cosmos-batch-atomic", "False"),
        ("x-ms-documentdb-partitionkeyrangeid", range.as_str()),
    ];
    let path = format!("{CONTAINER}/docs");
    let answer = world.plain.send(Method::POST, &path, &headers, operations.to_string()).await;
    assert_eq!(answer.status, 207);
    let results = answer.json();
    let codes = results.as_array().unwrap().iter().map(|it| it["statusCode"].as_u64().unwrap());
    assert_eq!(codes.collect::<Vec<_>>(), [201, 409, 410, 200, 204, 400]);
    assert_eq!(
        (&results[2]["substatusCode"], &results[3]["resourceBody"]["version"]),
        (&json!(1002), &json!(1))
    );
    let gone = [headers[0], headers[1], ("x-ms-documentdb-partitionkeyrangeid", "77")];
    let answer = world.plain.send(Method::POST, &path, &gone, operations.to_string()).await;
    assert_eq!(answer.status, 410);
}
