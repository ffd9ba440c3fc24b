//! What there is, the workers in it, and what must be true in the end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aggregates::Recorded;
use event_store::{EventStore, Expected, Range, RecordedEvent};
use serde_json::Value;

use super::Broken;
use super::crowd::Crowd;
use super::documents::Reached;
use super::feed::Cutting;
use super::network::{Network, Task};
use super::store::{Deleted, Replicas};
use crate::words::{Districts, Event, Meters, activated, meter, new, read};
use crate::{
    Cut, Error, Feed, Folder, Handler, Lease, MemoryFeed, Page, Projection, Sources, Start, Terms,
    Turn, Worker, view_id,
};

/// The name of the processor.
const NAME: &str = "model";
/// So many parts of the feed, each with a lease.
const RANGES: usize = 2;
/// So many meters. The last one is deleted some day.
const METERS: u64 = 5;
/// So many transactions are appended.
const TRANSACTIONS: usize = 16;
/// For so many turns everything goes wrong.
const TURNS: usize = 600;
/// So many workers at a time, two to a lease or more.
const WORKERS: usize = 5;

/// A view of a meter that has no more bytes fits into a document.
const SMALL: usize = 60;

struct World {
    network: Network,
    broken: Broken,
    streams: MemoryFeed,
    deleted: Deleted,
    leases: Reached,
    views: Reached,
}

/// Both projections, as one processor runs them.
struct Folders(Folder<Meters, Reached>, Folder<Districts, Reached>);

impl Handler for Folders {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        self.0.handle(page).await?;
        self.1.handle(page).await
    }
}

/// Runs the story of a seed.
///
/// # Errors
///
/// The law was broken: how.
///
/// # Panics
///
/// A clock cannot be had.
pub fn run(seed: u64, broken: Broken) -> Result<(), String> {
    let clock = clock();
    let _guard = clock.enter();
    story(&Arc::new(World::new(seed, broken, false)))
}

/// Runs the story of a seed once more and tells it, line by line.
///
/// # Panics
///
/// As [`run`].
#[must_use]
pub fn tell(seed: u64, broken: Broken) -> String {
    let clock = clock();
    let _guard = clock.enter();
    let world = Arc::new(World::new(seed, broken, true));
    let end = story(&world).err().unwrap_or_else(|| "the law holds".to_owned());
    let mut lines = world.network.story();
    lines.push(format!("seed {seed}: {end}"));
    lines.join("\n")
}

/// Workers set timers. None of them is ever due, since nobody waits for the clock.
fn clock() -> tokio::runtime::Runtime {
    let clock = tokio::runtime::Builder::new_current_thread().enable_time().build();
    clock.expect("a runtime can be made")
}

fn story(world: &Arc<World>) -> Result<(), String> {
    now(world.create_leases());
    let mut crowd = Crowd::new(&world.network);
    let mut writer = Crowd::new(&world.network);
    writer.add("the writer".to_owned(), world.clone().writes());
    for turn in 0..TURNS {
        if crowd.len() < WORKERS {
            let lease = world.network.below(RANGES);
            crowd.add(format!("worker {turn}"), world.clone().works(turn, lease));
        }
        crowd.step();
        if turn % 12 == 0 {
            writer.go_on();
        }
    }
    world.network.calm();
    writer.finish()?;
    // Others go on to the end first; then those wake up that stalled; and once more others go on.
    world.finish_all_leases()?;
    crowd.finish()?;
    world.finish_all_leases()?;
    world.law()
}

impl World {
    fn new(seed: u64, broken: Broken, told: bool) -> Self {
        let network = Network::new(seed, told);
        let (leases, views) = (Reached::new(&network, broken), Reached::new(&network, broken));
        let (streams, deleted) = (MemoryFeed::new(RANGES), Deleted::default());
        Self { network, broken, streams, deleted, leases, views }
    }

    async fn create_leases(&self) {
        use crate::Documents as _;
        let Ok(ranges) = self.streams.ranges(RANGES).await else { return };
        let (id, start) = (NAME.to_owned(), Start::Beginning);
        let cut = Cut { id, origin: "model".to_owned(), start, ranges, retired: false };
        for range in 0..RANGES {
            let lease = cut.lease(range);
            self.leases.kept.create(&lease.id, &lease).await.ok();
        }
    }

    /// Appends what there is to append, and deletes a meter in between.
    fn writes(self: Arc<Self>) -> Task {
        Box::pin(async move {
            for number in 0..TRANSACTIONS {
                self.network.pause().await;
                let doomed = METERS - 1;
                let chosen = self.network.below(5) as u64;
                if number == TRANSACTIONS / 2 {
                    self.deleted.add(meter(doomed));
                }
                if chosen == doomed && self.deleted.holds(&meter(doomed)) {
                    continue;
                }
                let district = if chosen == doomed { "doomed" } else { "1000" };
                let mut events = vec![activated(district)];
                let more = 0..self.network.below(4);
                events
                    .extend(more.map(|_| read(district, self.network.below(1_000_000_000) as u64)));
                let events = new(&format!("c{number}"), &events);
                let Ok(_) = self.streams.append(&meter(chosen), Expected::Any, events).await else {
                    unreachable!("every append is new");
                };
            }
        })
    }

