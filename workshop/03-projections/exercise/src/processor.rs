//! A processor: any number of workers, in any number of processes, that share the leases of one feed.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use event_store::EventStore;
use futures::FutureExt;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::balance::{Holding, choose};
use crate::documents::{Documents, Etag, Stored};
use crate::error::{reasons, said};
use crate::feed::{Feed, PAGE, Start};
use crate::worker::{Sources, Terms, Turn, Worker};
use crate::{Cut, Error, Handler, Lease, Signals};

/// Pauses when there is nothing to do: from this one, doubled each time, to that one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Where a processor begins that has not begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Begin {
    /// With the first event.
    #[default]
    Beginning,
    /// With what is stored from now on.
    Now,
    /// With what was stored from then on.
    At(OffsetDateTime),
}

/// How a processor runs. The defaults suit several machines and a real account.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it begins, if it has not begun.
    pub begin: Begin,
    /// At least so many leases, if it has not begun: so many workers can share the work.
    pub leases: usize,
    /// For how long a claim holds that is not renewed.
    pub duration: Duration,
    /// At most so many events to a page.
    pub page: u32,
    /// There can be no other process: whoever holds a lease is a process that ended, so nobody waits for its
    /// end.
    pub alone: bool,
}

impl Default for Options {
    fn default() -> Self {
        let duration = Duration::from_secs(30);
        Self { begin: Begin::Beginning, leases: 1, duration, page: PAGE, alone: false }
    }
}

/// Reads the feed and hands its pages to a handler.
pub struct Processor<S, F, D, H> {
    name: String,
    sources: Sources<S, F, D>,
    handler: Arc<H>,
    options: Options,
    terms: Terms,
    /// When each lease was first seen as it is now.
    seen: HashMap<String, (Etag, Instant)>,
    /// Halted leases that were tried in vain.
    vain: HashSet<String>,
    /// The feed is the one that the leases were made for.
    same_feed: bool,
}

/// How the work on a lease ended.
struct Ended {
    lease: String,
    halted: bool,
}

impl<S, F, D, H> Processor<S, F, D, H>
where
    S: EventStore + 'static,
    F: Feed,
    D: Documents,
    H: Handler,
{
    /// A processor under a name, which its leases carry. All processes that run it share the work.
    #[must_use]
    pub fn new(name: &str, sources: Sources<S, F, D>, handler: Arc<H>, options: Options) -> Self {
        let owner = format!("{:016x}", rand::random::<u64>());
        let terms = Terms { owner, duration: options.duration, page: options.page };
        let (name, seen, vain) = (name.to_owned(), HashMap::new(), HashSet::new());
        Self { name, sources, handler, options, terms, seen, vain, same_feed: false }
    }

    /// Works until it is told to stop; then finishes the pages it is at and lets go of its leases.
    ///
    /// Failures are tried again, less and less often. A lease whose events cannot be read halts, with the
    /// reason in its document; the others go on.
    pub async fn run(mut self, mut signals: Signals) {
        let mut workers = JoinSet::new();
        let mut running = HashSet::new();
        while !signals.stopping() {
            match self.claim(&running).await {
                Ok(claimed) => {
                    for worker in claimed {
                        let lease = worker.lease().id.clone();
                        running.insert(lease.clone());
                        workers.spawn(work(lease, worker, signals.clone()));
                    }
                }
                Err(error) if error.halts() => return self.halt(&error).await,
                Err(error) => {
                    tracing::warn!(processor = self.name, error = reasons(&error), "no leases");
                }
            }
            tokio::select! {
                () = signals.stopped() => {}
                () = tokio::time::sleep(self.options.duration / 4) => {}
                // A worker catches its panics, so it ends by itself.
                Some(Ok(Ended { lease, halted })) = workers.join_next() => {
                    running.remove(&lease);
                    if halted {
                        self.vain.insert(lease);
                    }
                }
            }
        }
        while workers.join_next().await.is_some() {}
    }

    /// Says in every lease that nobody can go on, and why.
    async fn halt(&self, error: &Error) {
        tracing::error!(processor = self.name, error = reasons(error), "halted");
        let Ok(cut) = self.cut().await else {
            return;
        };
        for id in cut.lease_ids() {
            if let Ok(Some(Stored { mut document, etag })) = self.read(&id).await {
                document.halted = Some(reasons(error));
                document.owner = None;
                // If somebody else wrote meanwhile, it is that one's to say.
                let _ = self.sources.leases.replace(&id, &document, &etag).await;
            }
        }
    }

    async fn read(&self, id: &str) -> Result<Option<Stored<Lease>>, Error> {
        self.sources.leases.read(id).await
    }

    /// Claims the leases that are this worker's fair share.
    async fn claim(&mut self, running: &HashSet<String>) -> Result<Vec<Worker<S, F, D, H>>, Error> {
        let leases = self.leases().await?;
        let holdings: Vec<_> = leases.iter().map(|lease| self.holding(lease, running)).collect();
        let chosen: HashSet<_> = choose(&holdings).into_iter().collect();
        self.note(&leases);
        let mut claimed = Vec::new();
        for (number, lease) in leases.into_iter().enumerate() {
            if chosen.contains(&number) {
                let (sources, handler) = (self.sources.clone(), Arc::clone(&self.handler));
                let worker = Worker::claim(sources, handler, self.terms.clone(), lease).await?;
                claimed.extend(worker);
            }
        }
        Ok(claimed)
    }

    /// All leases, created where they are missing.
    async fn leases(&mut self) -> Result<Vec<Stored<Lease>>, Error> {
        let cut = self.cut().await?;
        let mut leases = Vec::new();
        if cut.retired {
            return Ok(leases);
        }
        if !self.same_feed {
            let origin = self.sources.feed.origin().await?;
            if origin != cut.origin {
                let remedy = format!("the leases are for {}, and this is {origin}", cut.origin);
                return Err(Error::FeedLost(remedy.into()));
            }
            self.same_feed = true;
        }
        for range in 0..cut.ranges.len() {
            let new = cut.lease(range);
            leases.push(read_or_create(&self.sources.leases, &new.id, &new).await?);
        }
        Ok(leases)
    }

    /// How the feed is cut: as whoever came first did it.
    async fn cut(&self) -> Result<Cut, Error> {
        if let Some(cut) = self.sources.leases.read(&self.name).await? {
            return Ok(cut.document);
        }
        let start = match self.options.begin {
            Begin::Beginning => Start::Beginning,
            Begin::Now => Start::At(OffsetDateTime::now_utc()),
            Begin::At(time) => Start::At(time),
        };
        let ranges = self.sources.feed.ranges(self.options.leases).await?;
        let origin = self.sources.feed.origin().await?;
        let new = Cut { id: self.name.clone(), origin, start, ranges, retired: false };
        Ok(read_or_create(&self.sources.leases, &self.name, &new).await?.document)
    }

    fn holding<'a>(&self, lease: &'a Stored<Lease>, running: &HashSet<String>) -> Holding<'a> {
        let Stored { document: Lease { id, owner, halted, .. }, etag } = lease;
        if running.contains(id) {
            return Holding::Ours;
        }
        if halted.is_some() && self.vain.contains(id) {
            return Holding::Halted;
        }
        let Some(owner) = owner else {
            return Holding::Free;
        };
        // By our own clock, and by nothing that the other one wrote: clocks differ.
        let seen = self.seen.get(id).filter(|(seen, _)| seen == etag);
        let expired = seen.is_some_and(|(_, since)| since.elapsed() >= self.options.duration);
        let ended = self.options.alone || *owner == self.terms.owner;
        if expired || ended { Holding::Free } else { Holding::Theirs(owner) }
    }

    /// Takes note of what the leases look like now.
    fn note(&mut self, leases: &[Stored<Lease>]) {
        for Stored { document, etag } in leases {
            let known = self.seen.get(&document.id).is_some_and(|(seen, _)| seen == etag);
            if !known {
                self.seen.insert(document.id.clone(), (etag.clone(), Instant::now()));
            }
        }
    }
}

