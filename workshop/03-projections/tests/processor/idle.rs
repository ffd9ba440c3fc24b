//! What a processor does when there is nothing to do, and where one begins that begins now. In memory.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_store::{EventId, EventStore, Expected, Metadata, NewEvent, StreamId};
use projections_checks::watched::{Watched, Writes};
use projections_checks::words::{District, meter};
use projections_checks::{
    Begin, Error, Feed, FeedPage, From, HashRange, MemoryDocuments, MemoryFeed, MemoryReader,
    Options, Reader, Sources,
};
use serde_json::json;
use time::OffsetDateTime;
use time::ext::NumericalDuration as _;
use tokio::time::Instant;

use crate::support::{Both, Process, district};

/// A feed that keeps when it was asked.
#[derive(Clone)]
struct Polled {
    feed: MemoryFeed,
    polls: Arc<Mutex<Vec<Instant>>>,
    writes: Writes,
}

struct PolledReader(MemoryReader, Polled);

impl Feed for Polled {
    type Reader = PolledReader;

    async fn origin(&self) -> Result<String, Error> {
        self.feed.origin().await
    }

    async fn ranges(&self, at_least: usize) -> Result<Vec<HashRange>, Error> {
        self.feed.ranges(at_least).await
    }

    async fn holds(&self, range: &HashRange, stream: &StreamId) -> Result<bool, Error> {
        self.feed.holds(range, stream).await
    }

    async fn open(
        &self,
        range: &HashRange,
        from: From<'_>,
        limit: u32,
    ) -> Result<PolledReader, Error> {
        Ok(PolledReader(self.feed.open(range, from, limit).await?, self.clone()))
    }
}

impl Reader for PolledReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        self.1.polls.lock().expect("nobody panics").push(Instant::now());
        self.1.writes.tell();
        self.0.next().await
    }
}

#[tokio::test]
async fn the_pauses_between_polls_double_while_nothing_happens() {
    let writes = Writes::default();
    let feed = MemoryFeed::new(1);
    let polled = Polled { feed: feed.clone(), polls: Arc::default(), writes: writes.clone() };
    let leases = Watched::new(MemoryDocuments::default(), &writes);
    let sources = Sources { store: Arc::new(feed), feed: polled.clone(), leases };
    let views = MemoryDocuments::default();
    let process = Process::start(sources, Both::new(&views), Options::default());
    let polls = || polled.polls.lock().expect("nobody panics").clone();
    writes.until("six polls", async || polls().len() >= 6).await;
    process.stop().await;
    let pauses: Vec<_> = polls().windows(2).map(|two| two[1] - two[0]).collect();
    for (pause, at_least) in pauses.iter().zip([50, 100, 200, 400, 800]) {
        let at_least = Duration::from_millis(at_least);
        assert!(*pause >= at_least, "{pauses:?}: why: idle polls are paid for");
    }
}

#[tokio::test]
async fn a_processor_that_begins_now_sees_what_comes_after_and_nothing_before() {
    let writes = Writes::default();
    let feed = MemoryFeed::new(1);
    let append = async |id: &str, time: OffsetDateTime| {
        let data = json!({ "district": "1000", "kwh": 1 });
        let event = NewEvent::new(EventId::from(id), "MeterRead", &data, Metadata::at(time));
        let events = vec![event.expect("it can be stored")];
        feed.append(&meter(1), Expected::Any, events).await.expect("memory never fails");
    };
    append("before", OffsetDateTime::now_utc() - 1.minutes()).await;
    let leases = Watched::new(MemoryDocuments::default(), &writes);
    let views = Watched::new(MemoryDocuments::default(), &writes);
    let sources =
        || Sources { store: Arc::new(feed.clone()), feed: feed.clone(), leases: leases.clone() };
    let options = || Options { begin: Begin::Now, ..Options::default() };
    let process = Process::start(sources(), Both::new(&views), options());
    writes.until("it has begun", async || leases.replaced() > 0).await;
    process.stop().await;
    append("while nobody works", OffsetDateTime::now_utc() + 1.minutes()).await;
    let process = Process::start(sources(), Both::new(&views), options());
    let found = async || district(&views, "1000").await;
    writes.until("a view is there", async || found().await.is_some()).await;
    process.stop().await;
    let view = found().await.and_then(|document| document.view);
    assert_eq!(view, Some(District { active_meters: 0, readings: 1, kwh: 1 }), "the later one");
}