    /// The life of a worker: it takes a lease, whoever holds it, and works for a while.
    fn works(self: Arc<Self>, number: usize, lease: usize) -> Task {
        Box::pin(async move {
            let turns = 2 + self.network.below(12);
            let ended = self.life(format!("w{number}"), lease, turns).await;
            self.network.note(|| format!("worker {number} ends: {ended:?}"));
        })
    }

    async fn life(&self, owner: String, lease: usize, turns: usize) -> Result<Turn, Error> {
        use crate::Documents as _;
        let leases = self.leases.by_another();
        let id = format!("{NAME}.{lease}");
        let Some(read) = leases.read::<Lease>(&id).await? else { return Ok(Turn::Lost) };
        let terms = Terms {
            owner: owner.clone(),
            // Some renew their claim whenever they can, and some never.
            duration: Duration::from_secs(3600 * self.network.below(2) as u64),
            page: u32::try_from(1 + self.network.below(6)).unwrap_or(1),
        };
        let views = || self.views.by_another();
        let handler = Folders(Folder::new(views(), 1), Folder::new(views(), 1));
        let Some(mut worker) =
            Worker::claim(self.sources(leases), Arc::new(handler), terms, read).await?
        else {
            return Ok(Turn::Lost);
        };
        self.network.note(|| format!("{owner} claims {id}"));
        let mut turn = Ok(Turn::Moved);
        for _ in 0..turns {
            turn = worker.turn().await;
            if turn.is_err() {
                turn = worker.resume().await;
            }
            match turn {
                Ok(Turn::Lost) => return turn,
                Ok(Turn::Idle) if self.network.below(3) == 0 => break,
                _ => {}
            }
        }
        if turn.is_ok() {
            worker.release(None).await?;
        }
        turn
    }

    fn sources(&self, leases: Reached) -> Sources<Replicas, Cutting, Reached> {
        let (network, deleted) = (self.network.clone(), self.deleted.clone());
        let store = Arc::new(Replicas {
            streams: self.streams.clone(),
            network: network.clone(),
            deleted: deleted.clone(),
            broken: self.broken,
            seen: Mutex::default(),
        });
        Sources { store, feed: Cutting { feed: self.streams.clone(), network, deleted }, leases }
    }

    /// New workers, one to a lease, go on until there is nothing more.
    fn finish_all_leases(self: &Arc<Self>) -> Result<(), String> {
        for lease in 0..RANGES {
            let world = self.clone();
            let mut one = Crowd::new(&self.network);
            one.add(
                format!("the last worker of {lease}"),
                Box::pin(async move {
                    // It is told that another one holds the lease, or that there is nothing more.
                    let mut ended = Ok(Turn::Lost);
                    while !matches!(ended, Ok(Turn::Idle)) {
                        ended = world.life("the last".to_owned(), lease, usize::MAX).await;
                    }
                }),
            );
            one.finish()?;
        }
        Ok(())
    }

    /// Every view is the fold of the events: each once, in order, and none is missing.
    fn law(&self) -> Result<(), String> {
        let mut district = None;
        for number in 0..METERS {
            let stream = meter(number);
            let all = now(async { self.streams.load(&stream, Range::all()).await });
            let Ok(slice) = all;
            let whole = Self::fold::<Meters>(&slice.events);
            let stored = self.stored::<Meters>(stream.as_str());
            let parked = stored["parked"] != Value::Null;
            // Byte for byte, since the order of a stream is kept.
            let [found, expected] = [&stored["view"], &whole].map(Value::to_string);
            if parked && expected.len() < SMALL {
                return Err(format!("{stream} is parked, and {expected} is small"));
            } else if parked || self.deleted.holds(&stream) {
                is_beginning(&stored["view"], &whole)?;
            } else if found != expected {
                return Err(format!("{stream} is {found}, and not {expected}"));
            }
            if !self.deleted.holds(&stream) {
                for event in decoded(&slice.events) {
                    Districts::apply(&mut district, &event);
                }
            }
        }
        let (expected, stored) = (json(&district), self.stored::<Districts>("1000"));
        if stored["view"] != expected {
            return Err(format!("the district is {}, and not {expected}", stored["view"]));
        }
        Ok(())
    }

    /// What the events of a stream add up to.
    fn fold<P: Projection<Event = Event>>(events: &[RecordedEvent]) -> Value {
        let mut view = None;
        for event in decoded(events) {
            P::apply(&mut view, &event);
        }
        json(&view)
    }

    /// The document of a view.
    fn stored<P: Projection>(&self, key: &str) -> Value {
        let id = view_id(&format!("{}@1", P::NAME), &key.into());
        self.views.kept.all().remove(&id).unwrap_or_default()
    }
}

fn decoded(events: &[RecordedEvent]) -> Vec<Recorded<Event>> {
    let decode = |event| Recorded::decode(event).ok().flatten();
    events.iter().filter_map(decode).collect()
}

fn json(view: &impl serde::Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}

/// A view of a meter holds the first readings of it, in order and once, and no others.
fn is_beginning(stored: &Value, whole: &Value) -> Result<(), String> {
    let [some, all] = [stored, whole].map(|view| view["readings"].as_array().cloned());
    let (some, all) = (some.unwrap_or_default(), all.unwrap_or_default());
    if all.starts_with(&some) {
        return Ok(());
    }
    Err(format!("{stored} is no beginning of {whole}"))
}

/// What a future comes to that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(done) => done,
        std::task::Poll::Pending => unreachable!("what is in memory is there"),
    }
}
