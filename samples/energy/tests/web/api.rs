//! The rules, seen through the API.

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::json;
use time::macros::date;

use super::client::{Client, request};

#[tokio::test]
async fn a_registered_meter_is_created_and_has_an_address() {
    let client = Client::new().await;
    let answer = client.register("87000001").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["version"]), (201, &json!(1)));
    assert_eq!(answer.headers[header::LOCATION], "/api/meters/87000001");
    assert_eq!(client.kinds("meter:87000001").await, ["MeterRegistered"]);
    assert_eq!(client.state("87000001").await["status"], "registered");
}

#[tokio::test]
async fn the_right_code_activates() {
    let client = Client::new().await;
    client.register("1").await;
    let answer = client.activate("1", "542-484").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["activated"]), (200, &json!(true)));
    assert_eq!(client.kinds("meter:1").await, ["MeterRegistered", "MeterActivated"]);
}

#[tokio::test]
async fn a_wrong_code_is_recorded_and_answered_with_false() {
    let client = Client::new().await;
    client.register("1").await;
    for attempts in 1..=2 {
        let answer = client.activate("1", "000-000").await;
        assert_eq!((answer.status.as_u16(), &answer.json()["activated"]), (200, &json!(false)));
        assert_eq!(client.state("1").await["failed_activation_attempts"], attempts);
    }
    assert_eq!(client.activate("1", "542-484").await.json()["activated"], true);
    let state = client.state("1").await;
    assert_eq!(
        (&state["status"], &state["failed_activation_attempts"]),
        (&json!("active"), &json!(2))
    );
}

#[tokio::test]
async fn an_active_meter_refuses_a_second_activation() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    assert_eq!(client.activate("1", "542-484").await.problem().0, 422);
    assert_eq!(client.kinds("meter:1").await.len(), 2);
}

#[tokio::test]
async fn commands_on_an_unknown_meter_make_no_stream() {
    let client = Client::new().await;
    assert_eq!(client.activate("1", "542-484").await.problem().0, 404);
    assert_eq!(client.import("1", date!(2020 - 05 - 01)).await.problem().0, 404);
    assert_eq!(client.delete("/api/meters/1").await.problem().0, 404);
    assert_eq!(client.get("/api/meters/1").await.problem().0, 404);
    assert!(client.kinds("meter:1").await.is_empty());
    assert_eq!(client.listed().await, [""; 0]);
}

#[tokio::test]
async fn a_meter_is_registered_once() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(client.register("1").await.problem(), (409, "meter_id".to_owned()));
    assert_eq!(client.kinds("meter:1").await.len(), 1);
}

#[tokio::test]
async fn the_same_readings_are_recorded_once_and_others_are_refused() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    let day = date!(2020 - 05 - 01);
    assert_eq!(client.import("1", day).await.json()["duplicate"], false);
    let again = client.import("1", day).await.json();
    assert_eq!((&again["duplicate"], &again["version"]), (&json!(true), &json!(3)));
    let other = json!(vec![0; 96]).to_string();
    let path = "/api/meters/1/readings/2020-05-01";
    let refused = client.with(Method::PUT, path, "application/json", other).await;
    assert_eq!(refused.problem(), (409, "date".to_owned()));
    assert_eq!(client.kinds("meter:1").await.len(), 3);
}

#[tokio::test]
async fn a_correction_takes_the_place_of_what_was_recorded_and_the_history_keeps_both() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    let path = "/api/meters/1/corrections/2020-05-01";
    let zeros = json!(vec![0; 96]);
    let too_early = client.post(path, &zeros).await.problem();
    assert_eq!(too_early, (409, "date".to_owned()), "there is nothing to correct yet");
    client.import("1", date!(2020 - 05 - 01)).await;
    assert_eq!(client.weeks("1").await, [("2020-W18".to_owned(), 124)]);
    for duplicate in [false, true] {
        let answer = client.post(path, &zeros).await.json();
        assert_eq!((&answer["version"], &answer["duplicate"]), (&json!(4), &json!(duplicate)));
    }
    assert_eq!(client.weeks("1").await, [("2020-W18".to_owned(), 0)]);
    assert_eq!(
        client.kinds("meter:1").await[2..],
        ["MeterReadingsCollected", "MeterReadingsCorrected"]
    );
    assert_eq!(client.state("1?version=3").await["version"], 3);
}

