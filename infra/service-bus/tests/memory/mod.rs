//! A second adapter, in a few lines: what a test, or a bus of another kind, puts in the place of REST.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use service_bus::{Bus, BusError, Delivery, Incoming, Message, Received, Source};

/// One queue and its dead letters in memory.
pub struct MemoryBus {
    name: &'static str,
    max_deliveries: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: u64,
    ready: VecDeque<Received>,
    dead: VecDeque<Received>,
    held: Vec<(u64, bool, Received)>,
}

/// The number of a message, and whether it is a dead letter.
pub struct Held(u64, bool);

impl MemoryBus {
    pub fn with_queue(name: &'static str, max_deliveries: u32) -> Self {
        Self { name, max_deliveries, state: Mutex::default() }
    }

    fn known(&self, name: &str) -> Result<(), BusError> {
        let known = name == self.name;
        known.then_some(()).ok_or_else(|| BusError::NoSuchEntity { entity: name.to_owned() })
    }

    fn take(&self, lock: &Held) -> Result<Received, BusError> {
        let held = &mut self.state.lock().unwrap().held;
        let place = held.iter().position(|it| (it.0, it.1) == (lock.0, lock.1));
        place.map(|place| held.remove(place).2).ok_or(BusError::LockLost)
    }
}

impl Bus for MemoryBus {
    type Lock = Held;

    async fn send(&self, to: &str, message: &Message) -> Result<(), BusError> {
        self.known(to)?;
        let mut state = self.state.lock().unwrap();
        state.sent += 1;
        let message = message.clone();
        let received = Received {
            id: message.id,
            session: message.session,
            label: message.label,
            correlation_id: message.correlation_id,
            content_type: Some(message.content_type),
            properties: message.properties,
            body: message.body,
            sequence_number: state.sent,
            delivery_count: 0,
            enqueued_at: None,
            locked_until: None,
        };
        state.ready.push_back(received);
        Ok(())
    }

    async fn receive(&self, from: &Source, _wait: Duration) -> Incoming<Held> {
        self.known(&from.entity)?;
        let dead = from.dead_letters;
        let mut state = self.state.lock().unwrap();
        let messages = if dead { &mut state.dead } else { &mut state.ready };
        let Some(mut message) = messages.pop_front() else {
            return Ok(None);
        };
        message.delivery_count += 1;
        let lock = Held(message.sequence_number, dead);
        state.held.push((lock.0, dead, message.clone()));
        Ok(Some(Delivery { message, lock }))
    }

    async fn complete(&self, lock: &Held) -> Result<(), BusError> {
        self.take(lock).map(drop)
    }

    async fn abandon(&self, lock: &Held) -> Result<(), BusError> {
        let message = self.take(lock)?;
        let mut state = self.state.lock().unwrap();
        let dead = lock.1 || message.delivery_count >= self.max_deliveries;
        let messages = if dead { &mut state.dead } else { &mut state.ready };
        messages.push_front(message);
        Ok(())
    }

    async fn renew(&self, lock: &Held) -> Result<(), BusError> {
        let message = self.take(lock)?;
        self.state.lock().unwrap().held.push((lock.0, lock.1, message));
        Ok(())
    }
}
