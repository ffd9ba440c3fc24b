//! Requests that mean no good, or make no sense: each is answered or cut off, and nobody else notices.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;

use crate::support::answered;
use crate::world::World;

/// Still there, and still right.
async fn serves(world: &World) {
    world.plain.send("q", &[], "after all").await;
    let locked = world.plain.lock("q").await;
    assert_eq!(locked.text, "after all");
    assert_eq!(world.plain.settle(Method::DELETE, &locked).await, 200);
}

/// Sends bytes as they are and reads what comes back, if anything.
fn raw(world: &World, bytes: &[u8]) -> String {
    let address = world.server.endpoint()["http://".len()..].trim_end_matches('/');
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may have hung up already.
    let _ = connection.write_all(bytes);
    let _ = connection.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_any_size_are_read_or_refused() {
    let world = World::start().await;
    for (bytes, status) in
        [(0, 201), (262_000, 201), (262_144, 403), (2 << 20, 403), (20 << 20, 403)]
    {
        let request = world.plain.signed(Method::POST, "/q/messages").body(vec![b'x'; bytes]);
        assert_eq!(answered(request).await.status, status, "{bytes}");
    }
    assert_eq!(world.plain.admin(Method::POST, "reset", "").await.status, 200);
    serves(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_text_comes_back_as_it_was() {
    let world = World::start().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let request = world.plain.signed(Method::POST, "/q/messages").body(bytes.clone());
    assert_eq!(answered(request).await.status, 201);
    let request = world.plain.signed(Method::DELETE, "/q/messages/head?timeout=0");
    let received = request.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(received, bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_any_kind_are_read_or_refused() {
    let world = World::start().await;
    let send = async |name: &str, value: &[u8]| {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        answered(world.plain.signed(Method::POST, "/q/messages").header(name, value)).await.status
    };
    assert_eq!(send("note", b"\xff\xfe").await, 400);
    assert_eq!(send("note", "größer".as_bytes()).await, 201);
    assert_eq!(send("brokerproperties", b"\xff").await, 400);
    assert_eq!(send("brokerproperties", &b"[".repeat(20_000)).await, 400);
    assert_eq!(send("brokerproperties", br#"{"TimeToLive":1e308}"#).await, 201);
    assert_eq!(send("brokerproperties", br#"{"TimeToLive":1e999}"#).await, 400);
    assert_eq!(send("note", &b"x".repeat(70_000)).await, 403);
    let huge = send("note", &b"x".repeat(600_000)).await;
    assert!(matches!(huge, 400 | 431 | 403), "{huge}");
    assert_eq!(world.plain.admin(Method::POST, "reset", "").await.status, 200);
    serves(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_cut_off() {
    let world = World::start().await;
    let cases: [&[u8]; 6] = [
        b"\x16\x03\x01 this is not HTTP\r\n\r\n",
        b"POST /q/messages HTTP/1.1\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /q/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"POST /q/messages/head?timeout=%zz HTTP/1.1\r\nhost: \xff\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
    ];
    for case in cases {
        let answer = raw(&world, case);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    serves(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_requests_are_all_answered_and_none_is_a_defect() {
    const WORDS: [&str; 14] = [
        "/",
        "q",
        "events",
        "subscriptions",
        "orders",
        "messages",
        "head",
        "$deadletterqueue",
        "%2F",
        "%00",
        "_admin",
        "entities",
        "..",
        "7da9cfd5-40d5-4bb1-8d64-ec5a52e1c547",
    ];
    let world = World::start().await;
    let mut random = StdRng::seed_from_u64(7);
    for round in 0..400 {
        let mut path = String::new();
        for _ in 0..random.random_range(1..6) {
            path.push('/');
            path.push_str(WORDS[random.random_range(0..WORDS.len())]);
        }
        let method = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH]
            [random.random_range(0..5)]
        .clone();
        let mut body = vec![0; random.random_range(0..64)];
        random.fill(&mut body[..]);
        let path = format!("{path}?timeout=0");
        let answer = answered(world.plain.signed(method.clone(), &path).body(body)).await;
        assert!(answer.status < 500, "round {round}: {method} {path}: {answer:?}");
    }
    assert_eq!(world.plain.admin(Method::POST, "reset", "").await.status, 200);
    serves(&world).await;
}
