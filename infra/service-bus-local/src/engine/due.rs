//! What happens by itself: locks end, messages expire, scheduled ones appear.

use super::state::{Phase, State};
use super::storage::Key;
use super::work::Work;
use super::{Failure, record};

/// Messages one transaction sees to, at most: bounds what it holds in memory.
const PIECE: usize = 1_000;

impl Work<'_> {
    /// Does what is due, each thing at its own time, however far the clock has jumped. Whether that may have left
    /// some of it.
    pub fn do_due(&mut self) -> Result<bool, Failure> {
        let now = self.now;
        let mut left = PIECE;
        while let Some((time, key)) = self.tables.first_due()?.filter(|(time, _)| *time <= now) {
            if left == 0 {
                return Ok(true);
            }
            left -= 1;
            self.now = time;
            let state = self.tables.state(key)?.ok_or_else(|| super::failure::damaged("a date"))?;
            match state.phase {
                Phase::Ready => self.expire(key, &state)?,
                Phase::Locked { .. } => self.release(key, &state)?,
                Phase::Scheduled { .. } => self.activate(key, &state)?,
            }
        }
        self.now = now;
        // Only now: a lock given out at a time that has passed would have ended already.
        self.serve_all()?;
        Ok(false)
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
        match self.catalogue.of_tray(key.0) {
            Some(entity) => self.deliver(entity, message),
            None => Ok(()),
        }
    }
}
