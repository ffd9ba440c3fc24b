//! What an operation reads and writes does not grow with what is stored. Pages are what the file is read by, so
//! the depth of its trees bounds them.

use std::time::Instant;

use super::*;

/// The fastest of many receives and completes, which no pause of the machine makes longer.
async fn fastest(bus: &Bus) -> Duration {
    let mut fastest = Duration::MAX;
    for _ in 0..200 {
        let started = Instant::now();
        let delivery = bus.lock("q").await.unwrap();
        bus.settle("q", &delivery, Settlement::Complete).await.unwrap();
        fastest = fastest.min(started.elapsed());
        bus.send("again").await;
    }
    fastest
}

async fn filled(messages: usize) -> Bus {
    let bus = Bus::queue(json!({})).await;
    for batch in 0..messages.div_ceil(500) {
        let batch = (0..500).map(|n| message(&format!("{batch}-{n}"))).collect();
        bus.engine.send("q", batch).await.unwrap();
    }
    bus
}

#[tokio::test]
async fn a_long_queue_is_received_from_about_as_fast_as_a_short_one() {
    let (short, long) = (filled(500).await, filled(10_000).await);
    let (short, long) = (fastest(&short).await, fastest(&long).await);
    // Twenty times the messages: a scan would show as about that much, deeper trees as a tenth more.
    assert!(long < short * 3, "{long:?} against {short:?}");
}

#[tokio::test]
async fn ids_that_are_no_longer_needed_are_forgotten_as_others_come() {
    let properties = json!({"RequiresDuplicateDetection": true,
                            "DuplicateDetectionHistoryTimeWindow": "PT1M"});
    let bus = Bus::queue(properties).await;
    for n in 0..300 {
        bus.send(&n.to_string()).await;
        bus.advance(SECOND).await;
    }
    let transaction = redb::ReadableDatabase::begin_read(&*bus.engine.shared.file).unwrap();
    let seen = transaction.open_table(super::super::storage::SEEN).unwrap();
    assert!(redb::ReadableTableMetadata::len(&seen).unwrap() <= 61);
}
