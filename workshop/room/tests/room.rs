//! The room through its front door: what guides send, what the teacher sees, what is refused.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{Request, StatusCode};
use room::{Place, Refusal, Roll, Room, Rules, router};
use std::net::SocketAddr;
use std::time::Duration;
use tower::ServiceExt as _;

const TEACHER: [u8; 4] = [127, 0, 0, 1];
const ATTENDEE: [u8; 4] = [192, 168, 1, 33];

fn steps() -> Vec<(String, String)> {
    let steps = [("01.1", "one document"), ("01.2", "a late writer"), ("02.1", "decide")];
    steps.map(|(step, title)| (step.into(), title.into())).into()
}

fn open(shared: bool, kept: bool) -> Room {
    Room::open(Rules { shared, kept, steps: steps() })
}

/// A room, as seen from one machine.
fn from(room: &Room, machine: [u8; 4]) -> Router {
    router(room.clone()).layer(MockConnectInfo(SocketAddr::from((machine, 50_000))))
}

async fn answer(router: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.oneshot(request).await.expect("an answer");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8(bytes.into()).expect("text"))
}

async fn post(room: &Room, what: &str, message: &str) -> (StatusCode, String) {
    let request = Request::post(what).header("host", "192.168.1.20:3300");
    let request = request.body(Body::from(message.to_owned())).expect("a request");
    answer(from(room, ATTENDEE), request).await
}

async fn page(room: &Room, machine: [u8; 4]) -> (StatusCode, String) {
    let request = Request::get("/").header("host", "127.0.0.1:3300");
    answer(from(room, machine), request.body(Body::empty()).expect("a request")).await
}

