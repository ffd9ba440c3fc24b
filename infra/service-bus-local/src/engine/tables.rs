//! The tables, open for writing, and the few ways in which a message moves through them.

use redb::{ReadableTable as _, Table, WriteTransaction};

use super::Failure;
use super::failure::damaged;
use super::state::{Phase, State};
use super::storage::{
    DUE, Key, LOCKS, MESSAGES, READY, SEEN, SEEN_UNTIL, STATES, StoredState, StoredTray, TRAYS,
};
use crate::clock::Millis;

/// Ids forgotten for each id that is remembered, so that they do not pile up and no send waits for many.
const FORGOTTEN: usize = 2;

pub struct Tables<'t> {
    trays: Table<'t, u64, StoredTray>,
    messages: Table<'t, Key, &'static [u8]>,
    states: Table<'t, Key, StoredState>,
    ready: Table<'t, Key, ()>,
    due: Table<'t, (i64, u64, u64), ()>,
    locks: Table<'t, u128, Key>,
    seen: Table<'t, (u64, &'static str), i64>,
    seen_until: Table<'t, (i64, u64, &'static str), ()>,
    /// Whether there is anything to commit.
    pub written: bool,
}

impl<'t> Tables<'t> {
    pub fn open(transaction: &'t WriteTransaction) -> Result<Self, Failure> {
        Ok(Self {
            trays: transaction.open_table(TRAYS)?,
            messages: transaction.open_table(MESSAGES)?,
            states: transaction.open_table(STATES)?,
            ready: transaction.open_table(READY)?,
            due: transaction.open_table(DUE)?,
            locks: transaction.open_table(LOCKS)?,
            seen: transaction.open_table(SEEN)?,
            seen_until: transaction.open_table(SEEN_UNTIL)?,
            written: false,
        })
    }

    /// The next sequence number of a tray, from 1.
    pub fn number(&mut self, tray: u64) -> Result<u64, Failure> {
        let (last, active, locked, scheduled) = self.tray(tray)?;
        self.trays.insert(tray, (last + 1, active, locked, scheduled))?;
        self.written = true;
        Ok(last + 1)
    }

    /// Puts a message in a tray, under its next sequence number.
    pub fn put(&mut self, tray: u64, state: State, record: &[u8]) -> Result<u64, Failure> {
        let sequence = self.number(tray)?;
        let key = (tray, sequence);
        self.messages.insert(key, record)?;
        self.enter(key, &state)?;
        Ok(sequence)
    }

    /// Changes where a message stands.
    pub fn change(&mut self, key: Key, before: &State, after: &State) -> Result<(), Failure> {
        self.leave(key, before)?;
        self.enter(key, after)
    }

    /// Takes a message away.
    pub fn remove(&mut self, key: Key, state: &State) -> Result<Vec<u8>, Failure> {
        self.leave(key, state)?;
        self.states.remove(key)?;
        let record = self.messages.remove(key)?.ok_or_else(|| damaged("a message"))?;
        Ok(record.value().to_vec())
    }

    pub fn record(&self, key: Key) -> Result<Vec<u8>, Failure> {
        let record = self.messages.get(key)?.ok_or_else(|| damaged("a message"))?;
        Ok(record.value().to_vec())
    }

    pub fn state(&self, key: Key) -> Result<Option<State>, Failure> {
        Ok(self.states.get(key)?.map(|stored| State::decode(stored.value())))
    }

    /// The message to be received next: the one with the lowest sequence number.
    pub fn first_ready(&self, tray: u64) -> Result<Option<Key>, Failure> {
        let mut ready = self.ready.range((tray, 0)..=(tray, u64::MAX))?;
        Ok(ready.next().transpose()?.map(|(key, _)| key.value()))
    }

    pub fn locked_by(&self, token: u128) -> Result<Option<Key>, Failure> {
        Ok(self.locks.get(token)?.map(|key| key.value()))
    }

    pub fn first_locked(&self) -> Result<Option<Key>, Failure> {
        Ok(self.locks.first()?.map(|(_, key)| key.value()))
    }

    /// The message to which something happens first, and when.
    pub fn first_due(&self) -> Result<Option<(Millis, Key)>, Failure> {
        let first = self.due.first()?.map(|(key, _)| key.value());
        Ok(first.map(|(time, tray, sequence)| (time, (tray, sequence))))
    }

    /// Whether this id was seen before within the window; if not, it is from now on.
    pub fn see(
        &mut self,
        entity: u64,
        id: &str,
        now: Millis,
        window: Millis,
    ) -> Result<bool, Failure> {
        if self.seen.get((entity, id))?.is_some_and(|until| until.value() > now) {
            return Ok(true);
        }
        self.forget(now)?;
        let until = now.saturating_add(window);
        if let Some(before) = self.seen.insert((entity, id), until)? {
            self.seen_until.remove((before.value(), entity, id))?;
        }
        self.seen_until.insert((until, entity, id), ())?;
        self.written = true;
        Ok(false)
    }

    /// Removes everything.
    pub fn clear(&mut self) -> Result<(), Failure> {
        self.trays.retain(|_, _| false)?;
        self.messages.retain(|_, _| false)?;
        self.states.retain(|_, _| false)?;
        self.ready.retain(|_, ()| false)?;
        self.due.retain(|_, ()| false)?;
        self.locks.retain(|_, _| false)?;
        self.seen.retain(|_, _| false)?;
        self.seen_until.retain(|_, ()| false)?;
        self.written = true;
        Ok(())
    }

    fn forget(&mut self, now: Millis) -> Result<(), Failure> {
        for _ in 0..FORGOTTEN {
            let first = self.seen_until.first()?.map(|(key, _)| {
                let (until, entity, id) = key.value();
                (until, entity, id.to_owned())
            });
            let Some((until, entity, id)) = first.filter(|(until, ..)| *until <= now) else {
                break;
            };
            self.seen_until.remove((until, entity, id.as_str()))?;
            self.seen.remove((entity, id.as_str()))?;
        }
        Ok(())
    }

    fn tray(&self, tray: u64) -> Result<StoredTray, Failure> {
        Ok(self.trays.get(tray)?.map_or((0, 0, 0, 0), |stored| stored.value()))
    }

    fn enter(&mut self, key: Key, state: &State) -> Result<(), Failure> {
        self.states.insert(key, state.encode())?;
        if state.phase == Phase::Ready {
            self.ready.insert(key, ())?;
        }
        if let Some(time) = state.due() {
            self.due.insert((time, key.0, key.1), ())?;
        }
        if let Some(token) = state.token() {
            self.locks.insert(token, key)?;
        }
        self.count(key.0, &state.phase, |count| count + 1)
    }

    fn leave(&mut self, key: Key, state: &State) -> Result<(), Failure> {
        if state.phase == Phase::Ready {
            self.ready.remove(key)?;
        }
        if let Some(time) = state.due() {
            self.due.remove((time, key.0, key.1))?;
        }
        if let Some(token) = state.token() {
            self.locks.remove(token)?;
        }
        self.count(key.0, &state.phase, |count| count.saturating_sub(1))
    }

    fn count(
        &mut self,
        tray: u64,
        phase: &Phase,
        change: impl Fn(u64) -> u64,
    ) -> Result<(), Failure> {
        let (last, mut active, mut locked, mut scheduled) = self.tray(tray)?;
        let count = match phase {
            Phase::Ready => &mut active,
            Phase::Locked { .. } => &mut locked,
            Phase::Scheduled { .. } => &mut scheduled,
        };
        *count = change(*count);
        self.trays.insert(tray, (last, active, locked, scheduled))?;
        self.written = true;
        Ok(())
    }
}
