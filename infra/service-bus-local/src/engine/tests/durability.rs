//! What is there after the data is opened again.

use super::*;

fn entities() -> Value {
    json!({"Queues": [{"Name": "q", "Properties": {
        "MaxDeliveryCount": 2, "RequiresDuplicateDetection": true,
        "DuplicateDetectionHistoryTimeWindow": "PT5M"}}]})
}

#[tokio::test]
async fn messages_schedules_and_seen_ids_survive_and_locks_have_ended() {
    let folder = tempfile::tempdir().unwrap();
    let storage = || Storage::Directory(folder.path().to_owned());
    let bus = Bus::open(storage(), entities()).await;
    let at = bus.now() + MINUTE;
    bus.send("locked once").await;
    bus.send("completed").await;
    let later = changed("later", |it| it.scheduled_at = Some(at));
    bus.engine.send("q", vec![later]).await.unwrap();
    bus.lock("q").await.unwrap();
    let second = bus.lock("q").await.unwrap();
    bus.settle("q", &second, Settlement::Complete).await.unwrap();
    drop(bus);

    let bus = Bus::open(storage(), json!({})).await;
    bus.send("completed").await;
    assert_eq!(bus.counts("q"), [1, 0, 1, 0]);
    let again = bus.lock("q").await.unwrap();
    assert_eq!((id(&again), again.deliveries), ("locked once", 2));
    drop(bus);

    // The second delivery was the last one, and nobody lived to settle it.
    let bus = Bus::open(storage(), json!({})).await;
    assert_eq!(bus.counts("q"), [0, 0, 1, 1]);
    bus.advance(MINUTE).await;
    assert_eq!(bus.drain("q").await, ["later"]);
}

#[tokio::test]
async fn data_that_is_open_cannot_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let storage = || Storage::Directory(folder.path().to_owned());
    let bus = Bus::open(storage(), entities()).await;
    let refused = Engine::open(storage(), Clock::system()).err().unwrap();
    assert!(refused.to_string().contains("in use by another process"), "{refused}");
    drop(bus);
    assert!(Engine::open(storage(), Clock::system()).is_ok());
}
