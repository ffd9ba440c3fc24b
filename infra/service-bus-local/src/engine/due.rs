//! What happens by itself: locks end, messages expire, scheduled ones appear.

use super::state::{Phase, State};
use super::storage::Key;
use super::work::Work;
use super::{Failure, record};

/// Messages one transaction sees to, at most: bounds what it holds in memory.
const PIECE: usize = 1_000;

impl Work<'_> {
    /// Does what is due; whether that may have left some of it.
    pub fn do_due(&mut self) -> Result<bool, Failure> {
        for _ in 0..PIECE {
            let Some((time, key)) = self.tables.first_due()? else {
                return Ok(false);
            };
            if time > self.now {
                return Ok(false);
            }
            let state = self.tables.state(key)?.ok_or_else(|| super::failure::damaged("a date"))?;
            match state.phase {
                Phase::Ready => self.expire(key, &state)?,
                Phase::Locked { .. } => self.release(key, &state)?,
                Phase::Scheduled { .. } => self.activate(key, &state)?,
            }
        }
        Ok(true)
    }

    /// Ends the locks of a process that is gone; whether that may have left some.
    pub fn end_locks(&mut self) -> Result<bool, Failure> {
        for _ in 0..PIECE {
            let Some(key) = self.tables.first_locked()? else {
                return Ok(false);
            };
            let state = self.tables.state(key)?.ok_or_else(|| super::failure::damaged("a lock"))?;
            self.release(key, &state)?;
        }
        Ok(true)
    }

    /// A scheduled message is enqueued as if it were sent now.
    fn activate(&mut self, key: Key, state: &State) -> Result<(), Failure> {
        let message = record::decode(&self.tables.remove(key, state)?)?;
        match self.catalogue.of_shelf(key.0) {
            Some(entity) => self.deliver(entity, message),
            None => Ok(()),
        }
    }
}
