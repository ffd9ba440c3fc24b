//! Whether an operation costs more in a longer stream.

use std::pin::Pin;
use std::time::{Duration, Instant};

use azure_data_cosmos::FeedScope;
use azure_data_cosmos::options::ChangeFeedStartFrom;
use event_store::{EventDocument, EventStore as _, Expected, Range, StreamId, Version};
use futures::{Stream, StreamExt as _};

use crate::figures::{median, milliseconds, thousands};
use crate::place::{Kind, Place};
use crate::{Extent, Failure, events, start, table};

/// What the longest stream may cost of what the shortest does.
const GROWTH: f64 = 1.5;

/// Operations done before the clock counts.
const WARM: usize = 20;

const TAIL: u64 = 10;

#[derive(Clone, Copy)]
enum Operation {
    Append,
    Tail,
    Poll,
}

impl Operation {
    const ALL: [Self; 3] = [Self::Append, Self::Tail, Self::Poll];

    fn name(self) -> &'static str {
        match self {
            Self::Append => "append of one event",
            Self::Tail => "load of the last ten",
            Self::Poll => "empty poll of the feed",
        }
    }
}

/// How many changes each poll of a feed brought.
type Feed = Pin<Box<dyn Stream<Item = azure_data_cosmos::Result<usize>> + Send>>;

/// A cosmos-local that holds one stream of a given length.
struct Subject {
    place: Place,
    stream: StreamId,
    version: u64,
    feed: Feed,
}

impl Subject {
    async fn fill(kind: Kind, size: u64) -> Result<Self, Failure> {
        let place = Place::start(kind).await?;
        let stream = events::stream(size)?;
        events::fill(&place.store, &stream, size).await?;
        let feed = place.container.query_change_feed::<EventDocument>(
            FeedScope::full_container(),
            ChangeFeedStartFrom::Now,
            None,
        );
        let feed = feed.await?.map(|page| page.map(|page| page.items().len()));
        Ok(Self { place, stream, version: size, feed: Box::pin(feed) })
    }

    async fn time(&mut self, operation: Operation) -> Result<Duration, Failure> {
        match operation {
            Operation::Append => self.append().await,
            Operation::Tail => self.tail().await,
            Operation::Poll => self.poll().await,
        }
    }

    async fn append(&mut self) -> Result<Duration, Failure> {
        let event = vec![events::event(self.version + 1)?];
        let expected = Expected::Exact(Version(self.version));
        let started = Instant::now();
        let appended = self.place.store.append(&self.stream, expected, event).await?;
        let took = started.elapsed();
        self.version += 1;
        counted("trips of an append", appended.trips.into(), 1)?;
        Ok(took)
    }

    async fn tail(&self) -> Result<Duration, Failure> {
        let range = Range::after(Version(self.version - TAIL));
        let started = Instant::now();
        let slice = self.place.store.load(&self.stream, range).await?;
        let took = started.elapsed();
        counted("trips of a load", slice.trips.into(), 1)?;
        counted("events of a load", slice.events.len() as u64, TAIL)?;
        Ok(took)
    }

    /// Reads what the feed still has, then times a poll that brings nothing.
    async fn poll(&mut self) -> Result<Duration, Failure> {
        while self.page().await? > 0 {}
        let started = Instant::now();
        let changes = self.page().await?;
        let took = started.elapsed();
        counted("changes of an empty poll", changes as u64, 0)?;
        Ok(took)
    }

    async fn page(&mut self) -> Result<usize, Failure> {
        Ok(self.feed.next().await.ok_or("the feed has ended, which it never does")??)
    }
}

pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut subjects = Vec::new();
    for size in extent.streams {
        subjects.push(Subject::fill(kind, size).await?);
    }
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for operation in Operation::ALL {
        let medians = medians(&mut subjects, operation, extent.repetitions).await?;
        let growth = medians[medians.len() - 1].div_duration_f64(medians[0]);
        if growth > GROWTH {
            broken.push(format!("{} {kind} grows {growth:.2} times", operation.name()));
        }
        rows.push(row(operation.name(), &medians, growth));
    }
    if matches!(kind, Kind::Disk) {
        rows.push(restarts(subjects, extent).await?);
    }
    let mut heading = vec![String::new()];
    heading.extend(extent.streams.map(|size| format!("{} events", thousands(size))));
    heading.push("growth".to_owned());
    table::print(&format!("By length of the stream, {kind} (median)"), &heading, &rows);
    Ok(broken)
}

/// Takes the subjects by turns, each time beginning with another: what else the machine does hits all alike.
async fn medians(
    subjects: &mut [Subject],
    operation: Operation,
    repetitions: usize,
) -> Result<Vec<Duration>, Failure> {
    let mut times = vec![Vec::new(); subjects.len()];
    for repetition in 0..WARM + repetitions {
        for turn in 0..subjects.len() {
            let place = (repetition + turn) % subjects.len();
            let took = subjects[place].time(operation).await?;
            if repetition >= WARM {
                times[place].push(took);
            }
        }
    }
    Ok(times.iter().map(|times| median(times)).collect())
}

/// How long a server takes to answer when it finds data. Printed only: files are read from wherever the system
/// keeps them.
async fn restarts(subjects: Vec<Subject>, extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut medians = Vec::new();
    for subject in subjects {
        drop(subject.feed);
        let home = subject.place.stop().await;
        let mut times = Vec::new();
        for _ in 0..extent.starts {
            times.push(start::first_answer(&home).await?);
        }
        medians.push(median(&times));
    }
    let growth = medians[medians.len() - 1].div_duration_f64(medians[0]);
    Ok(row("start to first answer", &medians, growth))
}

fn row(name: &str, medians: &[Duration], growth: f64) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(medians.iter().map(|time| milliseconds(*time)));
    cells.push(format!("{growth:.2}"));
    cells
}

fn counted(what: &str, found: u64, expected: u64) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found}, expected {expected}").into())
}
