//! Send, receive and settle, on the wire.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use service_bus_local::Options;

use crate::support::answered;
use crate::world::World;

#[tokio::test]
async fn a_message_comes_back_with_everything_the_reference_client_reads() {
    let World { plain, .. } = &World::start().await;
    let broker =
        r#"{"MessageId":"m1","Label":"M1","SessionId":"s","CorrelationId":"c","TimeToLive":10}"#;
    let headers = [
        ("brokerproperties", broker),
        ("content-type", "application/json"),
        ("priority", "\"High\""),
        ("amount", "12"),
        ("unquoted", "plain text"),
    ];
    let sent = plain.send("q", &headers, "{\"n\":1}").await;
    assert_eq!((sent.status, sent.text.as_str()), (201, ""));
    let locked = plain.lock("Q").await;
    assert_eq!((locked.status, locked.text.as_str()), (201, "{\"n\":1}"));
    let mut broker = locked.broker();
    let token = broker["LockToken"].take();
    let expected = json!({
        "DeliveryCount": 1,
        "EnqueuedSequenceNumber": 0,
        "EnqueuedTimeUtc": "Sun, 01 Mar 2026 12:00:00 GMT",
        "LockToken": null,
        "LockedUntilUtc": "Sun, 01 Mar 2026 12:00:30 GMT",
        "MessageId": "m1",
        "Label": "M1",
        "SessionId": "s",
        "CorrelationId": "c",
        "SequenceNumber": 1,
        "State": "Active",
        "TimeToLive": 10.0,
    });
    assert_eq!(broker, expected);
    assert_eq!(locked.lock(), format!("/q/messages/1/{}", token.as_str().unwrap()));
    assert_eq!(locked.header("content-type"), "application/json");
    assert_eq!(locked.header("priority"), "\"High\"");
    assert_eq!((locked.header("amount"), locked.header("unquoted")), ("12", "\"plain text\""));
}

#[tokio::test]
async fn locks_are_settled_at_their_address() {
    let World { plain, server } = &World::start().await;
    plain.send("q", &[], "a").await;
    let first = plain.lock("q").await;
    assert_eq!(plain.settle(Method::POST, &first).await, 200);
    assert_eq!(plain.settle(Method::PUT, &first).await, 200);
    assert_eq!(plain.settle(Method::DELETE, &first).await, 404);
    let second = plain.lock("q").await;
    assert_eq!(second.broker()["DeliveryCount"], 2);
    server.advance(Duration::from_secs(30)).await;
    assert_eq!(plain.settle(Method::DELETE, &second).await, 404);
    let third = plain.lock("q").await;
    assert_eq!(plain.settle(Method::DELETE, &third).await, 200);
    assert_eq!(plain.lock("q").await.status, 204);
}

#[tokio::test]
async fn what_is_received_for_good_has_no_lock() {
    let World { plain, .. } = &World::start().await;
    plain.send("q", &[], "a").await;
    let path = "/q/messages/head?timeout=0";
    let received = answered(plain.signed(Method::DELETE, path)).await;
    assert_eq!((received.status, received.text.as_str()), (200, "a"));
    let broker = received.broker();
    assert_eq!((&broker["LockToken"], &broker["LockedUntilUtc"]), (&json!(null), &json!(null)));
    assert!(!received.headers.contains_key("location"));
    assert_eq!(answered(plain.signed(Method::DELETE, path)).await.status, 204);
}

#[tokio::test]
async fn dead_letters_are_received_from_their_own_queue_with_the_reason() {
    let World { plain, .. } = &World::start().await;
    plain.send("events", &[], "poison").await;
    let subscription = "events/subscriptions/everything";
    for _ in 0..3 {
        let locked = plain.lock(subscription).await;
        assert_eq!(plain.settle(Method::PUT, &locked).await, 200);
    }
    let dead = plain.lock(&format!("{subscription}/$DeadLetterQueue")).await;
    assert_eq!(dead.header("deadletterreason"), "\"MaxDeliveryCountExceeded\"");
    assert!(dead.header("deadlettererrordescription").contains("3 delivery attempts"));
    assert!(
        dead.lock().starts_with("/events/subscriptions/everything/$deadletterqueue/messages/1/")
    );
    assert_eq!(plain.settle(Method::DELETE, &dead).await, 200);
}

#[tokio::test]
async fn a_batch_is_sent_as_a_whole_or_not_at_all() {
    let World { plain, .. } = &World::start().await;
    let kind = ("content-type", "application/vnd.microsoft.servicebus.json");
    let batch = json!([{"Body": "one"}, {"Body": "two", "UserProperties": {"Priority": "High"}}]);
    assert_eq!(plain.send("q", &[kind], &batch.to_string()).await.status, 201);
    let (one, two) = (plain.lock("q").await, plain.lock("q").await);
    assert_eq!((one.text.as_str(), two.text.as_str()), ("one", "two"));
    assert_eq!(two.header("priority"), "\"High\"");
    let wrong = json!([{"Body": "one"}, {"Body": "two", "BrokerProperties": {"MessageId": ""}}]);
    assert_eq!(plain.send("q", &[kind], &wrong.to_string()).await.status, 400);
    let large = json!([{"Body": "x".repeat(200_000)}, {"Body": "x".repeat(200_000)}]);
    assert_eq!(plain.send("q", &[kind], &large.to_string()).await.status, 403);
    assert_eq!(plain.lock("q").await.status, 204);
}

