//! Receivers that wait for a message.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tokio::sync::oneshot;

use super::{Delivery, Failure, Mode};

pub type Answer = oneshot::Sender<Result<Option<Delivery>, Failure>>;

struct Waiter {
    mode: Mode,
    answer: Answer,
}

/// Who waits at which tray, in the order they came. Numbers of tickets only grow.
#[derive(Default)]
pub struct Waiting {
    queues: BTreeMap<(u64, u64), Waiter>,
    places: HashMap<u64, u64>,
    /// Trays where messages have come and somebody waits.
    called: BTreeSet<u64>,
    /// The engine is stopping: nobody waits any more.
    closed: bool,
}

impl Waiting {
    /// Lets a receiver wait, unless nobody may.
    pub fn push(&mut self, tray: u64, ticket: u64, mode: Mode, answer: Answer) {
        if self.closed {
            let _ = answer.send(Ok(None));
            return;
        }
        self.places.insert(ticket, tray);
        self.queues.insert((tray, ticket), Waiter { mode, answer });
    }

    /// A message has come to a tray.
    pub fn call(&mut self, tray: u64) {
        if self.queues.range((tray, 0)..=(tray, u64::MAX)).next().is_some() {
            self.called.insert(tray);
        }
    }

    /// The next tray whose receivers are to be served.
    pub fn called(&mut self) -> Option<u64> {
        self.called.pop_first()
    }

    /// How the first receiver at a tray wants its message. Those who have gone are forgotten.
    pub fn first(&mut self, tray: u64) -> Option<Mode> {
        loop {
            let mut waiters = self.queues.range((tray, 0)..=(tray, u64::MAX));
            let (key, waiter) = waiters.next()?;
            if !waiter.answer.is_closed() {
                return Some(waiter.mode);
            }
            let key = *key;
            self.remove(key);
        }
    }

    pub fn pop(&mut self, tray: u64) -> Option<Answer> {
        let key = *self.queues.range((tray, 0)..=(tray, u64::MAX)).next()?.0;
        self.remove(key)
    }

    /// Tells a receiver that there was nothing, unless it has its message.
    pub fn give_up(&mut self, ticket: u64) {
        let key = self.places.get(&ticket).map(|tray| (*tray, ticket));
        if let Some(answer) = key.and_then(|key| self.remove(key)) {
            // It may have gone.
            let _ = answer.send(Ok(None));
        }
    }

    /// Sends everybody away, now and from now on.
    pub fn close(&mut self) {
        self.closed = true;
        self.places.clear();
        for waiter in std::mem::take(&mut self.queues).into_values() {
            let _ = waiter.answer.send(Ok(None));
        }
    }

    fn remove(&mut self, key: (u64, u64)) -> Option<Answer> {
        self.places.remove(&key.1);
        self.queues.remove(&key).map(|waiter| waiter.answer)
    }
}
