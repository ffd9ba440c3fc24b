//! Messages sent twice.

use super::*;

fn detecting() -> Value {
    json!({"RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT1M"})
}

#[tokio::test]
async fn within_the_window_the_same_id_is_accepted_and_dropped() {
    let bus = Bus::queue(detecting()).await;
    bus.send("a").await;
    bus.advance(MINUTE - 1).await;
    bus.send("a").await;
    assert_eq!(bus.drain("q").await, ["a"]);
    bus.send("a").await;
    assert!(bus.drain("q").await.is_empty(), "that the first one is gone does not matter");
}

#[tokio::test]
async fn the_window_begins_with_the_first_message_and_a_duplicate_does_not_move_it() {
    let bus = Bus::queue(detecting()).await;
    bus.send("a").await;
    bus.advance(MINUTE / 2).await;
    bus.send("a").await;
    bus.advance(MINUTE / 2).await;
    bus.send("a").await;
    assert_eq!(bus.drain("q").await, ["a", "a"]);
}

#[tokio::test]
async fn only_the_id_counts_and_each_entity_has_its_own() {
    let two = json!({"Queues": [{"Name": "q", "Properties": detecting()},
                                {"Name": "r", "Properties": detecting()}]});
    let bus = Bus::with(two).await;
    bus.send("a").await;
    let other = Message { body: "another body".into(), ..message("a") };
    bus.engine.send("q", vec![other]).await.unwrap();
    bus.engine.send("r", vec![message("a"), message("a"), message("A")]).await.unwrap();
    assert_eq!(bus.drain("q").await, ["a"]);
    assert_eq!(bus.drain("r").await, ["a", "A"]);
}

#[tokio::test]
async fn a_scheduled_message_counts_when_it_is_sent() {
    let bus = Bus::queue(detecting()).await;
    let at = bus.now() + 30 * SECOND;
    let scheduled = changed("a", |it| it.scheduled_at = Some(at));
    bus.engine.send("q", vec![scheduled]).await.unwrap();
    bus.send("a").await;
    bus.advance(30 * SECOND).await;
    assert_eq!(bus.drain("q").await, ["a"]);
}

#[tokio::test]
async fn without_detection_everything_is_kept() {
    let bus = Bus::queue(json!({})).await;
    bus.send("a").await;
    bus.send("a").await;
    assert_eq!(bus.drain("q").await, ["a", "a"]);
}
