//! Faults ordered over HTTP and through the handle, as plain clients and the SDK live through them.

use std::time::{Duration, Instant};

use azure_data_cosmos::TransactionalBatch;
use cosmos_local::{Effect, Fault, OperationKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answered, Plain, key};
use crate::world::{CONTAINER, Event, World, status};

const FAULTS: &str = "/_admin/faults";

async fn order(world: &World, fault: Value) -> Answered {
    world.plain.send(Method::POST, FAULTS, &[], fault.to_string()).await
}

async fn create(world: &World, version: u32) -> reqwest::Result<Answered> {
    let event = Event::new("meter:1", version);
    let key = key(&event.stream);
    let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
    world.plain.try_send(Method::POST, &format!("{CONTAINER}/docs"), &headers, event.json()).await
}

async fn read(world: &World, version: u32) -> Answered {
    let key = key("meter:1");
    let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
    let path = format!("{CONTAINER}/docs/meter:1:{version}");
    world.plain.send(Method::GET, &path, &headers, "").await
}

// Feature: Fault injection
#[tokio::test]
async fn the_next_matching_requests_are_answered_as_ordered_and_nothing_is_done() {
    let world = World::start().await;
    for (effect, expected, sub_status) in [
        ("throttled", 429, Some("3200")),
        ("retryWith", 449, None),
        ("unavailable", 503, None),
        ("timeout", 408, None),
    ] {
        let fault =
            json!({ "effect": effect, "retryAfterMs": 7, "operation": "create", "count": 2 });
        assert_eq!(order(&world, fault).await.status, 201);
        for _ in 0..2 {
            assert_eq!(read(&world, 1).await.status, 404);
            let refused = create(&world, 1).await.unwrap();
            assert_eq!((refused.status, refused.sub_status.as_deref()), (expected, sub_status));
            if expected == 429 {
                assert_eq!(refused.header("x-ms-retry-after-ms"), "7");
            }
        }
    }
    assert_eq!(create(&world, 1).await.unwrap().status, 201);
}

#[tokio::test]
async fn every_kind_of_operation_can_be_told_from_the_others() {
    let world = World::start().await;
    let docs = format!("{CONTAINER}/docs");
    let (item, procedure) = (format!("{docs}/x"), format!("{CONTAINER}/sprocs/p"));
    let key = key("meter:1");
    let of = |more: &[(&'static str, &'static str)]| {
        let mut headers = vec![("x-ms-documentdb-partitionkey", key.as_str())];
        headers.extend(more);
        headers
    };
    for (kind, method, path, headers) in [
        ("read", Method::GET, &item, of(&[])),
        ("create", Method::POST, &docs, of(&[])),
        ("upsert", Method::POST, &docs, of(&[("x-ms-documentdb-is-upsert", "True")])),
        ("replace", Method::PUT, &item, of(&[])),
        ("patch", Method::PATCH, &item, of(&[])),
        ("delete", Method::DELETE, &item, of(&[])),
        ("batch", Method::POST, &docs, of(&[("x-ms-cosmos-is-batch-request", "True")])),
        ("query", Method::POST, &docs, of(&[("x-ms-documentdb-isquery", "True")])),
        ("feed", Method::GET, &docs, of(&[("a-im", "Incremental Feed")])),
        ("procedure", Method::POST, &procedure, of(&[])),
        ("metadata", Method::GET, &procedure, of(&[])),
        // Clients ask for a plan beside the query, and may not even wait for it.
        ("metadata", Method::POST, &docs, of(&[("x-ms-cosmos-is-query-plan-request", "True")])),
    ] {
        let fault = json!({ "effect": "retryWith", "operation": kind, "container": "events" });
        order(&world, fault).await;
        let struck = world.plain.send(method, path, &headers, "").await;
        assert_eq!(struck.status, 449, "{kind}");
    }
}

#[tokio::test]
async fn a_lost_answer_was_committed() {
    let world = World::start().await;
    order(&world, json!({ "effect": "loseAnswer", "operation": "create" })).await;
    let lost = create(&world, 1).await.unwrap_err();
    assert!(!lost.is_timeout() && lost.status().is_none(), "{lost:?}");
    assert_eq!(read(&world, 1).await.status, 200);
}

