//! Parked messages in Cosmos DB.

use std::sync::Arc;

use cosmos::{Cosmos, Settings};
use integration_events_checks::memory_bus::{Fate, MemoryBus};
use integration_events_checks::meters::Meters;
use integration_events_checks::place::TOPIC;
use integration_events_checks::words::{append, life, published};
use integration_events_checks::{CosmosParking, PARKED, Parking, Publisher};
use projections::MemoryFeed;

#[tokio::test]
async fn a_message_is_parked_once_until_it_can_be_sent() {
    let cosmos = Cosmos::connect(&Settings::ephemeral()).await.expect("it runs here");
    cosmos.provision(&[PARKED]).await.expect("it is empty");
    let parking = CosmosParking::open(&cosmos).await.expect("it is provisioned");
    let (bus, store) = (Arc::new(MemoryBus::new(3)), Arc::new(MemoryFeed::new(1)));
    append(&*store, 1, "command", &life()).await;
    let events = published(&store, 1).await;
    let publisher =
        Publisher::<_, _, _, Meters>::new("one", TOPIC, store, Arc::clone(&bus), parking.clone());
    for reason in ["too large", "still too large"] {
        bus.fates(&[Fate::Refused(reason)]);
        publisher.publish(&events).await.expect("it is put aside");
    }
    let parked = parking.parked("one").await.expect("it can be read");
    let [one] = parked.as_slice() else { panic!("it is not there once: {parked:?}") };
    assert_eq!(
        (one.reason.as_str(), one.message_id.as_str()),
        ("still too large", "meter:1/command/2")
    );
    assert_eq!(parking.parked("other").await.expect("it can be read"), []);
    assert!(publisher.retry(one).await.expect("the broker takes it now"));
    assert_eq!(parking.parked("one").await.expect("it can be read"), []);
    assert_eq!(bus.sent().last().map(|message| &message.id), Some(&one.message_id));
}