#[tokio::test]
async fn other_readings_are_refused_with_the_way_to_send_them() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    client.import("1", date!(2020 - 05 - 01)).await;
    let other = json!(vec![0; 96]).to_string();
    let path = "/api/meters/1/readings/2020-05-01";
    let refused = client.with(Method::PUT, path, "application/json", other).await.json();
    let detail = refused["detail"].as_str().expect("a text");
    assert!(detail.ends_with("if these are right, send a correction"), "{detail}");
}

#[tokio::test]
async fn a_meter_belongs_to_a_district() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(client.state("1").await["district"], "10");
}

#[tokio::test]
async fn readings_are_taken_as_json_too() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    let path = "/api/meters/1/readings/2020-05-01";
    let body = json!(vec![1_u64 << 53; 96]).to_string();
    assert_eq!(client.with(Method::PUT, path, "application/json", body).await.status, 200);
}

#[tokio::test]
async fn the_latest_reading_is_the_greatest_date_whatever_came_last() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    client.import("1", date!(2020 - 05 - 03)).await;
    client.import("1", date!(2020 - 05 - 01)).await;
    assert_eq!(client.state("1").await["latest_reading_date"], "2020-05-03");
}

#[tokio::test]
async fn a_deregistered_meter_refuses_everything_and_keeps_its_history() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(client.delete("/api/meters/1").await.status, 200);
    assert_eq!(client.register("1").await.problem().0, 422);
    assert_eq!(client.activate("1", "542-484").await.problem().0, 422);
    assert_eq!(client.delete("/api/meters/1").await.problem().0, 422);
    assert_eq!(client.state("1").await["status"], "deregistered");
    assert_eq!(client.kinds("meter:1").await, ["MeterRegistered", "MeterDeregistered"]);
}

#[tokio::test]
async fn a_command_sent_twice_under_one_key_is_one_event() {
    let client = Client::new().await;
    client.register("1").await;
    let send = |code: &'static str| {
        let request = request(Method::POST, "/api/meters/1/activation")
            .header("Idempotency-Key", "key-1")
            .header(header::CONTENT_TYPE, "application/json");
        let body = Body::from(json!({ "activation_code": code }).to_string());
        client.send(request.body(body).expect("a request"))
    };
    let first = send("000-000").await.json();
    assert_eq!((&first["duplicate"], &first["version"]), (&json!(false), &json!(2)));
    client.activate("1", "542-484").await;
    let again = send("000-000").await.json();
    let found = (&again["duplicate"], &again["version"], &again["activated"]);
    assert_eq!(found, (&json!(true), &json!(2), &json!(false)));
    for other in ["111-111", "542-484"] {
        assert_eq!(send(other).await.problem(), (422, "Idempotency-Key".to_owned()));
    }
    assert_eq!(client.kinds("meter:1").await.len(), 3);
}

#[tokio::test]
async fn a_key_that_activated_does_not_answer_for_another_code() {
    let client = Client::new().await;
    client.register("1").await;
    let send = |code: &'static str| {
        let request = request(Method::POST, "/api/meters/1/activation")
            .header("Idempotency-Key", "key-1")
            .header(header::CONTENT_TYPE, "application/json");
        let body = Body::from(json!({ "activation_code": code }).to_string());
        client.send(request.body(body).expect("a request"))
    };
    for duplicate in [false, true] {
        assert_eq!(send("542-484").await.json()["duplicate"], duplicate);
    }
    assert_eq!(send("000-000").await.problem(), (422, "Idempotency-Key".to_owned()));
}

#[tokio::test]
async fn a_stream_is_read_in_parts() {
    let client = Client::played().await;
    let part = client.get("/api/streams/meter:87000001?after=2&limit=3").await.json();
    let events = part["events"].as_array().expect("a list").iter();
    let ids: Vec<_> = events.map(|event| event["document"]["id"].clone()).collect();
    assert_eq!(ids, ["meter:87000001:3", "meter:87000001:4", "meter:87000001:5"]);
}

#[tokio::test]
async fn a_request_without_a_conversation_begins_one() {
    let client = Client::new().await;
    let sent = client.register("1").await;
    let told = sent.headers["correlation-id"].to_str().expect("a text").to_owned();
    let event = &client.get("/api/streams/meter:1").await.json()["events"][0]["document"];
    assert_eq!(event["meta"]["correlation_id"], told);
}