#[tokio::test]
async fn the_sdk_meets_its_own_write_when_an_answer_was_lost() {
    let world = World::start().await;
    let admin = world.server.admin();
    admin.inject(Fault::new(Effect::LoseAnswer).on(OperationKind::Create)).unwrap();
    let event = Event::new("meter:1", 1);
    let created = world.events.create_item("meter:1", &event.id, &event, None).await;
    assert_eq!(status(created), 409);
    admin.inject(Fault::new(Effect::LoseAnswer).on(OperationKind::Batch)).unwrap();
    let batch = TransactionalBatch::new("meter:1").create_item(Event::new("meter:1", 2)).unwrap();
    let answer = world.events.execute_transactional_batch(batch, None).await.unwrap();
    let results = answer.into_model().unwrap();
    assert_eq!(results.results()[0].status_code(), 409);
    assert_eq!(read(&world, 2).await.status, 200);
}

#[tokio::test]
async fn the_sdk_waits_out_a_throttled_request() {
    let world = World::start().await;
    let admin = world.server.admin();
    admin.inject(Fault::new(Effect::Throttled { retry_after_ms: 1 }).times(3)).unwrap();
    world.store("meter:1", 1..=1).await;
    assert_eq!(admin.faults()[0].struck, 3);
}

#[tokio::test]
async fn other_requests_on_the_connection_go_on_when_an_answer_is_lost() {
    let world = World::start().await;
    let admin = world.server.admin();
    admin.inject(Fault::new(Effect::Wait { wait_ms: 200 }).on(OperationKind::Read)).unwrap();
    admin.inject(Fault::new(Effect::LoseAnswer).on(OperationKind::Delete)).unwrap();
    world.store("meter:1", 1..=2).await;
    let read = world.events.read_item("meter:1", "meter:1:2", None);
    let delete = world.events.delete_item("meter:1", "meter:1:1", None);
    let (read, deleted) = tokio::join!(read, delete);
    assert!(read.is_ok());
    // The client's second try finds nothing.
    assert_eq!(status(deleted), 404);
}

#[tokio::test]
async fn a_request_that_waits_is_carried_out_afterwards() {
    let world = World::start().await;
    order(&world, json!({ "effect": "wait", "waitMs": 100 })).await;
    let began = Instant::now();
    assert_eq!(create(&world, 1).await.unwrap().status, 201);
    assert!(began.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_share_of_all_requests_is_struck() {
    let world = World::start().await;
    let tenth = Fault::new(Effect::RetryWith).times(0).with_probability(0.3, 1);
    world.server.admin().inject(tenth).unwrap();
    let mut struck = 0;
    for version in 1..=50 {
        struck += u64::from(create(&world, version).await.unwrap().status == 449);
    }
    assert!((5..30).contains(&struck), "{struck}");
    assert_eq!(world.server.admin().faults()[0].struck, struck);
}

#[tokio::test]
async fn faults_are_listed_and_cleared() {
    let world = World::start().await;
    order(&world, json!({ "effect": "timeout", "operation": "read", "count": 2 })).await;
    assert_eq!(read(&world, 1).await.status, 408);
    let list = world.plain.send(Method::GET, FAULTS, &[], "").await.json();
    let expected = json!({
        "effect": "timeout", "operation": "read", "count": 2,
        "probability": 1.0, "seed": 0, "struck": 1,
    });
    assert_eq!(list, json!({ "faults": [expected] }));
    assert_eq!(world.plain.send(Method::DELETE, FAULTS, &[], "").await.status, 204);
    assert_eq!(read(&world, 1).await.status, 404);
    assert!(world.server.admin().faults().is_empty());
}

#[tokio::test]
async fn faults_are_ordered_with_the_account_key_and_make_sense() {
    let world = World::start().await;
    let wrong = Plain::new(world.server.endpoint(), "d3Jvbmc=");
    let fault = r#"{"effect":"timeout"}"#;
    assert_eq!(wrong.send(Method::POST, FAULTS, &[], fault).await.status, 401);
    assert_eq!(world.plain.unsigned(FAULTS).await.status, 401);
    assert_eq!(world.plain.with_token(FAULTS).await.status, 403);
    for fault in [
        json!({}),
        json!({ "effect": "explode" }),
        json!({ "effect": "wait" }),
        json!({ "effect": "timeout", "probability": 2 }),
        json!({ "effect": "timeout", "operation": "guess" }),
        json!({ "effect": "timeout", "opration": "read" }),
    ] {
        assert_eq!(order(&world, fault.clone()).await.status, 400, "{fault}");
    }
    assert_eq!(create(&world, 1).await.unwrap().status, 201);
}
