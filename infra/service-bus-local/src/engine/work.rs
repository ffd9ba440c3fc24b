//! What one transaction of the broker works with, and the moves that several operations share.

use super::catalogue::{Catalogue, Entity, Queue, Topic};
use super::state::{NEVER, Phase, State};
use super::storage::Key;
use super::tables::Tables;
use super::waiting::Waiting;
use super::{Failure, Source, record};
use crate::clock::Millis;
use crate::message::Message;
use crate::rules::Subject;

/// Says how a job ended, called once that is durable. Dropped, it says that the storage failed.
pub type Reply = Box<dyn FnOnce()>;

/// One transaction. Nothing in here waits.
pub struct Work<'t> {
    pub tables: Tables<'t>,
    pub catalogue: &'t Catalogue,
    pub waiting: &'t mut Waiting,
    /// The same for the whole transaction, so that its operations agree.
    pub now: Millis,
    pub replies: Vec<Reply>,
}

/// A place messages lie in: that of a queue or subscription, or that of its dead letters.
#[derive(Clone, Copy)]
pub struct Tray<'t> {
    pub queue: &'t Queue,
    pub dead: bool,
}

/// Why a message was set aside.
#[derive(Clone, Copy)]
pub enum Reason {
    MaxDeliveryCountExceeded,
    TimeToLiveExpired,
}

impl Tray<'_> {
    pub fn number(&self) -> u64 {
        if self.dead { self.queue.dead_letters() } else { self.queue.number }
    }
}

impl<'t> Work<'t> {
    /// The tray a source means.
    pub fn tray(&self, source: &Source) -> Result<Tray<'t>, Failure> {
        match self.catalogue.find(&source.path)? {
            Entity::Queue(queue) | Entity::Subscription(queue) => {
                Ok(Tray { queue, dead: source.dead_letters })
            }
            Entity::Topic(topic) => Err(Failure::invalid(format!(
                "'{}' is a topic; receive from one of its subscriptions",
                topic.path
            ))),
        }
    }

    /// The tray with this number, unless its entity is gone.
    pub fn tray_numbered(&self, number: u64) -> Option<Tray<'t>> {
        match self.catalogue.of_tray(number)? {
            Entity::Queue(queue) | Entity::Subscription(queue) => {
                Some(Tray { queue, dead: number != queue.number })
            }
            Entity::Topic(_) => None,
        }
    }

    /// Puts a message into a queue.
    pub fn enqueue(&mut self, queue: &'t Queue, message: &Message) -> Result<(), Failure> {
        let ceiling = queue.time_to_live;
        self.enqueue_record(queue, ceiling, message, &record::encode(message)?)
    }

    /// Numbers a message and puts a copy into each subscription whose rules let it through.
    pub fn fan_out(&mut self, topic: &'t Topic, mut message: Message) -> Result<(), Failure> {
        message.properties.topic_sequence = self.tables.number(topic.number)?;
        let subject = Subject { properties: &message.properties, enqueued_at: self.now };
        let record = record::encode(&message)?;
        for subscription in &topic.subscriptions {
            if subscription.rules.match_any(subject) {
                let ceiling = subscription.time_to_live.min(topic.time_to_live);
                self.enqueue_record(subscription, ceiling, &message, &record)?;
            }
        }
        Ok(())
    }

    fn enqueue_record(
        &mut self,
        queue: &'t Queue,
        ceiling: Millis,
        message: &Message,
        record: &[u8],
    ) -> Result<(), Failure> {
        let lives = message.properties.time_to_live.unwrap_or(Millis::MAX).min(ceiling);
        let state = State {
            deliveries: 0,
            enqueued_at: self.now,
            expires_at: self.now.saturating_add(lives),
            phase: Phase::Ready,
        };
        self.tables.put(queue.number, state, record)?;
        self.waiting.call(queue.number);
        Ok(())
    }

    /// Ends a lock that was not settled: back to its place, or to the dead letters.
    pub fn release(&mut self, key: Key, state: &State) -> Result<(), Failure> {
        let Some(tray) = self.tray_numbered(key.0) else {
            return self.tables.remove(key, state).map(drop);
        };
        if !tray.dead && state.deliveries >= tray.queue.max_deliveries {
            return self.dead_letter(tray.queue, key, state, Reason::MaxDeliveryCountExceeded);
        }
        if state.expires_at <= self.now {
            return self.expire(key, state);
        }
        self.tables.change(key, state, &State { phase: Phase::Ready, ..*state })?;
        self.waiting.call(key.0);
        Ok(())
    }

    /// Ends a message whose time is over.
    pub fn expire(&mut self, key: Key, state: &State) -> Result<(), Failure> {
        match self.tray_numbered(key.0) {
            Some(Tray { queue, dead: false }) if queue.keeps_expired => {
                self.dead_letter(queue, key, state, Reason::TimeToLiveExpired)
            }
            _ => self.tables.remove(key, state).map(drop),
        }
    }

    /// Moves a message to the dead letters, under a number of its own there.
    fn dead_letter(
        &mut self,
        queue: &'t Queue,
        key: Key,
        state: &State,
        reason: Reason,
    ) -> Result<(), Failure> {
        let mut message = record::decode(&self.tables.remove(key, state)?)?;
        let (name, description) = reason.words(queue);
        message.properties.set_custom("DeadLetterReason", name);
        message.properties.set_custom("DeadLetterErrorDescription", &description);
        let state = State { expires_at: NEVER, phase: Phase::Ready, ..*state };
        self.tables.put(queue.dead_letters(), state, &record::encode(&message)?)?;
        self.waiting.call(queue.dead_letters());
        Ok(())
    }
}

impl Reason {
    fn words(self, queue: &Queue) -> (&'static str, String) {
        match self {
            Self::MaxDeliveryCountExceeded => (
                "MaxDeliveryCountExceeded",
                format!(
                    "Message could not be consumed after {} delivery attempts.",
                    queue.max_deliveries
                ),
            ),
            Self::TimeToLiveExpired => {
                ("TTLExpiredException", "The message expired and was dead lettered.".to_owned())
            }
        }
    }
}
