//! The port: everything that modules and samples do with a bus.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::{BusError, Message, Received};

/// A message bus with at-least-once delivery.
///
/// Order is not promised, and a message may come twice: the consumer's inbox sees to both. A lock that is dropped
/// does not end before its time, so settle on every path.
pub trait Bus: Send + Sync {
    /// What settles a delivery.
    type Lock: Send + Sync;

    /// Sends a message to a queue or topic; returns when the broker has it for good.
    fn send(
        &self,
        to: &str,
        message: &Message,
    ) -> impl Future<Output = Result<(), BusError>> + Send;

    /// Locks the next message, waiting for one if need be; `None` if none came.
    fn receive(
        &self,
        from: &Source,
        wait: Duration,
    ) -> impl Future<Output = Incoming<Self::Lock>> + Send;

    /// Removes the message: it was dealt with.
    fn complete(&self, lock: &Self::Lock) -> impl Future<Output = Result<(), BusError>> + Send;

    /// Gives the message back. It comes again, until it has come too often and is dead-lettered.
    fn abandon(&self, lock: &Self::Lock) -> impl Future<Output = Result<(), BusError>> + Send;

    /// Makes the lock last its whole length again.
    fn renew(&self, lock: &Self::Lock) -> impl Future<Output = Result<(), BusError>> + Send;
}

/// What comes of waiting for a message.
pub type Incoming<L> = Result<Option<Delivery<L>>, BusError>;

/// A message and the lock it is held under.
#[derive(Debug)]
pub struct Delivery<L> {
    /// The message.
    pub message: Received,
    /// What settles it.
    pub lock: L,
}

/// What is received from: a queue, a subscription, or the dead letters of either.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// The queue or topic.
    pub entity: String,
    /// The subscription of the topic; `None` means a queue.
    pub subscription: Option<String>,
    /// Its dead letters instead of itself.
    pub dead_letters: bool,
}

impl Source {
    /// A queue.
    #[must_use]
    pub fn queue(name: impl Into<String>) -> Self {
        Self { entity: name.into(), subscription: None, dead_letters: false }
    }

    /// A subscription of a topic.
    #[must_use]
    pub fn subscription(topic: impl Into<String>, name: impl Into<String>) -> Self {
        Self { entity: topic.into(), subscription: Some(name.into()), dead_letters: false }
    }

    /// What the broker set aside here: after too many deliveries, or because it expired.
    #[must_use]
    pub fn dead_letters(&self) -> Self {
        Self { dead_letters: true, ..self.clone() }
    }
}

/// The path of the entity, such as `events/subscriptions/billing`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entity)?;
        if let Some(subscription) = &self.subscription {
            write!(f, "/subscriptions/{subscription}")?;
        }
        if self.dead_letters {
            f.write_str("/$deadletterqueue")?;
        }
        Ok(())
    }
}
