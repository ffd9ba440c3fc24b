//! Queues, topics, locks, schedules and dead letters, on `redb`. Knows no HTTP.
//!
//! # Promises
//!
//! - What is acknowledged is durable: a sent message is there, a completed one is gone, and a delivery counts,
//!   whenever the process ends. Its locks end with it.
//! - Every operation happens at one point of one order, at one time of one clock. A batch is sent as a whole or
//!   not at all.
//! - Costs are O(log n) in the number of messages.

mod broker;
mod browse;
mod catalogue;
mod due;
mod failure;
mod jobs;
mod receive;
mod record;
mod send;
mod settle;
mod state;
mod storage;
mod tables;
#[cfg(test)]
mod tests;
mod waiting;
mod work;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use redb::{Database, ReadableDatabase as _, ReadableTable as _};
use tokio::sync::oneshot;

pub use browse::{Counted, Shown};
pub use failure::Failure;
pub use receive::{Delivery, Mode};
pub use settle::{Claim, Settlement};
pub use state::Phase;
pub use storage::{OpenError, Storage};

use broker::{Broker, Shared};
use catalogue::Catalogue;
use jobs::{Done, Job};
use storage::Opened;

use crate::clock::{Clock, Millis};
use crate::config::Entities;
use crate::message::Message;

/// What is received from: a queue or a subscription, or its dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// In lower case; of a subscription with its topic, as in `events/subscriptions/billing`.
    pub path: String,
    pub dead_letters: bool,
}

/// All entities of a namespace and their messages. Cheap to clone; the storage is closed with the last clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Parts>,
}

struct Parts {
    // Dropped first: it finishes what waits.
    broker: Broker,
    file: Arc<Database>,
    catalogue: Shared,
    clock: Clock,
    tickets: AtomicU64,
}

impl Engine {
    /// Opens or creates the storage. Locks that were held when it was closed have ended.
    pub fn open(storage: Storage, clock: Clock) -> Result<Self, OpenError> {
        let Opened { path, file, writer } = storage::open(storage)?;
        let failed = |failure: Failure| OpenError::failed(&path, failure);
        let catalogue = Arc::new(RwLock::new(Arc::new(load(&file).map_err(failed)?)));
        let broker = Broker::start(writer, Arc::clone(&catalogue), clock.clone());
        let broker = broker.map_err(failed)?;
        let tickets = AtomicU64::new(0);
        Ok(Self { shared: Arc::new(Parts { broker, file, catalogue, clock, tickets }) })
    }

    /// Creates entities, or changes them to be as they are described. Others stay, and so do messages.
    pub async fn define(&self, entities: Entities) -> Result<(), Failure> {
        self.job(|done| Job::Define { entities, done }).await
    }

    /// Sends messages to a queue or topic: all or none. Returns once they are durable.
    pub async fn send(&self, to: &str, messages: Vec<Message>) -> Result<(), Failure> {
        let to = to.to_owned();
        self.job(|done| Job::Send { to, messages, done }).await
    }

    /// Receives the first message there is, waiting for one if need be. If this future is dropped, nothing is
    /// received any more; what had been received just then stays locked until its lock ends.
    pub async fn receive(
        &self,
        source: &Source,
        mode: Mode,
        wait: Duration,
    ) -> Result<Option<Delivery>, Failure> {
        let (answer, mut answered) = oneshot::channel();
        let number = self.shared.tickets.fetch_add(1, Ordering::Relaxed);
        let ticket = (!wait.is_zero()).then_some(number);
        self.shared.broker.hand(Job::Receive { source: source.clone(), mode, ticket, answer });
        if ticket.is_some() {
            let ticket = Ticket { engine: self, number };
            if let Ok(answer) = tokio::time::timeout(wait, &mut answered).await {
                std::mem::forget(ticket);
                return answer.unwrap_or_else(|_| Err(broker::stopped()));
            }
        }
        answered.await.unwrap_or_else(|_| Err(broker::stopped()))
    }

    /// Completes, abandons or renews what was received under a lock.
    pub async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), Failure> {
        self.job(|done| Job::Settle { claim, settlement, done }).await
    }

    /// Moves the clock ahead; returns when everything that has become due is done.
    pub async fn advance(&self, by: Millis) -> Result<(), Failure> {
        self.shared.clock.advance(by);
        self.job(|done| Job::CatchUp { done }).await
    }

    /// Removes every message and all that is known of them; entities stay. Sequence numbers begin anew.
    pub async fn reset(&self) -> Result<(), Failure> {
        self.job(|done| Job::Reset { done }).await
    }

    /// Sends waiting receivers away, now and from now on.
    pub fn stop_waiting(&self) {
        self.shared.broker.hand(Job::Close);
    }

    /// All entities with the number of their messages.
    pub fn entities(&self) -> Result<Vec<Counted>, Failure> {
        browse::entities(&self.shared.file, &broker::current(&self.shared.catalogue))
    }

    /// Messages as they lie there, after a sequence number.
    pub fn messages(
        &self,
        source: &Source,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Shown>, Failure> {
        let catalogue = broker::current(&self.shared.catalogue);
        browse::messages(&self.shared.file, &catalogue, source, after, limit)
    }

    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    async fn job(&self, job: impl FnOnce(Done) -> Job) -> Result<(), Failure> {
        let (done, answered) = oneshot::channel();
        self.shared.broker.hand(job(done));
        answered.await.unwrap_or_else(|_| Err(broker::stopped()))
    }
}

/// A place among those who wait, given up when dropped.
struct Ticket<'e> {
    engine: &'e Engine,
    number: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.engine.shared.broker.hand(Job::GiveUp { ticket: self.number });
    }
}

fn load(file: &Database) -> Result<Catalogue, Failure> {
    let table = file.begin_read()?.open_table(storage::ENTITIES)?;
    let mut described = BTreeMap::new();
    for entry in table.iter()? {
        let (number, stored) = entry?;
        let read = serde_json::from_slice(stored.value());
        described.insert(number.value(), read.map_err(|_| failure::damaged("an entity"))?);
    }
    Catalogue::of(described)
}
