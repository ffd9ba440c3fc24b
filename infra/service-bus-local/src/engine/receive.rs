//! Receiving: under a lock, or for good.

use uuid::Uuid;

use super::state::{NEVER, Phase, State};
use super::work::{Tray, Work};
use super::{Failure, record};
use crate::clock::Millis;
use crate::message::Message;

/// How a message is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It stays, locked, until it is settled.
    PeekLock,
    /// It is gone, whatever becomes of the answer.
    ReceiveAndDelete,
}

/// A message given out.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub sequence: u64,
    pub deliveries: u32,
    pub enqueued_at: Millis,
    /// How long it lives in all; `None` for ever.
    pub time_to_live: Option<Millis>,
    pub lock: Option<Lock>,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    pub token: Uuid,
    pub until: Millis,
}

impl Delivery {
    pub fn of(sequence: u64, state: &State, message: Message) -> Self {
        let time_to_live = state.expires_at.saturating_sub(state.enqueued_at);
        let lock = match state.phase {
            Phase::Locked { token, until } => Some(Lock { token: Uuid::from_u128(token), until }),
            Phase::Ready | Phase::Scheduled { .. } => None,
        };
        Self {
            sequence,
            deliveries: state.deliveries,
            enqueued_at: state.enqueued_at,
            time_to_live: (state.expires_at != NEVER).then_some(time_to_live),
            lock,
            message,
        }
    }
}

impl Work<'_> {
    /// Takes the message to be received next, if there is one.
    pub fn take(&mut self, tray: Tray<'_>, mode: Mode) -> Result<Option<Delivery>, Failure> {
        let Some(key) = self.tables.first_ready(tray.number())? else {
            return Ok(None);
        };
        let before = self.tables.state(key)?.ok_or_else(|| super::failure::damaged("a message"))?;
        let deliveries = before.deliveries.saturating_add(1);
        let (state, record) = match mode {
            Mode::ReceiveAndDelete => {
                (State { deliveries, ..before }, self.tables.remove(key, &before)?)
            }
            Mode::PeekLock => {
                let until = self.now.saturating_add(tray.queue.lock_duration);
                let token = Uuid::new_v4().as_u128();
                let state = State { deliveries, phase: Phase::Locked { token, until }, ..before };
                self.tables.change(key, &before, &state)?;
                (state, self.tables.record(key)?)
            }
        };
        Ok(Some(Delivery::of(key.1, &state, record::decode(&record)?)))
    }

    /// Gives messages to those who wait where some have come.
    pub fn serve_all(&mut self) -> Result<(), Failure> {
        while let Some(number) = self.waiting.called() {
            if let Some(tray) = self.tray_numbered(number) {
                self.serve(tray)?;
            }
        }
        Ok(())
    }

    /// Whoever waits longest comes first.
    fn serve(&mut self, tray: Tray<'_>) -> Result<(), Failure> {
        while let Some(mode) = self.waiting.first(tray.number()) {
            let Some(delivery) = self.take(tray, mode)? else {
                break;
            };
            if let Some(answer) = self.waiting.pop(tray.number()) {
                self.replies.push(Box::new(move || {
                    // Nobody may be there any more; the lock ends by itself.
                    let _ = answer.send(Ok(Some(delivery)));
                }));
            }
        }
        Ok(())
    }
}
