//! Topics: who gets a copy.

use super::*;

fn sql(name: &str, expression: &str) -> Value {
    json!({"Name": name, "Properties":
        {"FilterType": "Sql", "SqlFilter": {"SqlExpression": expression}}})
}

fn topic() -> Value {
    json!({"Topics": [{
        "Name": "T",
        "Properties": {"RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT1M"},
        "Subscriptions": [
            {"Name": "all"},
            {"Name": "Large", "Rules": [sql("large", "amount > 10"), sql("urgent", "urgent = TRUE")]},
        ],
    }]})
}

async fn send(bus: &Bus, message: Message) {
    bus.engine.send("t", vec![message]).await.unwrap();
}

fn amount(id: &str, amount: i64) -> Message {
    changed(id, |it| it.custom = vec![("amount".to_owned(), Scalar::Integer(amount))])
}

const ALL: &str = "t/subscriptions/all";
const LARGE: &str = "t/subscriptions/large";

#[tokio::test]
async fn each_subscription_gets_its_own_copy_of_what_its_rules_let_through() {
    let bus = Bus::with(topic()).await;
    send(&bus, amount("small", 1)).await;
    send(&bus, amount("large", 11)).await;
    send(&bus, message("without")).await;
    assert_eq!(bus.drain(ALL).await, ["small", "large", "without"]);
    assert_eq!(bus.drain(LARGE).await, ["large"]);
}

#[tokio::test]
async fn two_matching_rules_give_one_copy() {
    let bus = Bus::with(topic()).await;
    let mut both = amount("a", 11);
    both.properties.custom.push(("urgent".to_owned(), Scalar::Boolean(true)));
    send(&bus, both).await;
    assert_eq!(bus.drain(LARGE).await, ["a"]);
}

#[tokio::test]
async fn a_duplicate_is_dropped_once_for_all_subscriptions() {
    let bus = Bus::with(topic()).await;
    send(&bus, amount("a", 11)).await;
    send(&bus, amount("a", 11)).await;
    assert_eq!((bus.drain(ALL).await.len(), bus.drain(LARGE).await.len()), (1, 1));
}

#[tokio::test]
async fn a_scheduled_message_reaches_the_subscriptions_at_its_time() {
    let bus = Bus::with(topic()).await;
    let at = bus.now() + MINUTE;
    let mut later = amount("a", 11);
    later.properties.scheduled_at = Some(at);
    send(&bus, later).await;
    assert_eq!(bus.counts("T"), [0, 0, 1, 0]);
    assert_eq!(bus.counts("T/subscriptions/all"), [0; 4]);
    bus.advance(MINUTE).await;
    assert_eq!(
        (bus.drain(ALL).await, bus.drain(LARGE).await),
        (vec!["a".into()], vec!["a".into()])
    );
    assert_eq!(bus.counts("T"), [0; 4]);
}

#[tokio::test]
async fn what_one_subscription_does_does_not_touch_another() {
    let bus = Bus::with(topic()).await;
    send(&bus, amount("a", 11)).await;
    for _ in 0..3 {
        let locked = bus.lock(LARGE).await.unwrap();
        bus.settle(LARGE, &locked, Settlement::Abandon).await.unwrap();
    }
    assert_eq!(bus.counts("T/subscriptions/Large"), [0, 0, 0, 1]);
    assert_eq!(bus.lock(ALL).await.unwrap().deliveries, 1);
}

#[tokio::test]
async fn entities_described_again_keep_their_messages_and_get_their_new_rules() {
    let bus = Bus::with(topic()).await;
    send(&bus, amount("a", 11)).await;
    let mut changed = topic();
    changed["Topics"][0]["Subscriptions"][1]["Rules"] = json!([sql("small", "amount <= 10")]);
    bus.engine.define(serde_json::from_value(changed).unwrap()).await.unwrap();
    send(&bus, amount("b", 12)).await;
    send(&bus, amount("c", 2)).await;
    assert_eq!(bus.drain(LARGE).await, ["a", "c"]);
}

#[tokio::test]
async fn a_queue_cannot_become_a_topic() {
    let bus = Bus::queue(json!({})).await;
    let topic = json!({"Topics": [{"Name": "Q", "Subscriptions": [{"Name": "s"}]}]});
    let refused = bus.engine.define(serde_json::from_value(topic).unwrap()).await;
    assert!(refused.unwrap_err().to_string().contains("another kind"));
}

#[tokio::test]
async fn subscriptions_added_later_get_what_is_sent_from_then_on() {
    let bus = Bus::with(topic()).await;
    send(&bus, message("before")).await;
    let more = json!({"Topics": [{"Name": "t", "Subscriptions": [{"Name": "new"}]}]});
    bus.engine.define(serde_json::from_value(more).unwrap()).await.unwrap();
    send(&bus, message("after")).await;
    assert_eq!(bus.drain("t/subscriptions/new").await, ["after"]);
    assert_eq!(bus.drain(ALL).await, ["before", "after"]);
}
