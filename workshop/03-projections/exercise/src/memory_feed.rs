//! An event store in memory with a change feed, for tests and for understanding it.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_store::{
    AppendError, Appended, EventStore, Expected, MemoryEventStore, NewEvent, Range, RecordedEvent,
    Slice, StreamId, Version,
};
use futures::FutureExt;

use crate::Error;
use crate::feed::{Continuation, Feed, FeedPage, From, HashRange, Reached, Reader, Start};

/// Streams with a feed of what was appended. Clones share them.
///
/// It has as many ranges as it was made with; a range's order is that of the appends.
#[derive(Debug, Clone)]
pub struct MemoryFeed(Arc<Streams>);

#[derive(Debug)]
struct Streams {
    store: MemoryEventStore,
    /// What was appended, by range: a transaction's events lie together.
    log: Mutex<Vec<Log>>,
}

/// The transactions of a range, in order.
type Log = Vec<Vec<RecordedEvent>>;

/// Reads one range of it.
#[derive(Debug)]
pub struct MemoryReader {
    feed: MemoryFeed,
    range: usize,
    /// The number of transactions that were read.
    place: usize,
    limit: usize,
}

impl MemoryFeed {
    /// No streams yet, and this many ranges.
    #[must_use]
    pub fn new(ranges: usize) -> Self {
        let log = Mutex::new(vec![Vec::new(); ranges.max(1)]);
        Self(Arc::new(Streams { store: MemoryEventStore::default(), log }))
    }

    fn log(&self) -> MutexGuard<'_, Vec<Log>> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventStore for MemoryFeed {
    type Error = Infallible;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Infallible> {
        self.0.store.load(stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Infallible>> {
        let count = events.len() as u64;
        // One after the other, or the feed would have another order than the streams.
        let mut log = self.log();
        let appended = at_once(self.0.store.append(stream, expected, events))?;
        if !appended.duplicate && count > 0 {
            let new = Range::after(Version(appended.version.0 - count)).up_to(appended.version);
            let new = at_once(self.load(stream, new)).map_err(AppendError::Store)?;
            let range = place_of(stream, log.len());
            log[range].push(new.events);
        }
        Ok(appended)
    }
}

impl Feed for MemoryFeed {
    type Reader = MemoryReader;

    async fn origin(&self) -> Result<String, Error> {
        Ok("memory".to_owned())
    }

    async fn ranges(&self, _at_least: usize) -> Result<Vec<HashRange>, Error> {
        let name = |range: usize| format!("{range:02}");
        let ranges = 0..self.log().len();
        Ok(ranges.map(|range| HashRange { min: name(range), max: name(range + 1) }).collect())
    }

    async fn holds(&self, range: &HashRange, stream: &StreamId) -> Result<bool, Error> {
        let place = place_of(stream, self.log().len());
        Ok(range.min.parse() == Ok(place))
    }

    async fn open(
        &self,
        range: &HashRange,
        from: From<'_>,
        limit: u32,
    ) -> Result<MemoryReader, Error> {
        let range: usize = range.min.parse().map_err(Error::failed)?;
        let place = match from {
            From::Start(Start::Beginning) => 0,
            From::Start(Start::At(time)) => {
                let early = |event: &RecordedEvent| event.event.meta().recorded_at < time;
                self.log()[range].iter().take_while(|events| events.iter().all(early)).count()
            }
            From::After(Continuation(place)) => {
                place.parse().map_err(|error| Error::FeedLost(Box::new(error)))?
            }
        };
        Ok(MemoryReader { feed: self.clone(), range, place, limit: limit as usize })
    }
}

impl Reader for MemoryReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        let log = self.feed.log();
        let mut events = Vec::new();
        for transaction in &log[self.range][self.place..] {
            if !events.is_empty() && events.len() + transaction.len() > self.limit {
                break;
            }
            events.extend(transaction.iter().cloned());
            self.place += 1;
        }
        Ok(FeedPage {
            caught_up: events.is_empty(),
            events,
            next: Continuation(self.place.to_string()),
            reached: Some(Reached { partition: self.range.to_string(), lsn: self.place as u64 }),
            end: Some(log[self.range].len() as u64),
        })
    }
}

/// What a store in memory answers: nobody has to wait for it.
fn at_once<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("nothing in memory waits")
}

/// The range of a stream.
fn place_of(stream: &StreamId, ranges: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    stream.as_str().hash(&mut hasher);
    usize::try_from(hasher.finish() % ranges as u64).expect("it is less than a usize")
}
