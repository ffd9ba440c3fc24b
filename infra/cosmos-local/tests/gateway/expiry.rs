//! Time to live as the SDK sets it, by a clock that the test turns.

use std::time::Duration;

use azure_data_cosmos::models::{ContainerProperties, TimeToLive};
use cosmos_local::{Clock, CosmosLocal, Options};

use crate::world::{Event, connect, status};

// Feature: Time to live (TTL)
#[tokio::test]
async fn an_item_is_gone_for_the_sdk_when_its_time_is_over() {
    let clock = Clock::manual(1_700_000_000);
    let options = Options { clock: clock.clone(), ..Options::default() };
    let server = CosmosLocal::start(options).await.unwrap();
    let client = connect(&server, true).await;
    client.create_database("meters", None).await.unwrap();
    let database = client.database_client("meters");
    let properties = ContainerProperties::new("events", "/stream".into())
        .with_default_ttl(TimeToLive::Seconds(60));
    database.create_container(properties, None).await.unwrap();
    let events = database.container_client("events", None).await.unwrap();
    let event = Event::new("meter:1", 1);
    events.create_item("meter:1", &event.id, &event, None).await.unwrap();
    clock.advance(Duration::from_secs(59));
    assert!(events.read_item("meter:1", &event.id, None).await.is_ok());
    clock.advance(Duration::from_secs(1));
    assert_eq!(status(events.read_item("meter:1", &event.id, None).await), 404);
    events.create_item("meter:1", &event.id, &event, None).await.unwrap();
}
