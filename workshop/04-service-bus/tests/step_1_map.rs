//! Step 1. Say what others may know

use std::sync::Arc;

use event_store::{EventId, NewEvent, RecordedEvent, StreamId, Version};
use integration_events_checks::meters::Meters;
use integration_events_checks::place::within_10_s;
use integration_events_checks::words::{
    CODE, activated, collected, corrected, deregistered, life, meter, mistyped, new, recorded,
    registered,
};
use integration_events_checks::{IntegrationEvent, Publications};
use projections::MemoryFeed;
use serde_json::json;

/// What is published of the first events of a stream.
async fn mapped(events: Vec<RecordedEvent>) -> Vec<IntegrationEvent> {
    let publications = Publications::<_, Meters>::new(Arc::new(MemoryFeed::new(1)));
    let mapped = within_10_s("the events are mapped", publications.of(&events)).await;
    mapped.expect("they can be mapped")
}

fn contents(events: &[IntegrationEvent]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event.kind, event.data)).collect()
}

/// The same event in another stream, or under another id.
fn event(stream: &str, id: &str) -> RecordedEvent {
    let known = &new("command", &[activated()])[0];
    let made = NewEvent::new(EventId::from(id), known.kind(), &known.data(), known.meta().clone());
    let stream: StreamId = stream.parse().expect("it is the name of a stream");
    RecordedEvent { stream, version: Version(1), event: made.expect("it can be stored") }
}

async fn message_id(stream: &str, id: &str) -> String {
    mapped(vec![event(stream, id)]).await.remove(0).message().id
}

#[tokio::test]
async fn an_activation_is_a_message() {
    let event = mapped(recorded(1, &[activated()])).await.remove(0);
    let message = event.message();
    let body: serde_json::Value = serde_json::from_str(&message.body).expect("it is JSON");
    let shown = json!({
        "MessageId": message.id,
        "SessionId": message.session,
        "Label": message.label,
        "CorrelationId": message.correlation_id,
        "properties": message.properties,
        "body": body,
    });
    insta::with_settings!({ description => "the id is the same each time, and no other message's; what a filter or a consumer goes by is a property; nothing private is there" }, {
        insta::assert_json_snapshot!(shown, @r#"
        {
          "MessageId": "meter:1/command/0",
          "SessionId": "meter:1",
          "Label": "MeterActivated.v1",
          "CorrelationId": "request-of-command",
          "properties": {
            "district": "10",
            "previous": 0,
            "streamid": "meter:1",
            "streamversion": 1
          },
          "body": {
            "district": "10"
          }
        }
        "#);
    });
}

#[tokio::test]
async fn a_day_is_told_as_its_sum() {
    let told = contents(&mapped(recorded(1, &[collected(2), corrected(2)])).await);
    assert_eq!(
        told,
        [
            r#"ConsumptionRecorded.v1 {"date":"2020-04-02","total":144,"district":"10"}"#,
            r#"ConsumptionCorrected.v1 {"date":"2020-04-02","total":140,"replaced":144,"district":"10"}"#,
        ],
        "why: quarters of an hour tell when somebody is at home, a sum does not; a correction names the sum that it \
         takes back"
    );
}

#[tokio::test]
async fn a_deregistration_is_told() {
    let told = contents(&mapped(recorded(1, &[deregistered()])).await);
    let why = "why: who bills has to know that it ends";
    assert_eq!(told, [r#"MeterDeregistered.v1 {"district":"10"}"#], "{why}");
}

#[tokio::test]
async fn a_registration_and_a_wrong_code_are_not_told() {
    let told = contents(&mapped(recorded(1, &[registered(), mistyped()])).await);
    assert_eq!(
        told,
        [] as [&str; 0],
        "told: why: an address or a code that is in a topic cannot be called back"
    );
}

#[tokio::test]
async fn nothing_private_leaves() {
    let everything = [life(), vec![deregistered()]].concat();
    let sent = mapped(recorded(1, &everything)).await;
    let sent: Vec<_> = sent.iter().map(|event| format!("{:?}", event.message())).collect();
    let sent = sent.join("\n");
    for private in [CODE, "7391-secret", "1071", "41-hs", "timestamp", "was_active"] {
        assert!(
            !sent.contains(private),
            "why: what is sent cannot be taken back: {private} is in\n{sent}"
        );
    }
}

#[tokio::test]
async fn a_message_names_the_published_one_before_it() {
    let told = mapped(recorded(1, &life())).await;
    let places: Vec<_> = told.iter().map(|event| (event.version.0, event.previous.0)).collect();
    assert_eq!(places, [(3, 0), (5, 3), (6, 5), (7, 6)], "why: 1, 2 and 4 are private, not lost");
}

#[tokio::test]
async fn the_same_event_has_the_same_id_each_time() {
    let (once, again) = (message_id("meter:1", "c/0").await, message_id("meter:1", "c/0").await);
    assert_eq!(once, again, "why: by its id the broker drops what is sent again");
}

#[tokio::test]
async fn events_of_two_streams_have_two_ids() {
    let (one, other) = (message_id("meter:1", "c/0").await, message_id("meter:2", "c/0").await);
    assert_ne!(one, other, "why: an event's id is unique in its stream, a message's in the topic");
}

#[tokio::test]
async fn two_events_of_a_stream_have_two_ids() {
    let (one, other) = (message_id("meter:1", "c/0").await, message_id("meter:1", "c/1").await);
    assert_ne!(one, other, "why: of two messages with one id the broker drops the second");
}

#[tokio::test]
async fn an_id_that_is_too_long_is_shortened_and_still_its_own() {
    let (one, other) = (format!("{}/0", "c".repeat(250)), format!("{}/1", "c".repeat(250)));
    let (one, other) = (message_id("meter:1", &one).await, message_id("meter:1", &other).await);
    assert!(one.len() <= 128 && other.len() <= 128, "why: a broker takes 128 characters\n{one}");
    assert_ne!(one, other, "why: of two messages with one id the broker drops the second");
}

#[tokio::test]
async fn every_stream_can_be_sent() {
    let long = format!("meter:{}", "Ä\"% ".repeat(38));
    let event = mapped(vec![event(&long, "c/0")]).await.remove(0);
    event.message().check().expect("a broker takes it");
    assert_ne!(event.message().session.as_deref(), Some(meter(1).as_str()));
}
