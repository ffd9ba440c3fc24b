//! What changes about a message while it lies in a tray.

use super::storage::StoredState;
use crate::clock::Millis;

/// No expiry: later than any clock will show.
pub const NEVER: Millis = Millis::MAX;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// How often it was given out under a lock.
    pub deliveries: u32,
    pub enqueued_at: Millis,
    /// [`NEVER`] among dead letters.
    pub expires_at: Millis,
    pub phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It can be received.
    Ready,
    /// One receiver has it. It does not expire meanwhile.
    Locked { token: u128, until: Millis },
    /// It is hidden.
    Scheduled { at: Millis },
}

impl State {
    /// When something happens to it by itself.
    pub fn due(&self) -> Option<Millis> {
        let time = match self.phase {
            Phase::Ready => self.expires_at,
            Phase::Locked { until, .. } => until,
            Phase::Scheduled { at } => at,
        };
        (time != NEVER).then_some(time)
    }

    pub fn token(&self) -> Option<u128> {
        match self.phase {
            Phase::Locked { token, .. } => Some(token),
            Phase::Ready | Phase::Scheduled { .. } => None,
        }
    }

    /// No token is 0, so two numbers tell the three phases apart.
    pub fn encode(&self) -> StoredState {
        let (time, token) = match self.phase {
            Phase::Ready => (0, 0),
            Phase::Locked { token, until } => (until, token),
            Phase::Scheduled { at } => (at.max(1), 0),
        };
        (self.deliveries, self.enqueued_at, self.expires_at, time, token)
    }

    pub fn decode((deliveries, enqueued_at, expires_at, time, token): StoredState) -> Self {
        let phase = match (time, token) {
            (0, 0) => Phase::Ready,
            (at, 0) => Phase::Scheduled { at },
            (until, token) => Phase::Locked { token, until },
        };
        Self { deliveries, enqueued_at, expires_at, phase }
    }
}
