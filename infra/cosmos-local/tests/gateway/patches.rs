//! Patches over plain HTTP, in the forms that the clients send.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answered, key};
use crate::world::{CONTAINER, World};

async fn patch(world: &World, headers: &[(&str, &str)], body: Value) -> Answered {
    let key = key("meter:1");
    let mut all = vec![("x-ms-documentdb-partitionkey", key.as_str())];
    all.extend(headers);
    let path = format!("{CONTAINER}/docs/meter:1:1");
    world.plain.send(Method::PATCH, &path, &all, body.to_string()).await
}

async fn started() -> World {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    world
}

fn set(value: u32) -> Value {
    json!([{ "op": "set", "path": "/version", "value": value }])
}

// Feature: Partial document update (patch)
#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let world = started().await;
    let operations = json!([
        { "op": "incr", "path": "/version", "value": 4 },
        { "op": "add", "path": "/note", "value": "read" },
    ]);
    let patched = patch(&world, &[], json!({ "operations": operations })).await;
    assert_eq!(patched.status, 200);
    let document = patched.json();
    assert_eq!((&document["version"], &document["note"]), (&json!(5), &json!("read")));
    assert_eq!(document["token"], "meter:1/1");
    assert_eq!(patched.header("etag"), document["_etag"].as_str().unwrap());
    // JavaScript sends the operations alone.
    assert_eq!(patch(&world, &[], set(7)).await.json()["version"], 7);
    let quiet = patch(&world, &[("prefer", "return=minimal")], set(8)).await;
    assert_eq!((quiet.status, quiet.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_condition_or_an_etag_that_does_not_hold_is_412() {
    let world = started().await;
    let when = |condition: &str| json!({ "operations": set(9), "condition": condition });
    let refused = patch(&world, &[], when("from c where c.version = 2")).await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (412, Some("PreconditionFailed"))
    );
    let other = patch(&world, &[], when("FROM c WHERE c.id = 'another'")).await;
    assert_eq!(other.status, 412);
    assert_eq!(patch(&world, &[("if-match", "\"stale\"")], set(9)).await.status, 412);
    assert_eq!(patch(&world, &[], when("nonsense")).await.status, 400);
    let taken = patch(&world, &[], when("FROM c WHERE c.version = 1")).await;
    assert_eq!((taken.status, &taken.json()["version"]), (200, &json!(9)));
}

#[tokio::test]
async fn what_cannot_be_patched_is_refused_and_nothing_changes() {
    let world = started().await;
    let change = |path: &str| {
        json!([
            { "op": "set", "path": "/version", "value": 9 },
            { "op": "set", "path": path, "value": "x" },
        ])
    };
    for path in ["/id", "/_etag", "/stream", "/no/where"] {
        assert_eq!(patch(&world, &[], change(path)).await.status, 400, "{path}");
    }
    let document = patch(&world, &[], json!([{ "op": "add", "path": "/x", "value": 1 }])).await;
    assert_eq!(document.json()["version"], 1);
    let key = key("meter:1");
    let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
    let path = format!("{CONTAINER}/docs/absent");
    let absent = world.plain.send(Method::PATCH, &path, &headers, set(1).to_string()).await;
    assert_eq!(absent.status, 404);
}

#[tokio::test]
async fn a_patch_stands_in_a_batch_and_falls_with_it() {
    let world = started().await;
    let key = key("meter:1");
    let headers = [
        ("x-ms-documentdb-partitionkey", key.as_str()),
        ("x-ms-cosmos-is-batch-request", "True"),
        ("x-ms-cosmos-batch-atomic", "True"),
    ];
    let batch = async |condition: &str| {
        let patch = json!({ "operations": set(5), "condition": condition });
        let operations = json!([
            { "operationType": "Create", "resourceBody": { "id": "n", "stream": "meter:1" } },
            { "operationType": "Patch", "id": "meter:1:1", "resourceBody": patch },
        ]);
        let docs = format!("{CONTAINER}/docs");
        world.plain.send(Method::POST, &docs, &headers, operations.to_string()).await
    };
    let refused = batch("from c where c.version = 2").await;
    assert_eq!(refused.status, 207);
    let codes = refused.json();
    assert_eq!((&codes[0]["statusCode"], &codes[1]["statusCode"]), (&json!(424), &json!(412)));
    let done = batch("from c where c.version = 1").await;
    assert_eq!((done.status, &done.json()[1]["resourceBody"]["version"]), (200, &json!(5)));
}
