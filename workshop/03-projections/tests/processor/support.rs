//! Processors as several processes would run them, and what they wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use event_store::{CosmosEventStore, EventStore};
use projections_checks::place::{World, within_10_s};
use projections_checks::watched::{Watched, Writes};
use projections_checks::words::{District, Districts, Meters};
use projections_checks::{
    CosmosDocuments, CosmosFeed, Documents, Error, Feed, Folder, Handler, Lease, Options, Page,
    Processor, Sources, Stop, Stored, ViewDocument, Wake, view_id,
};
use tokio::task::JoinHandle;

/// The name of all processors here.
pub const NAME: &str = "check";

/// A claim holds for so long: short, since checks wait for its end.
pub const CLAIM: Duration = Duration::from_millis(300);

pub type Kept = Watched<CosmosDocuments>;

/// Both projections.
pub struct Both<D>(pub Folder<Meters, D>, pub Folder<Districts, D>);

impl<D: Documents> Both<D> {
    pub fn new(views: &D) -> Arc<Self> {
        Arc::new(Self(Folder::new(views.clone(), 1), Folder::new(views.clone(), 1)))
    }
}

impl<D: Documents> Handler for Both<D> {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        self.0.handle(page).await?;
        self.1.handle(page).await
    }
}

/// A Cosmos DB whose leases and views tell of what is written.
pub struct Scene {
    pub world: World,
    pub writes: Writes,
    pub leases: Kept,
    pub views: Kept,
}

impl Scene {
    pub async fn start(partitions: u32) -> Self {
        let (world, writes) = (World::start(partitions).await, Writes::default());
        let leases = Watched::new(world.leases.clone(), &writes);
        let views = Watched::new(world.views.clone(), &writes);
        Self { world, writes, leases, views }
    }

    pub fn sources(&self) -> Sources<CosmosEventStore, CosmosFeed, Kept> {
        self.sources_by(&self.leases)
    }

    /// The same, by leases that a check has tampered with.
    pub fn sources_by(&self, leases: &Kept) -> Sources<CosmosEventStore, CosmosFeed, Kept> {
        let store = Arc::new(self.world.store.clone());
        Sources { store, feed: self.world.feed.clone(), leases: leases.clone() }
    }

    pub async fn leases(&self) -> Vec<Lease> {
        let mut leases = Vec::new();
        for id in self.leases.ids(&format!("{NAME}.")).await.expect("leases can be listed") {
            let read: Option<Stored<Lease>> = self.leases.read(&id).await.expect("it can be read");
            leases.extend(read.map(|lease| lease.document));
        }
        leases
    }

    /// How many leases each worker holds, most first.
    pub async fn shares(&self) -> Vec<usize> {
        let leases = self.leases().await;
        let mut owners: Vec<_> = leases.iter().filter_map(|lease| lease.owner.clone()).collect();
        owners.sort();
        let mut shares: Vec<_> =
            owners.chunk_by(|one, other| one == other).map(<[String]>::len).collect();
        shares.sort_by(|a, b| b.cmp(a));
        shares
    }

    pub async fn district(&self, name: &str) -> Option<District> {
        district(&self.views, name).await.and_then(|document| document.view)
    }

    /// Waits until a district holds so many readings and no page is being worked at.
    pub async fn until_read(&self, name: &str, readings: u64) {
        let what = format!("{readings} readings in the district {name}");
        let enough = async || {
            self.district(name).await.is_some_and(|found| found.readings >= readings)
                && self.leases().await.iter().all(|lease| lease.pending.is_empty())
        };
        self.writes.until(&what, enough).await;
    }
}

pub async fn district<D: Documents>(views: &D, name: &str) -> Option<ViewDocument<District>> {
    let id = view_id("districts@1", &name.into());
    views.read(&id).await.expect("a view can be read").map(|stored| stored.document)
}

/// A processor as a process of its own would run it.
pub struct Process {
    stop: Stop,
    wake: Wake,
    running: JoinHandle<()>,
}

impl Process {
    pub fn start<S, F, D, H>(sources: Sources<S, F, D>, handler: Arc<H>, options: Options) -> Self
    where
        S: EventStore + 'static,
        F: Feed,
        D: Documents,
        H: Handler,
    {
        let wake = Wake::default();
        let (stop, signals) = Stop::new(&wake);
        let processor = Processor::new(NAME, sources, handler, options);
        Self { stop, wake, running: tokio::spawn(processor.run(signals)) }
    }

    /// Something was appended in this process.
    pub fn wake(&self) {
        self.wake.wake();
    }

    /// Ends as a program ends that is told to.
    pub async fn stop(self) {
        self.stop.stop();
        within_10_s("the processor stops", self.running).await.expect("it does not panic");
    }

    /// Ends as a machine ends whose plug is pulled: nothing is finished, and nothing let go of.
    pub async fn kill(self) {
        self.running.abort();
        self.running.await.expect_err("it was killed");
    }
}

/// Options for several leases, with claims that end soon.
pub fn leases(leases: usize) -> Options {
    Options { leases, duration: CLAIM, page: 10, ..Options::default() }
}

/// Begins every page and ends none.
#[derive(Default)]
pub struct Stuck(AtomicUsize);

impl Stuck {
    pub fn pages(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Handler for Stuck {
    async fn handle(&self, _page: &Page) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}
