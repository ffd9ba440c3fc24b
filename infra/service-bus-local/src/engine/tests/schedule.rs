//! Times: scheduled messages, and messages that expire.

use super::*;

async fn send(bus: &Bus, message: Message) {
    bus.engine.send("q", vec![message]).await.unwrap();
}

#[tokio::test]
async fn a_scheduled_message_is_hidden_until_its_time_and_then_enqueued_like_a_new_one() {
    let bus = Bus::queue(json!({})).await;
    let at = bus.now() + MINUTE;
    send(&bus, changed("later", |it| it.scheduled_at = Some(at))).await;
    bus.send("now").await;
    assert_eq!(bus.counts("q"), [1, 0, 1, 0]);
    bus.advance(MINUTE - 1).await;
    assert_eq!(bus.drain("q").await, ["now"]);
    bus.advance(1).await;
    bus.send("after").await;
    let delivery = bus.lock("q").await.unwrap();
    assert_eq!((id(&delivery), delivery.enqueued_at), ("later", at));
    assert!(delivery.sequence > 2);
}

#[tokio::test]
async fn a_time_that_has_passed_means_now() {
    let bus = Bus::queue(json!({})).await;
    let now = bus.now();
    send(&bus, changed("a", |it| it.scheduled_at = Some(now))).await;
    send(&bus, changed("b", |it| it.scheduled_at = Some(0))).await;
    assert_eq!(bus.drain("q").await, ["a", "b"]);
}

#[tokio::test]
async fn a_scheduled_message_begins_to_live_when_it_appears() {
    let bus = Bus::queue(json!({"DefaultMessageTimeToLive": "PT10M"})).await;
    let at = bus.now() + 60 * MINUTE;
    send(&bus, changed("a", |it| it.scheduled_at = Some(at))).await;
    bus.advance(69 * MINUTE).await;
    assert_eq!(bus.counts("q"), [1, 0, 0, 0]);
    bus.advance(MINUTE).await;
    assert_eq!(bus.counts("q"), [0; 4]);
}

#[tokio::test]
async fn the_default_time_to_live_is_also_a_ceiling() {
    let bus = Bus::queue(json!({"DefaultMessageTimeToLive": "PT10M"})).await;
    send(&bus, changed("short", |it| it.time_to_live = Some(MINUTE))).await;
    send(&bus, changed("long", |it| it.time_to_live = Some(60 * MINUTE))).await;
    bus.send("default").await;
    let lives: Vec<_> = bus.browse("q").iter().map(|it| it.delivery.time_to_live).collect();
    assert_eq!(lives, [Some(MINUTE), Some(10 * MINUTE), Some(10 * MINUTE)]);
    bus.advance(MINUTE).await;
    assert_eq!(bus.counts("q"), [2, 0, 0, 0]);
    bus.advance(9 * MINUTE).await;
    assert_eq!(bus.counts("q"), [0; 4]);
}

#[tokio::test]
async fn an_expired_message_is_dead_lettered_where_the_queue_says_so() {
    let bus = Bus::queue(json!({"DeadLetteringOnMessageExpiration": true})).await;
    bus.send("a").await;
    bus.advance(60 * MINUTE).await;
    assert_eq!(bus.lock("q").await, None);
    let dead = bus.lock("q/$").await.unwrap();
    let reason = dead.message.properties.custom("DeadLetterReason").unwrap();
    assert_eq!(reason, &Scalar::Text("TTLExpiredException".to_owned()));
}

#[tokio::test]
async fn a_locked_message_does_not_expire_until_its_lock_ends() {
    let bus = Bus::queue(json!({"LockDuration": "PT5M"})).await;
    send(&bus, changed("a", |it| it.time_to_live = Some(MINUTE))).await;
    send(&bus, changed("b", |it| it.time_to_live = Some(MINUTE))).await;
    let (a, b) = (bus.lock("q").await.unwrap(), bus.lock("q").await.unwrap());
    bus.advance(2 * MINUTE).await;
    bus.settle("q", &a, Settlement::Complete).await.unwrap();
    bus.settle("q", &b, Settlement::Abandon).await.unwrap();
    assert_eq!(bus.lock("q").await, None);
    assert_eq!(bus.counts("q"), [0; 4]);
}

#[tokio::test]
async fn thousands_of_messages_that_are_due_at_once_are_all_seen_to() {
    let bus = Bus::queue(json!({"DeadLetteringOnMessageExpiration": true})).await;
    for hundred in 0..25 {
        let batch = (0..100).map(|n| message(&format!("{hundred}-{n}"))).collect();
        bus.engine.send("q", batch).await.unwrap();
    }
    bus.advance(60 * MINUTE).await;
    assert_eq!(bus.counts("q"), [0, 0, 0, 2_500]);
}
