//! Stored procedures over plain HTTP: the SDK has none.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Answered;
use crate::world::{CONTAINER, World};

const KEY: (&str, &str) = ("x-ms-documentdb-partitionkey", r#"["meter:1"]"#);

async fn define(world: &World, id: &str, body: &str) -> Answered {
    let path = format!("{CONTAINER}/sprocs");
    let procedure = json!({"id": id, "body": body}).to_string();
    world.plain.send(Method::POST, &path, &[], procedure).await
}

async fn call(world: &World, id: &str, arguments: &Value) -> Answered {
    let path = format!("{CONTAINER}/sprocs/{id}");
    world.plain.send(Method::POST, &path, &[KEY], arguments.to_string()).await
}

/// Defines a procedure and calls it once.
async fn run(world: &World, body: &str, arguments: &Value) -> Answered {
    let defined = define(world, "run", body).await;
    assert_eq!(defined.status, 201, "{defined:?}");
    call(world, "run", arguments).await
}

async fn is_stored(world: &World, id: &str) -> bool {
    world.events.read_item("meter:1", id, None).await.is_ok()
}

/// Creates a document for each id given, then does what `last` says.
fn creates(last: &str) -> String {
    format!(
        "function (ids) {{
            const collection = getContext().getCollection();
            ids.forEach(id => {{
                const event = {{ id, stream: 'meter:1', token: id }};
                collection.createDocument(collection.getSelfLink(), event, err => {{ if (err) throw err; }});
            }});
            {last}
        }}"
    )
}

#[tokio::test]
async fn a_procedure_lives_from_create_to_delete() {
    let world = World::start().await;
    let path = format!("{CONTAINER}/sprocs/greet");
    let send = |method: Method, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        world.plain.send(method, &path, &[], body)
    };
    assert_eq!(define(&world, "greet", "function () {}").await.status, 201);
    assert_eq!(define(&world, "greet", "function () {}").await.status, 409);
    let read = send(Method::GET, Value::Null).await;
    assert_eq!(read.json()["body"], "function () {}");
    let body = "function (name) { getContext().getResponse().setBody('hello ' + name); }";
    let replaced = send(Method::PUT, json!({"id": "greet", "body": body})).await;
    assert_eq!(replaced.status, 200);
    assert_eq!(call(&world, "greet", &json!(["meter"])).await.json(), "hello meter");
    let list = world.plain.send(Method::GET, &format!("{CONTAINER}/sprocs"), &[], "").await;
    assert_eq!(list.json()["StoredProcedures"][0]["id"], "greet");
    assert_eq!(send(Method::DELETE, Value::Null).await.status, 204);
    assert_eq!(send(Method::GET, Value::Null).await.status, 404);
    assert_eq!(call(&world, "greet", &json!([])).await.status, 404);
}

// Feature: Stored procedures
#[tokio::test]
async fn what_a_procedure_writes_is_one_transaction() {
    let world = World::start().await;
    let body = creates("getContext().getResponse().setBody({ count: ids.length });");
    let answer = run(&world, &body, &json!([["a", "b", "c"]])).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"count": 3})), "{answer:?}");
    assert_eq!(answer.header("lsn"), "1");
    assert!(answer.charge() > 3.0 * 4.5 + 4.0, "{}", answer.charge());
    assert!(is_stored(&world, "a").await && is_stored(&world, "c").await);
}

#[tokio::test]
async fn a_procedure_that_throws_leaves_nothing_and_tells_its_number() {
    let world = World::start().await;
    let body = creates("throw new Error(409, 'no more');");
    let answer = run(&world, &body, &json!([["a", "b"]])).await;
    assert_eq!((answer.status, answer.sub_status.as_deref()), (400, Some("409")));
    let json = answer.json();
    let message = json["message"].as_str().unwrap();
    assert!(message.starts_with("Message: {\"Errors\":[\"Encountered exception"), "{message}");
    assert!(message.contains("no more"), "{message}");
    assert!(!is_stored(&world, "a").await);
}

#[tokio::test]
async fn a_failed_operation_rolls_back_those_before_it() {
    let world = World::start().await;
    let answer = run(&world, &creates(""), &json!([["a", "b", "a"]])).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(!is_stored(&world, "a").await && !is_stored(&world, "b").await);
}

#[tokio::test]
async fn a_procedure_that_loops_for_ever_is_stopped_and_others_go_on_meanwhile() {
    let world = World::start().await;
    define(&world, "loop", "function () { while (true) {} }").await;
    let begun = Instant::now();
    let arguments = json!([]);
    let looping = async {
        let answer = call(&world, "loop", &arguments).await;
        assert_eq!((answer.status, &answer.json()["code"]), (408, &json!("RequestTimeout")));
        begun.elapsed()
    };
    let others = async {
        world.store("meter:2", 1..=5).await;
        begun.elapsed()
    };
    let (stopped_after, others_after) = tokio::join!(looping, others);
    assert!(stopped_after >= Duration::from_secs(4));
    assert!(others_after < stopped_after);
}

#[tokio::test]
async fn a_procedure_needs_a_partition_key() {
    let world = World::start().await;
    define(&world, "greet", "function () {}").await;
    let path = format!("{CONTAINER}/sprocs/greet");
    let answer = world.plain.send(Method::POST, &path, &[], "[]").await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("x-ms-documentdb-partitionkey"));
}

#[tokio::test]
async fn arguments_must_be_a_list() {
    let world = World::start().await;
    let answer = run(&world, "function () {}", &json!({"name": "meter"})).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn what_does_not_compile_is_not_stored() {
    let world = World::start().await;
    let answer = define(&world, "broken", "function ( {").await;
    assert_eq!((answer.status, answer.sub_status.as_deref()), (400, Some("65535")));
    assert_eq!(call(&world, "broken", &json!([])).await.status, 404);
}

#[tokio::test]
async fn the_log_is_sent_when_asked_for() {
    let world = World::start().await;
    define(&world, "log", "function () { console.log('read 3 meters'); }").await;
    let path = format!("{CONTAINER}/sprocs/log");
    let headers = [KEY, ("x-ms-documentdb-script-enable-logging", "true")];
    let answer = world.plain.send(Method::POST, &path, &headers, "[]").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let log = answer.header("x-ms-documentdb-script-log-results");
    assert!(log.contains("read%203%20meters"), "{log}");
    let silent = call(&world, "log", &json!([])).await;
    assert!(silent.headers.get("x-ms-documentdb-script-log-results").is_none());
}
