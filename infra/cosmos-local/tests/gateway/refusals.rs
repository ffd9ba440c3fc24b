//! Bad input: refused by name, and nothing is stored.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answered, Plain};
use crate::world::{CONTAINER, Event, World, status};

const KEY: (&str, &str) = ("x-ms-documentdb-partitionkey", r#"["meter:1"]"#);

async fn create(
    world: &World,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Answered {
    let path = format!("{CONTAINER}/docs");
    world.plain.send(Method::POST, &path, headers, body).await
}

/// Nothing was ever written when the first write has the first number.
async fn nothing_is_stored(world: &World) -> bool {
    let body = Event::new("meter:1", 1).json();
    create(world, &[KEY], body).await.header("lsn") == "1"
}

// Feature: Account keys, enforced
#[tokio::test]
async fn a_wrong_key_is_401_and_names_what_was_to_be_signed() {
    let world = World::start().await;
    let stranger = Plain::new(world.server.endpoint(), "d3Jvbmc=");
    let answer = stranger.send(Method::GET, CONTAINER, &[], "").await;
    assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("Unauthorized")));
    let json = answer.json();
    let message = json["message"].as_str().unwrap();
    assert!(message.contains(r"get\ncolls\ndbs/meters/colls/events\n"), "{message}");
}

#[tokio::test]
async fn only_the_probes_need_no_key() {
    let world = World::start().await;
    assert_eq!(world.plain.unsigned("/ready").await.status, 200);
    assert_eq!(world.plain.unsigned("/probe").await.status, 200);
    assert_eq!(world.plain.unsigned("/").await.status, 401);
    assert_eq!(world.plain.unsigned("/dbs").await.status, 401);
}

#[tokio::test]
async fn an_item_of_three_megabytes_is_too_large() {
    let world = World::start().await;
    let mut event = Event::new("meter:1", 1);
    event.token = "x".repeat(3 << 20);
    let result = world.events.create_item("meter:1", &event.id, &event, None);
    assert_eq!(status(result.await), 413);
    let answer = create(&world, &[KEY], event.json()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (413, &json!("RequestEntityTooLarge")));
    let answer = create(&world, &[KEY], vec![b' '; 20 << 20]).await;
    assert_eq!(answer.status, 413);
    assert!(nothing_is_stored(&world).await);
}

#[tokio::test]
async fn malformed_bodies_are_refused_by_what_is_wrong() {
    let world = World::start().await;
    let deep = "[".repeat(200_000);
    let binary_bomb = [vec![0x80], vec![0xE1; 200_000]].concat();
    let cases: [(Vec<u8>, &str); 6] = [
        (b"{\"id\":\"a\",".to_vec(), "not valid JSON"),
        (b"\xff\xfe".to_vec(), "not UTF-8"),
        (b"[]".to_vec(), "must be a JSON object"),
        (b"".to_vec(), "not valid JSON"),
        (deep.into_bytes(), "recursion limit"),
        (binary_bomb, "binary JSON"),
    ];
    for (body, wrong) in cases {
        let answer = create(&world, &[KEY], body).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.text.contains(wrong), "{wrong}: {}", answer.text);
    }
    assert!(nothing_is_stored(&world).await);
}

#[tokio::test]
async fn ids_that_cannot_be_addressed_are_refused() {
    let world = World::start().await;
    for id in ["a/b", "a\\b", "", &"x".repeat(1024)] {
        let body = json!({"id": id, "stream": "meter:1", "token": "e"});
        let answer = create(&world, &[KEY], body.to_string()).await;
        assert_eq!(answer.status, 400, "{id}");
        assert!(answer.text.contains("id"), "{}", answer.text);
    }
    let without = json!({"stream": "meter:1"}).to_string();
    assert_eq!(create(&world, &[KEY], without).await.status, 400);
    assert!(nothing_is_stored(&world).await);
}

#[tokio::test]
async fn header_and_body_must_agree_on_the_partition_key() {
    let world = World::start().await;
    let body = Event::new("meter:2", 1).json();
    let answer = create(&world, &[KEY], body.clone()).await;
    assert_eq!((answer.status, answer.sub_status.as_deref()), (400, Some("1001")));
    assert_eq!(create(&world, &[], body.clone()).await.status, 400);
    let two = [("x-ms-documentdb-partitionkey", r#"["meter:2","x"]"#)];
    assert_eq!(create(&world, &two, body).await.status, 400);
    assert!(nothing_is_stored(&world).await);
}

// Missing: Triggers
// Missing: User-defined functions (UDFs)
// Missing: Users and permissions
#[tokio::test]
async fn what_is_missing_is_501_by_name_and_what_is_unknown_404_or_405() {
    let world = World::start().await;
    let send = async |method: Method, path: &str| world.plain.send(method, path, &[], "{}").await;
    let cases =
        [(Method::POST, "/triggers", "triggers"), (Method::GET, "/udfs", "user-defined functions")];
    for (method, path, name) in cases {
        let answer = send(method, &format!("{CONTAINER}{path}")).await;
        assert_eq!(answer.status, 501, "{path}");
        assert!(answer.text.contains(name), "{}", answer.text);
    }
    assert_eq!(send(Method::POST, "/dbs/meters/users").await.status, 501);
    assert_eq!(send(Method::GET, "/nowhere").await.status, 404);
    assert_eq!(send(Method::PUT, "/dbs").await.status, 405);
}

#[tokio::test]
async fn every_answer_carries_its_activity_and_charge() {
    let world = World::start().await;
    let echoed = [("x-ms-activity-id", "11111111-2222-3333-4444-555555555555"), KEY];
    let answer = create(&world, &echoed, "{").await;
    assert_eq!(answer.header("x-ms-activity-id"), echoed[0].1);
    assert_eq!(answer.header("x-ms-request-charge"), "1.00");
    assert_eq!(answer.header("content-type"), "application/json");
    let made = world.plain.unsigned("/dbs").await;
    assert_eq!(made.header("x-ms-activity-id").len(), 36);
}
