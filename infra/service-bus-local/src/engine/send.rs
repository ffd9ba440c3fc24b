//! Sending: to a queue, or to a topic, which gives each subscription its copy.

use super::catalogue::Entity;
use super::state::{NEVER, Phase, State};
use super::work::Work;
use super::{Failure, record};
use crate::clock::Millis;
use crate::message::Message;

/// Bytes of a message, or of a batch, with its properties: the Standard tier's.
const MAX_BYTES: usize = 256 * 1024;
/// Bytes of the properties alone.
const MAX_PROPERTIES: usize = 64 * 1024;

impl<'t> Work<'t> {
    /// Sends all messages or none.
    pub fn send(&mut self, to: &str, messages: Vec<Message>) -> Result<(), Failure> {
        let entity = self.catalogue.find(to)?;
        if let Entity::Subscription(subscription) = entity {
            return Err(Failure::invalid(format!(
                "'{}' is a subscription; send to its topic",
                subscription.path
            )));
        }
        within_limits(&messages)?;
        let (number, window) = match entity {
            Entity::Topic(topic) => (topic.number, topic.duplicate_window),
            Entity::Queue(queue) | Entity::Subscription(queue) => {
                (queue.number, queue.duplicate_window)
            }
        };
        for message in messages {
            if let Some(window) = window
                && self.tables.see(number, &message.properties.message_id, self.now, window)?
            {
                continue;
            }
            match message.properties.scheduled_at {
                Some(at) if at > self.now => self.schedule(number, at, &message)?,
                _ => self.deliver(entity, message)?,
            }
        }
        Ok(())
    }

    /// Hides a message until its time.
    fn schedule(&mut self, number: u64, at: Millis, message: &Message) -> Result<(), Failure> {
        let state = State {
            deliveries: 0,
            enqueued_at: self.now,
            expires_at: NEVER,
            phase: Phase::Scheduled { at },
        };
        self.tables.put(number, state, &record::encode(message)?).map(drop)
    }

    /// Enqueues a message, now.
    pub fn deliver(&mut self, entity: &'t Entity, message: Message) -> Result<(), Failure> {
        match entity {
            Entity::Topic(topic) => self.fan_out(topic, message),
            Entity::Queue(queue) | Entity::Subscription(queue) => self.enqueue(queue, &message),
        }
    }
}

fn within_limits(messages: &[Message]) -> Result<(), Failure> {
    let mut bytes = 0;
    for message in messages {
        let properties = message.properties.size();
        if properties > MAX_PROPERTIES {
            let what = "the properties of the message";
            return Err(Failure::TooLarge { what, bytes: properties, limit: MAX_PROPERTIES });
        }
        bytes += properties + message.body.len();
    }
    if bytes > MAX_BYTES {
        let what = if messages.len() == 1 { "the message" } else { "the batch" };
        return Err(Failure::TooLarge { what, bytes, limit: MAX_BYTES });
    }
    Ok(())
}
