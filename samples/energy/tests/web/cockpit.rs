//! The cockpit over this sample's streams.

use axum::http::header;
use daybook::cosmos::Settings;
use daybook::event_store::{EventId, EventStore, Expected, Metadata, NewEvent, Sealing, StreamId};
use serde_json::json;
use time::macros::datetime;

use super::client::Client;

#[tokio::test]
async fn a_stream_shows_its_documents() {
    let client = Client::played().await;
    let page = client.get("/cockpit/streams/meter:87000002").await.body;
    assert!(page.contains("<span class=\"j-id\">\"meter:87000002:1\"</span>"));
    assert_eq!(page.matches("Stored document").count(), 16);
    assert!(page.contains("MeterReadingsCollected {"), "as the program reads it");
}

#[tokio::test]
async fn a_stream_is_shown_as_it_was_with_what_its_last_event_changed() {
    let client = Client::played().await;
    let page = client.get("/cockpit/streams/meter:87000001?version=2").await.body;
    assert!(page.contains("<strong>You see the past</strong>"));
    assert!(page.contains("<div class=\"changed\"><dt>Status</dt>"));
    assert!(page.contains("<div><dt>District</dt>"), "the second event did not change it");
    assert!(page.contains("<dt>Days with readings</dt><dd>0</dd>"));
    assert!(page.contains("id=\"e-meter:87000001-2\" data-stream=\"meter:87000001\" aria-current"));
}

#[tokio::test]
async fn a_stream_is_shown_as_of_a_time() {
    let client = Client::played().await;
    let page = client.get("/cockpit/streams/meter:87000001?at=2020-05-05").await.body;
    assert!(page.contains("at version 8 of 20"));
    let early = client.get("/cockpit/streams/meter:87000001?at=2020-04-01").await;
    assert_eq!(early.status, 404);
    assert!(early.body.contains("had no events at 2020-04-01T23:59:59.999Z"));
}

#[tokio::test]
async fn versions_that_are_not_there_are_not_found() {
    let client = Client::played().await;
    assert_eq!(client.get("/cockpit/streams/meter:87000001?version=21").await.status, 404);
    assert_eq!(client.get("/cockpit/streams/meter:87000001?version=0").await.status, 400);
    assert_eq!(client.get("/cockpit/streams/meter:9").await.status, 404);
}

#[tokio::test]
async fn streams_are_listed_by_latest_change_and_searched_by_prefix() {
    let client = Client::played().await;
    client.register("1").await;
    let all = client.get("/cockpit/streams").await.body;
    let place = |id: &str| all.find(&format!("/cockpit/streams/meter:{id}\"")).expect(id);
    assert!(place("1") < place("87000001"), "what changed last comes first");
    assert!(place("87000001") < place("87000002"));
    let found = client.get("/cockpit/streams?prefix=meter:8700").await.body;
    assert_eq!(found.matches("<th scope=\"row\">").count(), 2);
    let none = client.get("/cockpit/streams?prefix=%3Cb%3E").await.body;
    assert!(none.contains("<code>&#60;b&#62;</code>"));
}

#[tokio::test]
async fn a_long_stream_is_turned_page_by_page() {
    let client = Client::without_worker(&Settings::ephemeral()).await;
    client.register("1").await;
    for _ in 0..60 {
        client.activate("1", "000-000").await;
    }
    let rows = |page: &str| page.matches("<li class=\"event").count();
    let newest = client.get("/cockpit/streams/meter:1").await.body;
    assert_eq!(rows(&newest), 50);
    assert!(newest.contains("<a href=\"/cockpit/streams/meter:1?before=12\" rel=\"next\">"));
    let oldest = client.get("/cockpit/streams/meter:1?before=12").await.body;
    assert_eq!(rows(&oldest), 11);
    assert!(oldest.contains("rel=\"prev\""));
    let past = client.get("/cockpit/streams/meter:1?version=20").await.body;
    assert_eq!(rows(&past), 25, "from the first one to five after where the reader stands");
}

#[tokio::test]
async fn the_flow_counts_what_was_appended() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "000-000").await;
    let page = client.get("/cockpit").await.body;
    assert!(page.contains(">2 appends</text>"));
    assert!(page.contains("it is inside this program"), "what the backend cannot do is said");
    assert_eq!(page.matches("<h1").count(), 1);
}

#[tokio::test]
async fn the_former_addresses_lead_here() {
    let client = Client::played().await;
    for path in ["/streams", "/streams/meter:87000001?version=2"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, 308);
        assert_eq!(answer.headers[header::LOCATION], format!("/cockpit{path}"));
    }
}

fn meta() -> Metadata {
    Metadata::at(datetime!(2020-05-05 12:00 UTC))
}

fn stream(name: &str) -> StreamId {
    name.parse().expect("a stream's name")
}

#[tokio::test]
async fn a_deleted_stream_shows_what_is_left_of_it() {
    let client = Client::new().await;
    let events = client.app.meters.store().events();
    client.register("1").await;
    events.delete(&stream("meter:1"), meta()).await.expect("it is deleted");
    let page = client.get("/cockpit/streams/meter:1").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("The events of this stream were deleted"));
    assert!(page.body.contains("the stream takes no more events"));
    assert!(!page.body.contains("Then and now"), "there is no moment to go to");
}

#[tokio::test]
async fn a_stream_of_another_program_shows_its_documents_and_no_state() {
    let client = Client::new().await;
    let events = client.app.meters.store().events();
    let shipped = NewEvent::new(EventId::from("e1"), "Shipped", &json!({ "to": "me" }), meta());
    let shipped = vec![shipped.expect("a valid event")];
    let done = events.append(&stream("order:1"), Expected::NoStream, shipped).await;
    done.expect("it is stored");
    let page = client.get("/cockpit/streams/order:1").await.body;
    assert!(page.contains("<b>Shipped</b> <span class=\"summary\">unknown to this program"));
    assert!(page.contains("<span class=\"j-system\">\"_etag\"</span>"));
    assert!(page.contains("no word for what the stream is about"));
}
