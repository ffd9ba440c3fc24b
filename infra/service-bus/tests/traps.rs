//! The traps of the crate, each with the guard that keeps us out of it. Numbers are those of README.md.

mod stub;

use std::time::Duration;

use service_bus::{Bus, BusError, Capabilities, Error, Message, Received, Source, Value};
use stub::{Answer, Stub};
use time::macros::datetime;

const PROPERTIES: &str = r#"{"DeliveryCount":1,"EnqueuedSequenceNumber":0,
    "EnqueuedTimeUtc":"Wed, 02 Jul 2014 01:32:27 GMT","Label":"M1","LockToken":"7da9cfd5-40d5-4bb1-8d64-ec5a52e1c547",
    "LockedUntilUtc":"Wed, 02 Jul 2014 01:33:27 GMT","MessageId":"m1","SequenceNumber":2,"State":"Active","TimeToLive":10}"#;

fn properties() -> String {
    PROPERTIES.replace('\n', "")
}

async fn receive(answer: Answer) -> Result<Option<Received>, BusError> {
    let stub = Stub::answering([answer]).await;
    let received = stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await;
    received.map(|it| it.map(|delivery| delivery.message))
}

async fn received(answer: Answer) -> Received {
    receive(answer).await.unwrap().unwrap()
}

async fn send_to(
    answers: Vec<Answer>,
    message: Message,
) -> (Result<(), BusError>, Vec<stub::Asked>) {
    let stub = Stub::answering(answers).await;
    let sent = stub.bus.send("jobs", &message).await;
    (sent, stub.asked())
}

/// The one request that sending this message makes.
async fn sent(message: Message) -> stub::Asked {
    let (result, mut asked) = send_to(vec![Answer::status(201)], message).await;
    result.unwrap();
    asked.remove(0)
}

fn with(name: &str, value: Value) -> Message {
    Message { properties: [(name.to_owned(), value)].into(), ..Message::new("m", "{}") }
}

async fn rejected(message: Message) -> String {
    let (result, asked) = send_to(vec![Answer::status(201)], message).await;
    assert!(asked.is_empty(), "nothing is sent");
    let Err(BusError::Rejected { reason }) = result else { panic!("{result:?}") };
    reason
}

#[tokio::test]
async fn trap_1_a_status_other_than_a_message_or_none_is_no_message() {
    let refused = receive(Answer::detail(401, "InvalidSignature: wrong. TrackingId:1")).await;
    assert!(matches!(refused, Err(BusError::Unauthorized { .. })), "{refused:?}");
    let elsewhere = Answer::message(&properties(), "").with("location", "https://evil.example/");
    let redirected = receive(Answer { status: 307, ..elsewhere }).await;
    assert!(matches!(redirected, Err(BusError::Transient(_))), "{redirected:?}");
    let odd = receive(Answer { status: 200, ..Answer::message(&properties(), "") }).await;
    assert!(matches!(odd, Err(BusError::Transient(_))), "{odd:?}");
    assert_eq!(receive(Answer::status(204)).await.unwrap(), None);
}