#[tokio::test]
async fn subscriptions_get_what_their_rules_let_through() {
    let World { plain, .. } = &World::start().await;
    let send = async |label: &str, amount: &str| {
        let broker = json!({ "Label": label }).to_string();
        plain.send("events", &[("brokerproperties", &broker), ("amount", amount)], label).await
    };
    for (label, amount) in [("OrderPlaced", "1"), ("OrderPaid", "1"), ("OrderPaid", "2000")] {
        assert_eq!(send(label, amount).await.status, 201);
    }
    let source = "events/subscriptions/orders";
    assert_eq!(plain.lock(source).await.text, "OrderPlaced");
    assert_eq!(plain.lock(source).await.header("amount"), "2000");
    assert_eq!(plain.lock(source).await.status, 204);
}

#[tokio::test]
async fn a_receiver_that_waits_is_answered_when_a_message_comes() {
    let World { plain, .. } = &World::start().await;
    let waiting = answered(plain.signed(Method::POST, "/q/messages/head?timeout=60"));
    let (received, sent) = tokio::join!(waiting, plain.send("q", &[], "a"));
    assert_eq!((received.status, received.text.as_str(), sent.status), (201, "a", 201));
}

#[tokio::test]
async fn a_receiver_that_went_away_takes_no_message_with_it() {
    let World { plain, .. } = &World::start().await;
    let short = Duration::from_millis(200);
    let waiting = plain.signed(Method::POST, "/q/messages/head?timeout=60").timeout(short);
    assert!(waiting.send().await.unwrap_err().is_timeout());
    plain.send("q", &[], "a").await;
    let locked = plain.lock("q").await;
    assert_eq!((locked.status, &locked.broker()["DeliveryCount"]), (201, &json!(1)));
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_status_and_in_words() {
    let World { plain, .. } = &World::start().await;
    let post = async |path: &str| answered(plain.signed(Method::POST, path)).await;
    let table = [
        (post("/absent/messages").await, 410, "absent"),
        (post("/absent/messages/head?timeout=0").await, 410, "absent"),
        (post("/events/messages/head?timeout=0").await, 400, "its subscriptions"),
        (post("/events/subscriptions/orders/messages").await, 400, "send to its topic"),
        (post("/q/$deadletterqueue/messages").await, 400, "dead letters"),
        (post("/q/messages/head?timeout=soon").await, 400, "timeout"),
        (post("/q/messages/1/not-a-token").await, 400, "lock token"),
        (post("/q/nothing").await, 400, "nothing at"),
        (plain.send("q", &[("brokerproperties", "{")], "").await, 400, "BrokerProperties"),
        (plain.send("q", &[], &"x".repeat(256 * 1024)).await, 403, "limit is 262144"),
        (answered(plain.signed(Method::GET, "/q/messages")).await, 405, "method"),
    ];
    for (answer, status, words) in table {
        assert_eq!(answer.status, status, "{answer:?}");
        let start = format!("<Error><Code>{status}</Code><Detail>");
        assert!(answer.text.starts_with(&start) && answer.text.contains(words), "{answer:?}");
        assert!(answer.text.contains("TrackingId:"), "{answer:?}");
    }
    assert_eq!(plain.lock("q").await.status, 204);
}

#[tokio::test]
async fn who_does_not_sign_or_wrongly_gets_nothing() {
    let World { plain, .. } = &World::start().await;
    let path = "/q/messages/head?timeout=0";
    let unsigned = answered(plain.unsigned(Method::POST, path)).await;
    assert_eq!(unsigned.status, 401);
    let url = format!("https://{}{path}", crate::support::HOST);
    let wrong = crate::support::token(&url, "another key");
    let wrong = answered(plain.unsigned(Method::POST, path).header("authorization", wrong)).await;
    assert!(wrong.status == 401 && wrong.text.contains("InvalidSignature"), "{wrong:?}");
    let bearer =
        plain.unsigned(Method::POST, path).header("authorization", "Bearer some.token.here");
    assert_eq!(answered(bearer).await.status, 204);
}

#[tokio::test]
async fn a_strict_server_wants_text_in_quotes() {
    let World { plain, .. } = &World::with(Options { strict: true, ..Options::default() }).await;
    assert_eq!(plain.send("q", &[("priority", "High")], "").await.status, 400);
    assert_eq!(plain.send("q", &[("priority", "\"High\"")], "").await.status, 201);
}
