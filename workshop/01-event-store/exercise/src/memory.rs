//! An event store in memory: the same contract, for tests and for understanding it.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use hashbrown::{HashMap, HashSet};

use crate::range::{Direction, UpTo};
use crate::{
    AppendError, Appended, Charge, EventId, EventStore, Expected, Metadata, NewEvent, Range,
    RecordedEvent, Sealing, Slice, StreamId, Version, fit,
};

/// Streams in a map behind one lock. No critical section does I/O, so a plain mutex will do.
#[derive(Debug, Default)]
pub struct MemoryEventStore {
    streams: Mutex<HashMap<StreamId, Stream>>,
}

/// So many events are looked through faster than a map is made.
const FEW: usize = 16;

#[derive(Debug, Default)]
struct Stream {
    events: Vec<RecordedEvent>,
    /// The version of each event by its id, as soon as they are no longer [`FEW`]: an append costs the same, however
    /// long the stream is.
    ids: HashMap<EventId, Version>,
    /// The version of the last event, once the stream has ended. Events may be gone by then.
    ended_at: Option<Version>,
}

impl EventStore for MemoryEventStore {
    type Error = Infallible;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Infallible> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let found = streams.get(stream);
        let all = found.map_or(&[][..], |found| found.after(range.after));
        let wanted = |event: &&RecordedEvent| match range.up_to {
            UpTo::End => true,
            UpTo::Version(last) => event.version <= last,
            UpTo::Time(last) => event.event.meta.recorded_at <= last,
        };
        let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
        let events: Vec<_> = match range.direction {
            Direction::Forward => all.iter().filter(wanted).take(limit).cloned().collect(),
            Direction::Backward => all.iter().rev().filter(wanted).take(limit).cloned().collect(),
        };
        let end = found.map_or(Version::ZERO, Stream::end);
        let newest = events.iter().map(|event| event.version).max();
        let version = newest.unwrap_or(range.after.min(end));
        Ok(Slice { events, version, charge: Charge::default(), trips: 0 })
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Infallible>> {
        fit::one_transaction(stream, &events)?;
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if events.is_empty() {
            return Ok(appended(streams.get(stream).map_or(Version::ZERO, Stream::end), false));
        }
        streams.entry_ref(stream).or_default().append(stream, expected, events)
    }
}

impl Sealing for MemoryEventStore {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<Infallible>> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let found = streams.entry_ref(stream).or_default();
        let done = found.append(stream, expected, vec![last])?;
        found.ended_at = Some(done.version);
        Ok(done)
    }

    async fn seal(
        &self,
        stream: &StreamId,
        _meta: Metadata,
    ) -> Result<(), AppendError<Infallible>> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        // One to which nobody has appended yet is none.
        if let Some(found) = streams.get_mut(stream).filter(|found| found.end() > Version::ZERO) {
            found.ended_at = Some(found.end());
        }
        Ok(())
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<Infallible>> {
        self.seal(stream, meta).await?;
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = streams.get_mut(stream) else {
            return Ok(0);
        };
        let removed = found.events.len();
        found.events.clear();
        found.ids.clear();
        Ok(removed as u64)
    }
}

impl Stream {
    fn append(
        &mut self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Infallible>> {
        if let Some(version) = self.find(&events) {
            return Ok(appended(version, true));
        }
        if let Some(at) = self.ended_at {
            return Err(AppendError::Sealed { at });
        }
        let actual = self.end();
        if !expected.holds(actual) || self.knows_any(&events) {
            let seen = match expected {
                Expected::Exact(version) => version,
                Expected::Any | Expected::NoStream | Expected::StreamExists => Version::ZERO,
            };
            let since = self.after(seen).to_vec();
            return Err(AppendError::Conflict { actual, since: Some(since) });
        }
        if self.events.is_empty() {
            // Most streams begin with few events; a vector would begin with room for four.
            self.events.reserve_exact(events.len());
        }
        for event in events {
            let version = self.end().plus(1);
            self.events.push(RecordedEvent { stream: stream.clone(), version, event });
        }
        if self.events.len() > FEW {
            let new = &self.events[self.ids.len()..];
            self.ids.extend(new.iter().map(|new| (new.event.id.clone(), new.version)));
        }
        Ok(appended(self.end(), false))
    }

    fn end(&self) -> Version {
        self.ended_at.unwrap_or(Version(self.events.len() as u64))
    }

    /// The events after a version. Those of a deleted stream are gone.
    fn after(&self, version: Version) -> &[RecordedEvent] {
        let start = usize::try_from(version.0).unwrap_or(usize::MAX);
        self.events.get(start..).unwrap_or_default()
    }

    fn version_of(&self, id: &EventId) -> Option<Version> {
        if self.events.len() > FEW {
            return self.ids.get(id).copied();
        }
        self.events.iter().find(|stored| stored.event.id == *id).map(|stored| stored.version)
    }

    /// Whether an id is taken, by a stored event or by another one sent.
    fn knows_any(&self, events: &[NewEvent]) -> bool {
        let taken = events.iter().any(|event| self.version_of(&event.id).is_some());
        taken || (events.len() > 1 && ids(events).len() < events.len())
    }

    /// The version of the last of these events, if exactly they are here in this order.
    fn find(&self, events: &[NewEvent]) -> Option<Version> {
        let first = self.version_of(&events[0].id)?;
        let last = first.plus(events.len() - 1);
        let in_place = |(index, event): (usize, &NewEvent)| {
            self.version_of(&event.id) == Some(first.plus(index))
        };
        events.iter().enumerate().all(in_place).then_some(last)
    }
}

/// Their ids, each once.
fn ids(events: &[NewEvent]) -> HashSet<&EventId> {
    events.iter().map(|event| &event.id).collect()
}

fn appended(version: Version, duplicate: bool) -> Appended {
    Appended { version, duplicate, charge: Charge::default(), trips: 0, session: None }
}