#[tokio::test]
async fn trap_2_a_sequence_number_beyond_32_bits_does_not_lose_the_lock() {
    let large = r#""EnqueuedSequenceNumber":9007199254740993"#;
    let properties = properties().replace(r#""EnqueuedSequenceNumber":0"#, large);
    assert_eq!(received(Answer::message(&properties, "{}")).await.id, "m1");
}

#[tokio::test]
async fn trap_3_properties_that_the_crate_wants_may_be_missing_or_of_another_form() {
    let least = r#"{"MessageId":"m","SequenceNumber":7,"EnqueuedTimeUtc":"2014-07-02T01:32:27Z"}"#;
    let message = received(Answer::message(least, "{}")).await;
    assert_eq!((message.id.as_str(), message.sequence_number), ("m", 7));
    assert_eq!(message.enqueued_at, None);
}

#[tokio::test]
async fn trap_4_session_correlation_and_label_arrive() {
    let more = properties().replace('{', r#"{"SessionId":"meter:1","CorrelationId":"c-1","#);
    let message = received(Answer::message(&more, "{}")).await;
    assert_eq!(message.session.as_deref(), Some("meter:1"));
    assert_eq!(message.correlation_id.as_deref(), Some("c-1"));
    assert_eq!(message.label.as_deref(), Some("M1"));
    assert_eq!(message.enqueued_at, Some(datetime!(2014-07-02 01:32:27 UTC)));
}

#[tokio::test]
async fn trap_5_no_signature_is_shown_whatever_is_printed() {
    let stub = Stub::answering([Answer::message(&properties(), "{}"), Answer::status(500)]).await;
    let delivery = stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await.unwrap().unwrap();
    let failed = stub.bus.complete(&delivery.lock).await.unwrap_err();
    let shown = format!("{:?} {delivery:?} {failed:?} {failed}", stub.bus);
    let asked = stub.asked();
    let signature = std::str::from_utf8(asked[0].header("authorization")).unwrap().to_owned();
    assert!(signature.starts_with("SharedAccessSignature sr="));
    for secret in ["SharedAccessSignature", "sig=", "SAS_KEY_VALUE"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn trap_6_names_that_would_lose_their_case_are_rejected() {
    for name in ["EventType", "event_type", "event-type", "1st", ""] {
        let reason = rejected(with(name, Value::Integer(1))).await;
        assert!(reason.contains("lower-case letters and digits"), "{reason}");
    }
}

#[tokio::test]
async fn trap_7_names_that_would_panic_are_rejected() {
    assert!(rejected(with("電力", Value::Integer(1))).await.contains("電力"));
    assert!(rejected(with("größe", Value::Integer(1))).await.contains("größe"));
}

#[tokio::test]
async fn trap_8_names_of_headers_of_the_protocol_are_rejected() {
    for name in ["authorization", "brokerproperties", "host", "accept", "te", "date", "location"] {
        assert!(rejected(with(name, Value::Text("x".into()))).await.contains("choose another"));
    }
    assert!(!rejected(with("content-type", Value::Text("x".into()))).await.is_empty());
}

#[tokio::test]
async fn trap_9_text_is_quoted_on_the_way_out_and_unquoted_on_the_way_in() {
    let mut message = with("streamid", Value::Text("meter:1".into()));
    message.properties.insert("streamversion".into(), Value::Integer(3));
    let asked = sent(message).await;
    assert_eq!(asked.header("streamid"), b"\"meter:1\"");
    assert_eq!(asked.header("streamversion"), b"3");
    let answer = Answer::message(&properties(), "{}")
        .with("streamid", "\"meter:1\"")
        .with("streamversion", "3")
        .with("unquoted", "High")
        .with("x-ms-request-id", "1");
    let expected = [
        ("streamid", Value::Text("meter:1".into())),
        ("streamversion", Value::Integer(3)),
        ("unquoted", Value::Text("High".into())),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(received(answer).await.properties, expected.into());
}

#[tokio::test]
async fn trap_10_what_is_beyond_ascii_is_escaped_or_rejected() {
    let message = Message { label: Some("Zähler 𝄞".into()), ..Message::new("m", "größer") };
    let asked = sent(message).await;
    let broker = std::str::from_utf8(asked.header("brokerproperties")).unwrap();
    assert!(broker.contains(r#""Label":"Z\u00e4hler \ud834\udd1e""#), "{broker}");
    assert_eq!(asked.body, "größer");
    for value in ["größer", "a\"b", "a\\b", "a\nb", "\u{7f}"] {
        assert!(
            rejected(with("note", Value::Text(value.into())))
                .await
                .contains("put it into the body")
        );
    }
    let control = Message { label: Some("a\nb".into()), ..Message::new("m", "") };
    let escaped = sent(control).await;
    assert!(escaped.header("brokerproperties").windows(6).any(|part| part == br#""a\nb""#));
}

#[tokio::test]
async fn trap_11_a_short_wait_is_a_second_and_none_is_none() {
    let asked = async |wait| {
        let stub = Stub::answering([Answer::status(204)]).await;
        stub.bus.receive(&Source::queue("jobs"), wait).await.unwrap();
        stub.asked().remove(0).uri
    };
    assert_eq!(asked(Duration::from_millis(900)).await, "/jobs/messages/head?timeout=1");
    assert_eq!(asked(Duration::from_millis(1500)).await, "/jobs/messages/head?timeout=2");
    assert_eq!(asked(Duration::ZERO).await, "/jobs/messages/head?timeout=0");
    assert_eq!(asked(Duration::MAX).await, "/jobs/messages/head?timeout=60");
}

#[tokio::test]
async fn trap_12_an_empty_body_is_a_message_and_no_message_is_none() {
    assert_eq!(received(Answer::message(&properties(), "")).await.body, "");
    assert_eq!(receive(Answer::status(204)).await.unwrap(), None);
}

#[tokio::test]
async fn trap_13_a_lock_without_an_address_is_an_error_and_bytes_that_are_no_text_are_none() {
    let answer = Answer::message(&properties(), "{}").without("location");
    assert!(matches!(receive(answer).await, Err(BusError::Transient(_))));
    let message = received(Answer::message(&properties(), b"a\xff".to_vec())).await;
    assert_eq!(message.body, "a\u{fffd}");
}

#[tokio::test]
async fn trap_14_a_refusal_keeps_the_words_of_the_broker() {
    let detail =
        "InvalidSignature: The token has an invalid signature. TrackingId:7, TimeStamp:now";
    let refused = receive(Answer::detail(401, detail)).await;
    let Err(BusError::Unauthorized { reason }) = refused else { panic!("{refused:?}") };
    assert_eq!(reason, "InvalidSignature: The token has an invalid signature");
}

#[tokio::test]
async fn trap_15_every_message_says_what_its_body_is() {
    assert_eq!(sent(Message::new("m", "{}")).await.header("content-type"), b"application/json");
}

#[tokio::test]
async fn trap_16_a_schedule_goes_out_in_utc() {
    let at = datetime!(2026-03-01 12:00:00.5 +02:00);
    let message = Message { scheduled_at: Some(at), ..Message::new("m", "{}") };
    let asked = sent(message).await;
    let broker = std::str::from_utf8(asked.header("brokerproperties")).unwrap();
    assert!(broker.contains("Sun, 01 Mar 2026 10:00:00 +0000"), "{broker}");
}

#[tokio::test]
async fn trap_17_a_delivery_that_is_dropped_asks_for_nothing() {
    let stub = Stub::answering([Answer::message(&properties(), "{}")]).await;
    drop(stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await.unwrap());
    // So who holds one settles it: nothing does that for them.
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn requests_carry_the_host_of_the_namespace_and_a_signature_for_it() {
    let asked = sent(Message::new("m", "{}")).await;
    assert_eq!(asked.header("host"), stub::HOST.as_bytes());
    let signature = std::str::from_utf8(asked.header("authorization")).unwrap();
    assert!(signature.contains("sr=https%3A%2F%2Fsbemulatorns.servicebus.windows.net%2Fjobs"));
}

#[tokio::test]
async fn a_lock_at_another_host_is_not_followed() {
    let answer = Answer::message(&properties(), "{}")
        .with("location", "https://evil.example/jobs/messages/1/2");
    let stub = Stub::answering([answer]).await;
    let delivery = stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await.unwrap().unwrap();
    assert!(matches!(stub.bus.complete(&delivery.lock).await, Err(BusError::Transient(_))));
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn a_send_is_repeated_with_the_same_id_until_it_is_accepted() {
    let throttled = Answer::status(429).with("retry-after", "0");
    let answers = vec![Answer::status(503), throttled, Answer::status(201)];
    let (result, asked) = send_to(answers, Message::new("m", "{}")).await;
    result.unwrap();
    assert_eq!(asked.len(), 3);
    assert!(
        asked.iter().all(|it| it.header("brokerproperties") == asked[0].header("brokerproperties"))
    );
}

#[tokio::test]
async fn a_receive_is_not_repeated() {
    let stub = Stub::answering([Answer::status(503)]).await;
    let failed = stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await;
    assert!(matches!(failed, Err(BusError::Transient(_))));
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn each_refusal_is_told_by_what_can_be_done() {
    let send = async |answer| send_to(vec![answer], Message::new("m", "{}")).await.0.unwrap_err();
    assert!(matches!(send(Answer::status(400)).await, BusError::Rejected { .. }));
    assert!(matches!(send(Answer::status(401)).await, BusError::Unauthorized { .. }));
    assert!(matches!(send(Answer::status(404)).await, BusError::NoSuchEntity { .. }));
    assert!(matches!(send(Answer::status(410)).await, BusError::NoSuchEntity { .. }));
    assert!(matches!(send(Answer::status(413)).await, BusError::Rejected { .. }));
    let full = send(Answer::detail(403, "quota").with("retry-after", "30")).await;
    assert!(matches!(full, BusError::Throttled { retry_after } if retry_after.as_secs() == 30));
    let later = send(Answer::status(503).with("retry-after", "60")).await;
    assert!(matches!(later, BusError::Throttled { retry_after } if retry_after.as_secs() == 60));
}

#[tokio::test]
async fn a_lock_that_is_gone_is_lost_whichever_way_the_broker_says_so() {
    for status in [404, 409] {
        let answers = [Answer::message(&properties(), "{}"), Answer::status(status)];
        let stub = Stub::answering(answers).await;
        let delivery = stub.bus.receive(&Source::queue("jobs"), Duration::ZERO).await;
        let delivery = delivery.unwrap().unwrap();
        assert!(matches!(stub.bus.complete(&delivery.lock).await, Err(BusError::LockLost)));
    }
}

#[tokio::test]
async fn names_that_would_change_the_address_are_no_entities() {
    let stub = Stub::answering([Answer::status(201)]).await;
    for name in ["", "a b", "a?b", "../a", "a#b", "$x", "a%2Fb"] {
        let sent = stub.bus.send(name, &Message::new("m", "{}")).await;
        assert!(matches!(sent, Err(BusError::NoSuchEntity { .. })), "{name}");
    }
    assert!(stub.asked().is_empty());
}

#[tokio::test]
async fn properties_that_no_broker_takes_are_rejected_before_they_are_sent() {
    let reason = rejected(with("district", Value::Text("1".repeat(70_000)))).await;
    assert!(reason.contains("bytes") && reason.contains("put them into the body"), "{reason}");
}

#[tokio::test]
async fn what_a_place_cannot_do_is_known_beforehand_and_said() {
    let stub = Stub::answering([Answer::status(201)]).await;
    let nothing = Capabilities { management: false, browsing: false, clock: false };
    assert_eq!(stub.bus.capabilities(), nothing);
    let refused = stub.bus.browse(&Source::queue("jobs"), 0, 1).await;
    assert!(matches!(refused, Err(Error::NotHere { .. })), "{refused:?}");
    assert!(stub.asked().is_empty());
}
