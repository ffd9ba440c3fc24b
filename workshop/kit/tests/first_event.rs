//! What module 00 stores belongs to the event store of module 01: one container, one shape.

use daybook::cosmos::{ContainerSpec, Cosmos, Settings};
use daybook::event_store::{self, CosmosEventStore, EventStore, Expected, Range, Version};
use daybook::start;

#[test]
fn the_first_event_goes_into_the_container_of_the_event_store() {
    assert_eq!(start::EVENTS, ContainerSpec { procedures: &[], ..event_store::EVENTS });
}

#[tokio::test]
async fn the_event_store_loads_the_first_event_and_knows_it_again() {
    let cosmos = Cosmos::connect(&Settings::ephemeral()).await.expect("it runs in this process");
    cosmos.provision(&[start::EVENTS]).await.expect("the place is empty");
    let events = cosmos.container(start::EVENTS.name).await.expect("it was provisioned");
    start::store(&events, &start::meters_delivered(1, 2)).await.expect("the stream is new");

    cosmos.provision(&[event_store::EVENTS]).await.expect("only the procedure is missing");
    let store = CosmosEventStore::open(&cosmos).await.expect("it was provisioned");
    let stream = "delivery:1".parse().expect("the stream has a valid name");
    let slice = store.load(&stream, Range::all()).await.expect("the document is an event");
    let [first] = &slice.events[..] else { panic!("one event: {:?}", slice.events) };
    assert_eq!((first.version, first.event.kind()), (Version(1), "MetersDelivered"));

    let again = event_store::NewEvent::clone(&first.event);
    let appended = store.append(&stream, Expected::NoStream, vec![again]).await;
    assert!(appended.expect("it is recognised by its event id").duplicate);
}
