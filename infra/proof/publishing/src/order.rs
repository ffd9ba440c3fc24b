//! What a publisher process is told, and the topic that it publishes to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use service_bus::{EntitySpec, Filter, Place, ServiceBus, Settings, SubscriptionSpec, TopicSpec};

use crate::Point;

/// How a publisher process works. It is told on its command line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// Where cosmos-local is.
    pub cosmos: String,
    /// Where service-bus-local is.
    pub bus: String,
    /// Where it stands still; without one it works until it is stopped.
    pub point: Option<Point>,
}

/// What is published to. It detects no duplicates: whatever is sent, comes.
pub const TOPIC: TopicSpec = TopicSpec {
    name: "meters",
    time_to_live: Duration::from_secs(3600),
    duplicate_window: None,
    subscriptions: &[subscription("counted"), subscription("consumed")],
};

const fn subscription(name: &'static str) -> SubscriptionSpec {
    SubscriptionSpec {
        name,
        lock: Duration::from_secs(60),
        max_delivery_count: 10,
        time_to_live: Duration::from_secs(3600),
        filter: Filter::Everything,
    }
}

/// Connects to the broker of a test.
///
/// # Panics
///
/// Nothing answers there.
pub async fn connect(url: &str) -> ServiceBus {
    let place = Place::Local { url: url.to_owned(), key: None };
    let bus = ServiceBus::connect(&Settings { place }).await.expect("service-bus-local answers");
    bus.provision(&[EntitySpec::Topic(TOPIC)]).await.expect("the topic can be created");
    bus
}
