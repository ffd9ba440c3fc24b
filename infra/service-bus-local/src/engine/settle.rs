//! Settling what was received under a lock.

use uuid::Uuid;

use super::state::{Phase, State};
use super::work::Work;
use super::{Failure, Source};

/// What the receiver makes of its lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// The message is done with.
    Complete,
    /// The message goes back to its place.
    Abandon,
    /// The lock begins anew.
    Renew,
}

/// The lock a receiver speaks of.
#[derive(Debug, Clone)]
pub struct Claim {
    pub source: Source,
    /// The message's sequence number or id.
    pub message: String,
    pub token: Uuid,
}

impl Work<'_> {
    pub fn settle(&mut self, claim: &Claim, settlement: Settlement) -> Result<(), Failure> {
        let tray = self.tray(&claim.source)?;
        let token = claim.token.as_u128();
        let key = self.tables.locked_by(token)?.filter(|key| key.0 == tray.number());
        let key = key.ok_or(Failure::LockLost)?;
        if !self.is_named(key, &claim.message)? {
            return Err(Failure::LockLost);
        }
        let state = self.tables.state(key)?.ok_or(Failure::LockLost)?;
        match settlement {
            Settlement::Complete => self.tables.remove(key, &state).map(drop),
            Settlement::Abandon => self.release(key, &state),
            Settlement::Renew => {
                let until = self.now.saturating_add(tray.queue.lock_duration);
                let renewed = State { phase: Phase::Locked { token, until }, ..state };
                self.tables.change(key, &state, &renewed)
            }
        }
    }

    /// Whether a path means this message: by its number, as we give it out, or by its id.
    fn is_named(&self, key: (u64, u64), name: &str) -> Result<bool, Failure> {
        if name.parse() == Ok(key.1) {
            return Ok(true);
        }
        let message = super::record::decode(&self.tables.record(key)?)?;
        Ok(message.properties.message_id == name)
    }
}
