//! Connections that are closed by half, closed too soon, slow, many, or no HTTP at all.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::{Wire, create, signed};
use crate::world::{PATIENCE, World};

#[tokio::test]
async fn a_client_that_closes_its_half_is_answered_or_let_go_and_its_item_stored() {
    let world = World::start().await;
    let mut wire = Wire::to(&world).await;
    wire.write(create("half", &[]).as_bytes()).await;
    wire.shut().await;
    let answer = wire.answer().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 201"), "{answer}");
    world.is_well().await;
    let again = world.post("/docs", &[crate::world::KEY], r#"{"id":"half","pk":"p"}"#).await;
    assert_eq!(again.status, 409, "{again:?}");
}

#[tokio::test]
async fn a_request_that_breaks_off_stores_nothing() {
    let world = World::start().await;
    let whole = create("broken", &[]);
    for length in (1..whole.len()).step_by(37) {
        let mut wire = Wire::to(&world).await;
        wire.write(&whole.as_bytes()[..length]).await;
        wire.shut().await;
        let answer = wire.answer().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{length}: {answer}");
    }
    let made = world.post("/docs", &[crate::world::KEY], r#"{"id":"broken","pk":"p"}"#).await;
    assert_eq!(made.status, 201, "a broken request was stored");
    world.is_well().await;
}

#[tokio::test]
async fn clients_that_go_away_before_their_answer_harm_nobody() {
    let world = World::start().await;
    for number in 0..200 {
        let mut wire = Wire::to(&world).await;
        wire.write(create(&format!("gone{number}"), &[]).as_bytes()).await;
        drop(wire);
    }
    world.is_well().await;
}

#[tokio::test]
async fn slow_clients_are_served_in_the_end_and_hold_up_nobody() {
    let world = World::start().await;
    let mut slow = Vec::new();
    for number in 0..20 {
        let mut wire = Wire::to(&world).await;
        let request = create(&format!("slow{number}"), &[("connection", "close")]);
        slow.push(tokio::spawn(async move {
            for piece in request.as_bytes().chunks(16) {
                wire.write(piece).await;
                // The pause is what makes it slow.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            wire.answer().await
        }));
    }
    world.is_well().await;
    for answer in slow {
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
}

#[tokio::test]
async fn hundreds_of_idle_connections_hold_up_nobody() {
    let world = World::start().await;
    let mut idle = Vec::new();
    for number in 0..300 {
        let mut wire = Wire::to(&world).await;
        let begun = create(&format!("idle{number}"), &[]);
        wire.write(&begun.as_bytes()[..number % begun.len()]).await;
        idle.push(wire);
    }
    world.is_well().await;
    // A server with connections open stops all the same.
    tokio::time::timeout(PATIENCE, world.server.stop()).await.expect("it does not stop");
}

#[tokio::test]
async fn a_client_that_reads_nothing_holds_up_nobody() {
    let world = World::start().await;
    let text = "x".repeat(1_000_000);
    let body = serde_json::json!({"id": "large", "pk": "p", "text": text}).to_string();
    assert_eq!(world.post("/docs", &[crate::world::KEY], body).await.status, 201);
    let mut wires = Vec::new();
    for _ in 0..20 {
        let mut wire = Wire::to(&world).await;
        for _ in 0..5 {
            wire.write(signed("GET", "/docs/large", &[], "").as_bytes()).await;
        }
        wires.push(wire);
    }
    world.is_well().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let world = World::start().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let frames = [preface.clone(), vec![0xff; 5_000]].concat();
    let settings = [preface.clone(), vec![0, 0, 0, 4, 0, 0, 0, 0, 0], vec![0x7f; 300]].concat();
    let header = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(2 << 20)).into_bytes();
    let many = "GET / HTTP/1.1\r\n".to_owned() + &"a: b\r\n".repeat(5_000) + "\r\n";
    for bytes in [
        vec![0; 5_000],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"\r\n\r\n\r\n".to_vec(),
        b"POST /dbs HTTP/1.1\r\ncontent-length: -5\r\n\r\n".to_vec(),
        b"POST /dbs HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n".to_vec(),
        b"POST /dbs HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        b"POST /dbs HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            .to_vec(),
        header,
        many.into_bytes(),
        preface,
        frames,
        settings,
    ] {
        let mut wire = Wire::to(&world).await;
        wire.write(&bytes).await;
        wire.shut().await;
        let mut answer = Vec::new();
        // An error is the server's end of a connection that it had enough of.
        let read = wire.0.read_to_end(&mut answer);
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server hangs");
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.starts_with("HTTP/1.1 2"), "{:.40}: {text}", String::from_utf8_lossy(&bytes));
    }
    world.is_well().await;
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_their_order() {
    let world = World::start().await;
    let mut wire = Wire::to(&world).await;
    let mut all = create("first", &[]);
    all += &signed("GET", "/docs/first", &[], "");
    all += &signed("GET", "/docs/none", &[("connection", "close")], "");
    wire.write(all.as_bytes()).await;
    let answer = wire.answer().await;
    let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|part| &part[..3]).collect();
    assert_eq!(statuses, ["201", "200", "404"]);
    wire.0.shutdown().await.ok();
    world.is_well().await;
}
