//! Where the checks take place: streams and a bus in memory, or a real broker in this process.

use std::sync::Arc;
use std::time::Duration;

use event_store::RecordedEvent;
use projections::{Handler, MemoryFeed, Page};
use service_bus::{
    Bus, EntitySpec, Filter, ServiceBus, Settings, Source, SubscriptionSpec, TopicSpec,
};

use crate::meters::Meters;
use crate::{MemoryParking, Publisher};

/// The topic.
pub const TOPIC: &str = "energy-events";

/// How long the broker recognises a message that is sent again.
pub const WINDOW: Duration = Duration::from_secs(300);

/// How long a message is locked.
pub const LOCK: Duration = Duration::from_secs(60);

/// Deliveries before a message is set aside.
pub const DELIVERIES: u32 = 3;

const fn subscribed(name: &'static str, filter: Filter) -> SubscriptionSpec {
    let time_to_live = Duration::from_secs(3600);
    SubscriptionSpec { name, lock: LOCK, max_delivery_count: DELIVERIES, time_to_live, filter }
}

/// The topic with a subscription that gets everything, one by label and one by property.
pub const ENTITIES: &[EntitySpec] = &[EntitySpec::Topic(TopicSpec {
    name: TOPIC,
    time_to_live: Duration::from_secs(3600),
    duplicate_window: Some(WINDOW),
    subscriptions: &[
        subscribed("statements", Filter::Everything),
        subscribed("activations", Filter::Labels(&["MeterActivated.v1"])),
        subscribed("grid", Filter::Sql("district = '10'")),
    ],
})];

/// A real broker in this process.
///
/// # Panics
///
/// It cannot be started: the message says why.
pub async fn broker() -> Arc<ServiceBus> {
    let bus = ServiceBus::connect(&Settings::ephemeral()).await.expect("an embedded broker starts");
    bus.provision(ENTITIES).await.expect("it is empty");
    Arc::new(bus)
}

/// The subscription that gets everything.
#[must_use]
pub fn everything() -> Source {
    Source::subscription(TOPIC, "statements")
}

/// Publishes what meters tell others.
pub type MeterPublisher<B> = Publisher<MemoryFeed, B, MemoryParking, Meters>;

/// A publisher of the streams in memory.
#[must_use]
pub fn publisher<B: Bus>(
    store: &Arc<MemoryFeed>,
    bus: &Arc<B>,
    parking: &MemoryParking,
) -> MeterPublisher<B> {
    let (store, bus) = (Arc::clone(store), Arc::clone(bus));
    Publisher::new("publisher", TOPIC, store, bus, parking.clone())
}

/// Publishes events as one page.
///
/// # Panics
///
/// They cannot be sent.
pub async fn publish<H: Handler>(publisher: &H, events: Vec<RecordedEvent>) {
    let page = Page::new("0", 1, events);
    within_10_s("the page is published", publisher.handle(&page)).await.expect("it can be sent");
}

/// What comes of it within ten seconds: a check must not wait for ever.
///
/// # Panics
///
/// Nothing does.
pub async fn within_10_s<T>(what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(10), future).await;
    waited.unwrap_or_else(|_| panic!("not within 10 seconds: {what}"))
}
