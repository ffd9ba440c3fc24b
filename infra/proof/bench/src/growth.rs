//! Whether an operation costs more in a longer stream.

use std::pin::Pin;
use std::time::{Duration, Instant};

use azure_data_cosmos::FeedScope;
use azure_data_cosmos::feed::FeedPage;
use azure_data_cosmos::models::ChangeFeedItem;
use azure_data_cosmos::options::ChangeFeedStartFrom;
use event_store::{Charge, EventDocument, EventStore as _, Expected, Range, StreamId, Version};
use futures::{Stream, StreamExt as _};

use crate::figures::{median, milliseconds, thousands};
use crate::place::{Kind, Place};
use crate::{Extent, Failure, events, start, table};

/// How many times as long an operation may take in the longest stream as in the shortest.
const GROWTH: f64 = 1.5;

/// The same for its charge, which counts what was looked at, and to a small part the digits of the versions.
const CHARGE_GROWTH: f64 = 1.02;

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

/// How many changes each poll of a feed brought, and what it cost.
type Feed = Pin<Box<dyn Stream<Item = azure_data_cosmos::Result<(usize, Charge)>> + Send>>;

/// What one operation took, or the medians of many.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    charge: Charge,
}

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
        let feed = feed.await?.map(|page| page.map(|page| (page.items().len(), charge(&page))));
        Ok(Self { place, stream, version: size, feed: Box::pin(feed) })
    }

    async fn measure(&mut self, operation: Operation) -> Result<Cost, Failure> {
        match operation {
            Operation::Append => self.append().await,
            Operation::Tail => self.tail().await,
            Operation::Poll => self.poll().await,
        }
    }

    async fn append(&mut self) -> Result<Cost, Failure> {
        let event = vec![events::event(self.version + 1)?];
        let expected = Expected::Exact(Version(self.version));
        let started = Instant::now();
        let appended = self.place.store.append(&self.stream, expected, event).await?;
        let time = started.elapsed();
        self.version += 1;
        counted("trips of an append", appended.trips.into(), 1)?;
        Ok(Cost { time, charge: appended.charge })
    }

    async fn tail(&self) -> Result<Cost, Failure> {
        let range = Range::after(Version(self.version - TAIL));
        let started = Instant::now();
        let slice = self.place.store.load(&self.stream, range).await?;
        let time = started.elapsed();
        counted("trips of a load", slice.trips.into(), 1)?;
        counted("events of a load", slice.events.len() as u64, TAIL)?;
        Ok(Cost { time, charge: slice.charge })
    }

    /// Reads what the feed still has, then times a poll that brings nothing.
    async fn poll(&mut self) -> Result<Cost, Failure> {
        while self.page().await?.0 > 0 {}
        let started = Instant::now();
        let (changes, charge) = self.page().await?;
        let time = started.elapsed();
        counted("changes of an empty poll", changes as u64, 0)?;
        Ok(Cost { time, charge })
    }

    async fn page(&mut self) -> Result<(usize, Charge), Failure> {
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
        broken.extend(grown(&format!("{} {kind}", operation.name()), &medians));
        let times: Vec<_> = medians.iter().map(|cost| cost.time).collect();
        rows.push(row(operation.name(), &times));
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
) -> Result<Vec<Cost>, Failure> {
    let mut costs = vec![Vec::new(); subjects.len()];
    for repetition in 0..WARM + repetitions {
        for turn in 0..subjects.len() {
            let place = (repetition + turn) % subjects.len();
            let cost = subjects[place].measure(operation).await?;
            if repetition >= WARM {
                costs[place].push(cost);
            }
        }
    }
    let medians = costs.iter().map(|costs| Cost {
        time: median(&costs.iter().map(|cost| cost.time).collect::<Vec<_>>()),
        charge: median(&costs.iter().map(|cost| cost.charge).collect::<Vec<_>>()),
    });
    Ok(medians.collect())
}

/// What grows with the stream and should not.
fn grown(what: &str, medians: &[Cost]) -> Vec<String> {
    let (shortest, longest) = (medians[0], medians[medians.len() - 1]);
    let mut broken = Vec::new();
    let time = longest.time.div_duration_f64(shortest.time);
    if time > GROWTH {
        broken.push(format!("{what}: takes {time:.2} times as long, at most {GROWTH} is allowed"));
    }
    let charge = longest.charge.0 / shortest.charge.0;
    if charge > CHARGE_GROWTH {
        broken.push(format!("{what}: costs {charge:.2} times the charge, so it looks at more"));
    }
    broken
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
    Ok(row("start to first answer", &medians))
}

fn charge(page: &FeedPage<ChangeFeedItem<EventDocument>>) -> Charge {
    Charge(page.headers().request_charge().map_or(0.0, |charge| charge.value()))
}

fn row(name: &str, medians: &[Duration]) -> Vec<String> {
    let growth = medians[medians.len() - 1].div_duration_f64(medians[0]);
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
