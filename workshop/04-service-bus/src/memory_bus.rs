//! A topic in memory, which does on order what a broker does by bad luck.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::Rng;
use rand::seq::SliceRandom;
use service_bus::{Bus, BusError, Delivery, Incoming, Message, Received, Source};
use tokio::sync::watch;
use tokio::task::yield_now;

/// What the broker does with a message that is sent to it.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It takes it.
    Taken,
    /// It takes it, and its answer is lost.
    AnswerLost,
    /// It cannot be reached.
    Lost,
    /// It will never take it.
    Refused(&'static str),
}

/// A topic with one subscription.
pub struct MemoryBus {
    max_deliveries: u32,
    state: Mutex<State>,
    renewals: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    fates: VecDeque<Fate>,
    asked: usize,
    sent: Vec<Message>,
    ready: VecDeque<Received>,
    dead: VecDeque<Received>,
    held: BTreeMap<u64, (bool, Received)>,
    locks: u64,
    /// Streams that something is being sent of, and whether there ever were two messages of one.
    sending: BTreeSet<Option<String>>,
    overtaken: bool,
}

/// What a message is held by.
pub struct Held(u64);

impl MemoryBus {
    /// Sets a message aside after so many deliveries.
    #[must_use]
    pub fn new(max_deliveries: u32) -> Self {
        let renewals = watch::Sender::new(0);
        Self { max_deliveries, state: Mutex::default(), renewals }
    }

    /// What will happen to the next messages sent. Those after them are taken.
    pub fn fates(&self, fates: &[Fate]) {
        self.state().fates.extend(fates.iter().cloned());
    }

    /// How often a send was tried.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    /// What was taken, in that order.
    #[must_use]
    pub fn sent(&self) -> Vec<Message> {
        self.state().sent.clone()
    }

    /// Two messages of one stream were on their way at the same time.
    #[must_use]
    pub fn overtaken(&self) -> bool {
        self.state().overtaken
    }

    /// Delivers a message that was taken once more, as after the time in which duplicates are known.
    pub fn deliver_again(&self, number: usize) {
        let mut state = self.state();
        if let Some(message) = state.sent.get(number).cloned() {
            let place = number as u64;
            state.ready.push_back(received(&message, place));
        }
    }

    /// Ends all locks.
    pub fn end_locks(&self) {
        let mut state = self.state();
        for (_, (dead, message)) in std::mem::take(&mut state.held) {
            state.give_back(dead, message, self.max_deliveries);
        }
    }

    /// Puts what waits into another order.
    pub fn shuffle(&self, random: &mut impl Rng) {
        self.state().ready.make_contiguous().shuffle(random);
    }

    /// Waits until locks were renewed so often.
    ///
    /// # Panics
    ///
    /// Never: the sender is held here.
    pub async fn until_renewed(&self, times: usize) {
        let mut renewals = self.renewals.subscribe();
        renewals.wait_for(|renewed| *renewed >= times).await.expect("we hold the sender");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, lock: &Held) -> Result<(bool, Received), BusError> {
        self.state().held.remove(&lock.0).ok_or(BusError::LockLost)
    }
}

impl State {
    fn give_back(&mut self, dead: bool, message: Received, max_deliveries: u32) {
        let dead = dead || message.delivery_count >= max_deliveries;
        let messages = if dead { &mut self.dead } else { &mut self.ready };
        messages.push_front(message);
    }
}

impl Bus for MemoryBus {
    type Lock = Held;

    async fn send(&self, _to: &str, message: &Message) -> Result<(), BusError> {
        message.check()?;
        let fate = {
            let mut state = self.state();
            state.asked += 1;
            let alone = state.sending.insert(message.session.clone());
            state.overtaken |= !alone;
            state.fates.pop_front().unwrap_or(Fate::Taken)
        };
        yield_now().await;
        if matches!(fate, Fate::Taken | Fate::AnswerLost) {
            let mut state = self.state();
            let place = state.sent.len() as u64;
            state.sent.push(message.clone());
            state.ready.push_back(received(message, place));
        }
        yield_now().await;
        self.state().sending.remove(&message.session);
        match fate {
            Fate::Taken => Ok(()),
            Fate::AnswerLost | Fate::Lost => Err(BusError::Transient("no answer".into())),
            Fate::Refused(reason) => Err(BusError::Rejected { reason: reason.to_owned() }),
        }
    }

    async fn receive(&self, from: &Source, _wait: Duration) -> Incoming<Held> {
        yield_now().await;
        let mut state = self.state();
        let dead = from.dead_letters;
        let messages = if dead { &mut state.dead } else { &mut state.ready };
        let Some(mut message) = messages.pop_front() else {
            return Ok(None);
        };
        message.delivery_count += 1;
        state.locks += 1;
        let lock = Held(state.locks);
        state.held.insert(lock.0, (dead, message.clone()));
        Ok(Some(Delivery { message, lock }))
    }

    async fn complete(&self, lock: &Held) -> Result<(), BusError> {
        yield_now().await;
        self.take(lock)?;
        yield_now().await;
        Ok(())
    }

    async fn abandon(&self, lock: &Held) -> Result<(), BusError> {
        yield_now().await;
        let (dead, message) = self.take(lock)?;
        self.state().give_back(dead, message, self.max_deliveries);
        Ok(())
    }

    async fn renew(&self, lock: &Held) -> Result<(), BusError> {
        let held = self.state().held.contains_key(&lock.0);
        self.renewals.send_modify(|renewed| *renewed += 1);
        if held { Ok(()) } else { Err(BusError::LockLost) }
    }
}

/// A message as a consumer gets it.
fn received(message: &Message, sequence_number: u64) -> Received {
    let message = message.clone();
    Received {
        id: message.id,
        session: message.session,
        label: message.label,
        correlation_id: message.correlation_id,
        content_type: Some(message.content_type),
        properties: message.properties,
        body: message.body,
        sequence_number,
        delivery_count: 0,
        enqueued_at: None,
        locked_until: None,
    }
}
