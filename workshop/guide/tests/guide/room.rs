//! `room`: nothing is told before somebody joins, and nothing after they leave.

use crate::store::workshop;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// A room that answers each message in turn, and what it was sent.
fn room(answers: &'static [(u16, &'static str)]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (heard, messages) = mpsc::channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().expect("a guide");
            let mut request = String::new();
            let mut bytes = [0; 1024];
            while !request.ends_with('}') {
                let count = stream.read(&mut bytes).expect("a request");
                request.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            let answer = format!(
                "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).expect("an answer");
            let what = request.split(' ').nth(1).unwrap_or_default();
            let said = request.rsplit("\r\n\r\n").next().unwrap_or_default();
            heard.send(format!("{what} {said}")).expect("the test listens");
        }
    });
    (address, messages)
}

fn next(messages: &Receiver<String>) -> (String, serde_json::Value) {
    let message = messages.recv_timeout(Duration::from_secs(10)).expect("a message");
    let (what, said) = message.split_once(' ').expect("a message");
    (what.into(), serde_json::from_str(said).expect("JSON"))
}

fn told(what: &str, said: serde_json::Value) -> (String, serde_json::Value) {
    (what.into(), said)
}

const WELCOME: &str = r#"{"ticket":"t-1","shared":false,"kept":true}"#;

#[test]
fn only_between_joining_and_leaving_is_anything_told() {
    let (address, messages) = room(&[(200, WELCOME), (204, ""), (204, "")]);
    let workshop = workshop();
    workshop.guide(&["check"]);
    assert!(messages.try_recv().is_err(), "nobody has joined");

    let joined = workshop.guide(&["room", "join", &address, "Ada", "L."]);
    assert_eq!(
        joined.out,
        "room   joined

  pass   the teacher sees: Ada L., at 01.1
  who    nobody else does
  kept   the teacher writes the list to a file when the room closes
  next   just check, and the step it stops at is told; just room leave ends it
"
    );
    let said = json!({ "name": "Ada L.", "step": "01.1", "passed": false });
    assert_eq!(next(&messages), told("/join", said));

    let checked = workshop.guide(&["check"]);
    assert!(
        checked.out.ends_with("  room   Ada L. is at 01.1 (just room leave)\n"),
        "{}",
        checked.out
    );
    let said = json!({ "ticket": "t-1", "step": "01.1", "passed": false });
    assert_eq!(next(&messages), told("/at", said));

    assert!(workshop.guide(&["room", "leave"]).out.contains("the room has forgotten you"));
    assert_eq!(next(&messages), told("/leave", json!({ "ticket": "t-1" })));
    assert!(!workshop.path(".guide/room").exists());
    assert!(!workshop.guide(&["check"]).out.contains("room"));
}

#[test]
fn a_refusal_is_shown_in_the_rooms_own_words_and_joins_nothing() {
    let (address, _messages) = room(&[(409, "somebody here is called Ada already\u{7}")]);
    let workshop = workshop();
    let answer = workshop.guide(&["room", "join", &address, "Ada"]);
    assert_eq!((answer.code, &*answer.err), (2, "somebody here is called Ada already\n"));
    assert!(!workshop.path(".guide/room").exists());
}

#[test]
fn a_room_that_has_gone_stops_nobody() {
    let (address, _messages) = room(&[(200, WELCOME)]);
    let workshop = workshop();
    assert_eq!(workshop.guide(&["room", "join", &address, "Ada"]).code, 0);
    let checked = workshop.guide(&["check"]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("nothing was told: no room answers at"), "{}", checked.out);
    assert!(workshop.guide(&["room", "leave"]).out.contains("nothing more is told"));
    assert!(!workshop.path(".guide/room").exists());
}

#[test]
fn what_is_no_address_is_refused_before_anything_is_sent() {
    let answer = workshop().guide(&["room", "join", "example.com", "Ada"]);
    assert!(answer.err.contains("`example.com` is no address of a room"), "{}", answer.err);
}