/// Works on a lease until it is lost, halted, or it is time to stop.
async fn work<S, F, D, H>(
    lease: String,
    mut worker: Worker<S, F, D, H>,
    mut signals: Signals,
) -> Ended
where
    S: EventStore,
    F: Feed,
    D: Documents,
    H: Handler,
{
    let mut pause = PAUSES.0;
    let mut turn: Result<Turn, Error> = Ok(Turn::Moved);
    loop {
        match turn {
            Ok(Turn::Moved) => pause = PAUSES.0,
            Ok(Turn::Lost) => return Ended { lease, halted: false },
            Ok(Turn::Idle) => {
                let woken = signals.wait(pause.min(worker.patience())).await;
                pause = if woken { PAUSES.0 } else { (pause * 2).min(PAUSES.1) };
            }
            Err(error) if error.halts() => {
                tracing::error!(lease, error = reasons(&error), "halted");
                release(worker, Some(reasons(&error))).await;
                return Ended { lease, halted: true };
            }
            Err(error) => {
                tracing::warn!(lease, error = reasons(&error), "trying again");
                signals.wait(error.pause().unwrap_or(pause)).await;
                pause = (pause * 2).min(PAUSES.1);
                turn = worker.resume().await;
                continue;
            }
        }
        if signals.stopping() {
            release(worker, None).await;
            return Ended { lease, halted: false };
        }
        turn = caught(worker.turn()).await;
    }
}

/// A panic of the handler is a failure like any other: the page is tried again, less and less often. Without
/// this the lease would be claimed anew at once, for ever.
async fn caught(turn: impl Future<Output = Result<Turn, Error>>) -> Result<Turn, Error> {
    let done = AssertUnwindSafe(turn).catch_unwind().await;
    done.unwrap_or_else(|panic| Err(Error::failed(said(&*panic))))
}

async fn release<S, F, D, H>(worker: Worker<S, F, D, H>, halted: Option<String>)
where
    S: EventStore,
    F: Feed,
    D: Documents,
    H: Handler,
{
    let lease = worker.lease().id.clone();
    if let Err(error) = worker.release(halted).await {
        tracing::warn!(lease, error = reasons(&error), "could not let go of a lease");
    }
}

/// A document as it is, or as it is to be if it is not there.
async fn read_or_create<D: Documents, T>(
    documents: &D,
    id: &str,
    new: &T,
) -> Result<Stored<T>, Error>
where
    T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned,
{
    loop {
        if let Some(read) = documents.read(id).await? {
            return Ok(read);
        }
        if let Some(etag) = documents.create(id, new).await? {
            return Ok(Stored { document: new.clone(), etag });
        }
    }
}
