//! What the examples look at: meters whose streams lie in two physical partitions of a Cosmos DB in this process.

use std::sync::Arc;
use std::time::Duration;

use event_store::CosmosEventStore;
use projections_checks::place::World;
use projections_checks::words::{District, meter, read};
use projections_checks::{
    CosmosDocuments, CosmosFeed, Cut, Documents, Feed, Handler, HashRange, Sources, Start, Stored,
    Terms, ViewDocument, Worker, view_id,
};
use serde_json::Value;

/// Where views are kept.
pub type Views = CosmosDocuments;

/// What the meters on either side are read at.
pub const KWH: [&[u64]; 2] = [&[1, 2, 4, 8, 16, 32], &[64, 128, 256]];

/// The name of the processor.
pub const NAME: &str = "districts@1";

/// A provisioned Cosmos DB with readings on both sides.
pub struct City {
    pub world: World,
    /// The physical partitions.
    pub ranges: Vec<HashRange>,
}

impl City {
    pub async fn start() -> Self {
        let world = World::start(2).await;
        let ranges = world.feed.ranges(2).await.expect("the ranges can be read");
        let city = Self { world, ranges };
        for (side, readings) in KWH.iter().enumerate() {
            let number = city.meter_in(side).await;
            for kwh in *readings {
                let command = format!("reading-{kwh}");
                city.world.append(number, &command, &[read("1000", *kwh)]).await;
            }
        }
        city
    }

    /// A meter whose stream lies on this side.
    async fn meter_in(&self, side: usize) -> u64 {
        for number in 1.. {
            let holds = self.world.feed.holds(&self.ranges[side], &meter(number)).await;
            if holds.expect("the hash of a stream can be computed") {
                return number;
            }
        }
        unreachable!("every side has streams")
    }

    /// A worker on the lease of a side, with one transaction to a page.
    pub async fn worker<H: Handler>(
        &self,
        side: usize,
        handler: H,
    ) -> Worker<CosmosEventStore, CosmosFeed, CosmosDocuments, H> {
        let World { store, feed, leases, .. } = &self.world;
        let (ranges, start) = (self.ranges.clone(), Start::Beginning);
        let origin = feed.origin().await.expect("the container has a name");
        let cut = Cut { id: NAME.to_owned(), start, ranges, retired: false, origin };
        let document = cut.lease(side);
        let created = leases.create(&document.id, &document).await;
        let etag = created.expect("it can be created").expect("it is new");
        let sources =
            Sources { store: Arc::new(store.clone()), feed: feed.clone(), leases: leases.clone() };
        let duration = Duration::from_secs(60);
        let terms = Terms { owner: format!("worker {side}"), duration, page: 1 };
        let read = Stored { document, etag };
        let worker = Worker::claim(sources, Arc::new(handler), terms, read).await;
        worker.expect("it can be claimed").expect("nobody else wants it")
    }

    /// The district's view.
    pub async fn view(&self) -> ViewDocument<District> {
        self.document(&self.world.views, &view_id(NAME, &"1000".into())).await
    }

    /// A document of ours.
    pub async fn document<T: serde::de::DeserializeOwned>(&self, place: &Views, id: &str) -> T {
        let read: Option<Stored<T>> = place.read(id).await.expect("it can be read");
        read.expect("it was written").document
    }
}

/// A document, indented.
pub fn print(document: &Value) {
    let text = serde_json::to_string_pretty(document).expect("a document is JSON");
    println!();
    for line in text.lines() {
        println!("  {line}");
    }
}
