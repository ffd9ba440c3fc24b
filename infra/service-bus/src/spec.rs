//! What a module needs of the bus, as plain data that Rust and Bicep are both checked against.

use std::time::Duration;

use serde_json::{Value, json};

/// An entity that a module needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntitySpec {
    /// A queue.
    Queue(QueueSpec),
    /// A topic with its subscriptions.
    Topic(TopicSpec),
}

/// A queue that a module needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSpec {
    /// The queue's name.
    pub name: &'static str,
    /// How long a receiver has a message to itself; at most 5 minutes.
    pub lock: Duration,
    /// Deliveries before a message is dead-lettered.
    pub max_delivery_count: u32,
    /// How long a message is kept. Then it becomes a dead letter: nothing is lost without a trace.
    pub time_to_live: Duration,
    /// How long the id of a message is remembered, to drop duplicates; `None` drops none.
    pub duplicate_window: Option<Duration>,
}

/// A topic that a module needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicSpec {
    /// The topic's name.
    pub name: &'static str,
    /// How long a message is kept.
    pub time_to_live: Duration,
    /// How long the id of a message is remembered, to drop duplicates; `None` drops none.
    pub duplicate_window: Option<Duration>,
    /// Its subscriptions, one at least.
    pub subscriptions: &'static [SubscriptionSpec],
}

/// A subscription of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionSpec {
    /// The subscription's name.
    pub name: &'static str,
    /// How long a receiver has a message to itself; at most 5 minutes.
    pub lock: Duration,
    /// Deliveries before a message is dead-lettered.
    pub max_delivery_count: u32,
    /// How long a message is kept. Then it becomes a dead letter: nothing is lost without a trace.
    pub time_to_live: Duration,
    /// Which messages it gets.
    pub filter: Filter,
}

/// Which messages a subscription gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    Everything,
    /// Those with one of these labels.
    Labels(&'static [&'static str]),
    /// Those for which this SQL filter holds.
    Sql(&'static str),
}

/// The body of a request to create entities, in the shape of the emulator's file.
pub(crate) fn entities(specs: &[EntitySpec]) -> Value {
    let queues = specs.iter().filter_map(|spec| match spec {
        EntitySpec::Queue(queue) => Some(queue.to_json()),
        EntitySpec::Topic(_) => None,
    });
    let topics = specs.iter().filter_map(|spec| match spec {
        EntitySpec::Topic(topic) => Some(topic.to_json()),
        EntitySpec::Queue(_) => None,
    });
    json!({ "Queues": queues.collect::<Value>(), "Topics": topics.collect::<Value>() })
}

impl QueueSpec {
    fn to_json(self) -> Value {
        let mut properties = json!({
            "LockDuration": duration(self.lock),
            "MaxDeliveryCount": self.max_delivery_count,
            "DefaultMessageTimeToLive": duration(self.time_to_live),
            "DeadLetteringOnMessageExpiration": true,
        });
        detect(&mut properties, self.duplicate_window);
        json!({ "Name": self.name, "Properties": properties })
    }
}

impl TopicSpec {
    fn to_json(self) -> Value {
        let mut properties = json!({ "DefaultMessageTimeToLive": duration(self.time_to_live) });
        detect(&mut properties, self.duplicate_window);
        let subscriptions: Vec<_> = self.subscriptions.iter().map(|it| it.to_json()).collect();
        json!({ "Name": self.name, "Properties": properties, "Subscriptions": subscriptions })
    }
}

impl SubscriptionSpec {
    fn to_json(self) -> Value {
        let properties = json!({
            "LockDuration": duration(self.lock),
            "MaxDeliveryCount": self.max_delivery_count,
            "DefaultMessageTimeToLive": duration(self.time_to_live),
            "DeadLetteringOnMessageExpiration": true,
        });
        json!({ "Name": self.name, "Properties": properties, "Rules": self.filter.rules() })
    }
}

impl Filter {
    fn rules(self) -> Vec<Value> {
        let label = |label: &&str| {
            let filter =
                json!({ "FilterType": "Correlation", "CorrelationFilter": { "Label": label } });
            json!({ "Name": label, "Properties": filter })
        };
        match self {
            Self::Everything => Vec::new(),
            Self::Labels(labels) => labels.iter().map(label).collect(),
            Self::Sql(expression) => {
                let filter =
                    json!({ "FilterType": "Sql", "SqlFilter": { "SqlExpression": expression } });
                vec![json!({ "Name": "filter", "Properties": filter })]
            }
        }
    }
}

fn detect(properties: &mut Value, window: Option<Duration>) {
    if let Some(window) = window {
        properties["RequiresDuplicateDetection"] = true.into();
        properties["DuplicateDetectionHistoryTimeWindow"] = duration(window).into();
    }
}

/// ISO 8601 in whole seconds.
pub(crate) fn duration(duration: Duration) -> String {
    format!("PT{}S", duration.as_secs())
}