async fn join(room: &Room, name: &str, step: &str) -> String {
    let message = format!(r#"{{"name":"{name}","step":"{step}","passed":false}}"#);
    let (status, said) = post(room, "/join", &message).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    said["ticket"].as_str().expect("a ticket").to_owned()
}

#[tokio::test]
async fn the_teacher_sees_at_which_step_somebody_is() {
    let room = open(false, false);
    let ticket = join(&room, "Ada", "01.1").await;
    join(&room, "Grace", "01.2").await;
    let at = format!(r#"{{"ticket":"{ticket}","step":"01.2","passed":false}}"#);
    assert_eq!(post(&room, "/at", &at).await.0, StatusCode::NO_CONTENT);
    let (_, page) = page(&room, TEACHER).await;
    assert!(page.contains("2 people; most are at 01.2 (2)."), "{page}");
    let row = page.lines().find(|line| line.contains(">01.2</th>")).expect("a row");
    assert!(row.contains("a late writer") && row.contains("Ada") && row.contains("Grace"), "{row}");
}

#[tokio::test]
async fn a_module_that_passes_is_a_row_behind_its_steps() {
    let room = open(false, false);
    let (status, _) = post(&room, "/join", r#"{"name":"Ada","step":"01.2","passed":true}"#).await;
    assert_eq!(status, StatusCode::OK);
    let (_, page) = page(&room, TEACHER).await;
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(place(">01.2</th>") < place(">01 done</th>"));
    assert!(place(">01 done</th>") < place(">02.1</th>"));
    assert!(page.contains("1 person, at 01 done."), "{page}");
}

#[tokio::test]
async fn who_leaves_is_forgotten_and_has_to_join_again() {
    let room = open(false, false);
    let ticket = join(&room, "Ada", "01.1").await;
    let leave = format!(r#"{{"ticket":"{ticket}"}}"#);
    assert_eq!(post(&room, "/leave", &leave).await.0, StatusCode::NO_CONTENT);
    assert!(!page(&room, TEACHER).await.1.contains("Ada"));
    let at = format!(r#"{{"ticket":"{ticket}","step":"01.2","passed":false}}"#);
    let (status, said) = post(&room, "/at", &at).await;
    assert_eq!((status, said), (StatusCode::GONE, Refusal::Unknown.to_string()));
}

#[tokio::test]
async fn the_page_is_for_the_teachers_machine_unless_it_is_shared() {
    let alone = open(false, false);
    join(&alone, "Ada", "01.1").await;
    let (status, said) = page(&alone, ATTENDEE).await;
    assert_eq!((status, said), (StatusCode::FORBIDDEN, Refusal::NotShared.to_string()));
    let shared = open(true, false);
    assert_eq!(page(&shared, ATTENDEE).await.0, StatusCode::OK);
}

#[tokio::test]
async fn who_joins_is_told_who_sees_it_and_what_is_kept() {
    let room = open(true, true);
    let (_, said) = post(&room, "/join", r#"{"name":"Ada","step":"01.1","passed":false}"#).await;
    assert!(said.contains(r#""shared":true,"kept":true"#), "{said}");
}

#[tokio::test]
async fn bad_input_is_refused_with_a_sentence_and_adds_nobody() {
    let room = open(false, false);
    join(&room, "Ada", "01.1").await;
    let long = format!(r#"{{"name":"{}","step":"01.1","passed":false}}"#, "a".repeat(2000));
    for (message, wanted) in [
        (r#"{"name":"<b>","step":"01.1","passed":false}"#, "`<b>` is no name here"),
        (r#"{"name":" ","step":"01.1","passed":false}"#, "`` is no name here"),
        (r#"{"name":"a\u0007b","step":"01.1","passed":false}"#, "`ab` is no name here"),
        (r#"{"name":"aDA","step":"01.1","passed":false}"#, "somebody here is called aDA already"),
        (r#"{"name":"Bo","step":"09.9","passed":false}"#, "`09.9` is no step"),
        (r#"{"name":"Bo","step":"<i>","passed":false}"#, "`<i>` is no step"),
        (r#"{"name":"Bo","step":"01.1"}"#, "missing field `passed`"),
        (r#"{"name":"Bo","step":"01.1","passed":false,"more":1}"#, "unknown field `more`"),
        ("not JSON", "a message cannot be read"),
        (&long, "length limit exceeded"),
    ] {
        let (status, said) = post(&room, "/join", message).await;
        assert!(status.is_client_error() && said.contains(wanted), "{wanted}: {status} {said}");
    }
    assert_eq!(room.roll().people().len(), 1);
}

#[tokio::test]
async fn pages_of_other_sites_reach_nothing() {
    let room = open(false, false);
    let by_name = Request::get("/").header("host", "rebound.example.com");
    let by_name = by_name.body(Body::empty()).expect("a request");
    assert_eq!(answer(from(&room, TEACHER), by_name).await.0, StatusCode::FORBIDDEN);
    let by_form = Request::post("/join").header("host", "127.0.0.1:3300");
    let by_form = by_form.header("origin", "https://example.com");
    let by_form = by_form.body(Body::from(r#"{"name":"X","step":"01.1","passed":false}"#));
    let by_form = answer(from(&room, TEACHER), by_form.expect("a request")).await;
    assert_eq!(by_form.0, StatusCode::FORBIDDEN);
    assert_eq!(room.roll().people().len(), 0);
}

#[test]
fn the_time_at_a_step_begins_when_it_changes_and_not_with_each_report() {
    let (mut roll, rules) = (Roll::default(), Rules::default());
    let at = |step: &str| Place { step: step.into(), passed: false };
    let minute = Duration::from_secs(60);
    let ticket = roll.join("Ada", at("01.1"), &rules, minute).expect("joined");
    roll.at(&ticket, at("01.1"), &rules, 5 * minute).expect("known");
    assert_eq!(roll.people()[0].since, minute);
    roll.at(&ticket, at("01.2"), &rules, 7 * minute).expect("known");
    assert_eq!(roll.people()[0].since, 7 * minute);
}

#[test]
fn a_room_holds_three_hundred_and_then_says_so() {
    let (mut roll, rules) = (Roll::default(), Rules::default());
    let at = || Place { step: "01.1".into(), passed: false };
    for number in 0..300 {
        roll.join(&format!("Ada {number}"), at(), &rules, Duration::ZERO).expect("joined");
    }
    let refused = roll.join("One more", at(), &rules, Duration::ZERO);
    assert_eq!(refused, Err(Refusal::Full));
}
