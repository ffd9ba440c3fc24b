//! The entities there are, ready to be used.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::clock::Millis;
use crate::config::{self, Entities};
use crate::rules::Rules;

/// An entity as it is stored. Subscriptions name their topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Described {
    Queue(config::Queue),
    Topic { name: String, properties: config::TopicProperties },
    Subscription { topic: String, subscription: config::Subscription },
}

/// A queue, or a subscription, which is a queue filled by its topic.
#[derive(Debug)]
pub struct Queue {
    /// Of its tray; the next number is that of its dead letters.
    pub number: u64,
    /// As it was written.
    pub path: String,
    pub lock_duration: Millis,
    pub max_deliveries: u32,
    pub time_to_live: Millis,
    pub keeps_expired: bool,
    pub duplicate_window: Option<Millis>,
    pub rules: Rules,
}

#[derive(Debug)]
pub struct Topic {
    /// Of the tray of its scheduled messages.
    pub number: u64,
    pub path: String,
    pub time_to_live: Millis,
    pub duplicate_window: Option<Millis>,
    pub subscriptions: Vec<Arc<Queue>>,
}

#[derive(Debug, Clone)]
pub enum Entity {
    Queue(Arc<Queue>),
    Subscription(Arc<Queue>),
    Topic(Arc<Topic>),
}

/// All entities, by what they are looked up by. Never changed, only replaced.
#[derive(Debug, Default)]
pub struct Catalogue {
    described: BTreeMap<u64, Described>,
    by_path: HashMap<String, Entity>,
    by_number: HashMap<u64, Entity>,
}

/// Numbers an entity takes: its own, and that of its dead letters.
const NUMBERS: u64 = 2;

impl Queue {
    pub fn dead_letters(&self) -> u64 {
        self.number + 1
    }
}

impl Entity {
    fn number(&self) -> u64 {
        match self {
            Self::Queue(queue) | Self::Subscription(queue) => queue.number,
            Self::Topic(topic) => topic.number,
        }
    }
}

impl Described {
    /// What it is found by: the case of letters makes no difference.
    fn path(&self) -> String {
        match self {
            Self::Queue(queue) => queue.name.clone(),
            Self::Topic { name, .. } => name.clone(),
            Self::Subscription { topic, subscription } => {
                format!("{topic}/subscriptions/{}", subscription.name)
            }
        }
    }

    fn is_queue(&self) -> bool {
        matches!(self, Self::Queue(_))
    }
}

impl Catalogue {
    /// Builds the catalogue of what is stored.
    pub fn of(described: BTreeMap<u64, Described>) -> Result<Self, Failure> {
        let mut catalogue = Self { described, ..Self::default() };
        for (number, described) in catalogue.described.clone() {
            let path = described.path();
            let entity = match described {
                Described::Queue(queue) => Entity::Queue(Arc::new(queue_of(number, queue))),
                Described::Subscription { subscription, .. } => {
                    let subscription = subscription_of(number, path.clone(), &subscription)?;
                    Entity::Subscription(Arc::new(subscription))
                }
                Described::Topic { name, properties } => {
                    Entity::Topic(Arc::new(catalogue.topic_of(number, name, &properties)?))
                }
            };
            catalogue.by_path.insert(path.to_ascii_lowercase(), entity);
        }
        for entity in catalogue.by_path.values() {
            let number = entity.number();
            catalogue.by_number.insert(number, entity.clone());
            catalogue.by_number.insert(number + 1, entity.clone());
        }
        Ok(catalogue)
    }

    fn topic_of(
        &self,
        number: u64,
        name: String,
        properties: &config::TopicProperties,
    ) -> Result<Topic, Failure> {
        let mut subscriptions = Vec::new();
        for (number, described) in &self.described {
            if let Described::Subscription { topic, subscription } = described
                && topic.eq_ignore_ascii_case(&name)
            {
                let path = described.path();
                subscriptions.push(Arc::new(subscription_of(*number, path, subscription)?));
            }
        }
        Ok(Topic {
            number,
            path: name,
            time_to_live: properties.default_message_time_to_live.0,
            duplicate_window: properties
                .requires_duplicate_detection
                .then_some(properties.duplicate_detection_history_time_window.0),
            subscriptions,
        })
    }

    /// What is stored once these are created, or changed to be as they are described. Others stay.
    pub fn with(&self, entities: Entities) -> Result<BTreeMap<u64, Described>, Failure> {
        let mut described = self.described.clone();
        for queue in entities.queues {
            set(&mut described, Described::Queue(queue))?;
        }
        for config::Topic { name, properties, subscriptions } in entities.topics {
            set(&mut described, Described::Topic { name: name.clone(), properties })?;
            for subscription in subscriptions {
                let topic = name.clone();
                set(&mut described, Described::Subscription { topic, subscription })?;
            }
        }
        Ok(described)
    }

    /// An entity by its path in lower case.
    pub fn find(&self, path: &str) -> Result<&Entity, Failure> {
        self.by_path.get(path).ok_or_else(|| Failure::NoSuchEntity { path: path.to_owned() })
    }

    /// What a tray belongs to, as its own or as that of its dead letters.
    pub fn of_tray(&self, number: u64) -> Option<&Entity> {
        self.by_number.get(&number)
    }

    /// All entities, ordered by path.
    pub fn all(&self) -> Vec<&Entity> {
        let mut all: Vec<_> = self.by_path.iter().collect();
        all.sort_by_key(|(path, _)| *path);
        all.into_iter().map(|(_, entity)| entity).collect()
    }
}

fn set(described: &mut BTreeMap<u64, Described>, new: Described) -> Result<(), Failure> {
    let path = new.path();
    let known = described.iter().find(|(_, known)| known.path().eq_ignore_ascii_case(&path));
    let number = match known {
        Some((_, known)) if known.is_queue() != new.is_queue() => {
            return Err(Failure::invalid(format!(
                "'{path}' exists as another kind of entity; choose another name"
            )));
        }
        Some((number, _)) => *number,
        None => described.keys().next_back().map_or(0, |last| last + NUMBERS),
    };
    described.insert(number, new);
    Ok(())
}

fn queue_of(number: u64, queue: config::Queue) -> Queue {
    let properties = queue.properties;
    Queue {
        number,
        path: queue.name,
        lock_duration: properties.lock_duration.0,
        max_deliveries: properties.max_delivery_count,
        time_to_live: properties.default_message_time_to_live.0,
        keeps_expired: properties.dead_lettering_on_message_expiration,
        duplicate_window: properties
            .requires_duplicate_detection
            .then_some(properties.duplicate_detection_history_time_window.0),
        rules: Rules::everything(),
    }
}

fn subscription_of(
    number: u64,
    path: String,
    subscription: &config::Subscription,
) -> Result<Queue, Failure> {
    let properties = &subscription.properties;
    Ok(Queue {
        number,
        path,
        lock_duration: properties.lock_duration.0,
        max_deliveries: properties.max_delivery_count,
        time_to_live: properties.default_message_time_to_live.0,
        keeps_expired: properties.dead_lettering_on_message_expiration,
        duplicate_window: None,
        rules: Rules::compile(&subscription.rules).map_err(Failure::invalid)?,
    })
}
