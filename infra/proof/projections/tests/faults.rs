//! One request in ten fails, or its answer is lost; and pages come twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cosmos_local::{Effect, Fault, OperationKind};
use energy::projections::{Districts, MeterStates};
use event_store::StreamId;
use projection_proofs::{
    Audit, Order, Place, Process, Writers, caught_up, caught_up_with, project, serve,
};
use projections::{
    CosmosDocuments, CosmosFeed, CosmosReader, Documents, Error, Feed, FeedPage, Folder, From,
    Handler, HashRange, Page, Processor, Projection, Reader, Sources, Stop, ViewDocument, Wake,
};
use serde_json::Value;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

/// Four kinds of failure, so that one request in ten fails: 1 − 0.974⁴.
const EACH: f64 = 0.026;
const EFFECTS: [Effect; 4] = [
    Effect::Throttled { retry_after_ms: 5 },
    Effect::RetryWith,
    Effect::Unavailable,
    Effect::LoseAnswer,
];
const OPERATIONS: [OperationKind; 6] = [
    OperationKind::Read,
    OperationKind::Create,
    OperationKind::Replace,
    OperationKind::Query,
    OperationKind::Feed,
    OperationKind::Procedure,
];

#[tokio::test(flavor = "multi_thread")]
async fn one_failure_in_ten_leaves_no_duplicate_and_no_gap() {
    let server = serve(2).await;
    let place = Place::open(server.endpoint()).await;
    let order = Order::at(server.endpoint());
    let mut workers = [Process::start(WORKER, &order), Process::start(WORKER, &order)];
    let writers = Writers::start(server.endpoint(), 2, 30).await;
    for worker in &mut workers {
        worker.says("running").await;
    }
    let admin = server.admin();
    for (seed, (effect, operation)) in
        EFFECTS.iter().flat_map(|effect| OPERATIONS.map(|kind| (*effect, kind))).enumerate()
    {
        let fault = Fault::new(effect).on(operation).times(0);
        admin.inject(fault.with_probability(EACH, seed as u64)).expect("it makes sense");
    }
    writers.allow(600);
    let book = writers.finish().await;
    caught_up(&place).await;
    let mut struck = BTreeMap::<String, u64>::new();
    for fault in admin.faults() {
        *struck.entry(format!("{:?}", fault.fault.operation)).or_default() += fault.struck;
        *struck.entry(format!("{:?}", fault.fault.effect)).or_default() += fault.struck;
    }
    admin.clear_faults();
    for worker in workers {
        worker.stop().await;
    }
    println!("struck: {struck:?}; {:?}", Audit::of(&place, &book).await);
    assert!(struck.values().all(|struck| *struck > 0), "everything failed at least once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_whose_pages_all_come_twice_changes_nothing() {
    let server = serve(2).await;
    let place = Place::open(server.endpoint()).await;
    let writers = Writers::start(server.endpoint(), 2, 30).await;
    writers.allow(200);
    let Sources { store, feed, leases } = place.sources();
    let feed = Twice { feed, seen: Arc::default() };
    let sources = Sources { store, feed: feed.clone(), leases };
    let options = Order::at(server.endpoint()).options();
    let projector = project(sources, place.views.clone(), options);
    let book = writers.finish().await;
    caught_up(&place).await;
    projector.stop().await;
    let audit = Audit::of(&place, &book).await;
    let deliveries = feed.seen.pages.load(Ordering::SeqCst) as u64;
    assert!(deliveries >= 2 * audit.pages, "{deliveries} deliveries of {} pages", audit.pages);
    println!("{deliveries} deliveries: {audit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_handled_again_by_others_at_once_and_much_later_change_nothing() {
    let server = serve(2).await;
    let place = Place::open(server.endpoint()).await;
    let writers = Writers::start(server.endpoint(), 2, 30).await;
    writers.allow(200);
    writers.left(0).await;
    again::<MeterStates>(&place).await;
    again::<Districts>(&place).await;
}

/// Folds the whole feed, each page by two workers at the same time, and then every page again, the last one
/// first.
async fn again<P: Projection>(place: &Place) {
    let folder = Folder::<P, _>::new(place.views.clone(), 1);
    let name = folder.name().to_owned();
    let both = Arc::new(Both { folder, pages: Mutex::default() });
    let options = Order::at("").options();
    let (stop, signals) = Stop::new(&Wake::default());
    let processor = Processor::new(&name, place.sources(), Arc::clone(&both), options);
    let running = tokio::spawn(processor.run(signals));
    caught_up_with(place, P::NAME).await;
    stop.stop();
    running.await.expect("it stops when it is told to");

    let views = all(place, &name).await;
    assert!(!views.is_empty());
    let pages = both.pages.lock().expect("nobody panicked").clone();
    for page in pages.iter().chain(pages.iter().rev()) {
        both.folder.handle(page).await.expect("it has been handled before");
    }
    assert_eq!(all(place, &name).await, views);
}

async fn all(place: &Place, name: &str) -> BTreeMap<String, ViewDocument<Value>> {
    let mut all = BTreeMap::new();
    for id in place.views.ids(&format!("{name}:")).await.expect("the views answer") {
        let found = place.views.read(&id).await.expect("it is readable").expect("it was listed");
        all.insert(id, found.document);
    }
    all
}

/// Two workers at the same page.
struct Both<P> {
    folder: Folder<P, CosmosDocuments>,
    pages: Mutex<Vec<Page>>,
}

impl<P: Projection> Handler for Both<P> {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let both = tokio::join!(self.folder.handle(page), self.folder.handle(page));
        self.pages.lock().expect("nobody panicked").push(page.clone());
        both.0.and(both.1)
    }
}

/// A feed that reads every page twice: the first time, it is lost on the way. The second time it may be longer.
#[derive(Clone)]
struct Twice {
    feed: CosmosFeed,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    pages: AtomicUsize,
    /// Where the next page is to be lost, by what the reader was opened for.
    passes: Mutex<BTreeMap<HashRange, bool>>,
}

struct TwiceReader {
    reader: CosmosReader,
    range: HashRange,
    seen: Arc<Seen>,
}

impl Feed for Twice {
    type Reader = TwiceReader;

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
    ) -> Result<TwiceReader, Error> {
        let reader = self.feed.open(range, from, limit).await?;
        Ok(TwiceReader { reader, range: range.clone(), seen: Arc::clone(&self.seen) })
    }
}

impl Reader for TwiceReader {
    async fn next(&mut self) -> Result<FeedPage, Error> {
        let page = self.reader.next().await?;
        if page.events.is_empty() {
            return Ok(page);
        }
        self.seen.pages.fetch_add(1, Ordering::SeqCst);
        let mut passes = self.seen.passes.lock().expect("nobody panicked");
        let passes = passes.entry(self.range.clone()).or_default();
        *passes = !*passes;
        if *passes { Err(Error::Failed("the page was lost on the way".into())) } else { Ok(page) }
    }
}
