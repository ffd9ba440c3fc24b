//! An embedded Cosmos DB with everything this module keeps there.

use std::sync::Arc;

use cosmos::{Cosmos, Settings};
use event_store::{CosmosEventStore, EVENTS};
use projections::{CosmosDocuments, CosmosFeed, LEASES, Options, Processor, Sources, Stop, Wake};

use crate::{Policy, SNAPSHOTS, Snapshot, Taker};

/// Containers and clients of them.
#[derive(Clone)]
pub struct Place {
    /// The connection.
    pub cosmos: Cosmos,
    /// Appends by procedure.
    pub store: Arc<CosmosEventStore>,
    /// Appends by batch, to the same streams.
    pub batch: Arc<CosmosEventStore>,
    /// The container of the snapshots.
    pub snapshots: CosmosDocuments,
    leases: CosmosDocuments,
    feed: CosmosFeed,
}

/// Takers at work, until this is dropped.
pub struct Taking {
    wake: Wake,
    _stop: Stop,
}

impl Taking {
    /// There is something in the feed.
    pub fn wake(&self) {
        self.wake.wake();
    }
}

impl Place {
    /// An empty one in this process.
    ///
    /// # Panics
    ///
    /// It cannot be started or provisioned: the message says why.
    pub async fn new() -> Self {
        let cosmos = Cosmos::connect(&Settings::ephemeral()).await;
        Self::on(cosmos.expect("an embedded Cosmos DB starts")).await
    }

    /// One on a Cosmos DB that runs already.
    ///
    /// # Panics
    ///
    /// It cannot be provisioned: the message says why.
    pub async fn on(cosmos: Cosmos) -> Self {
        const PROVISIONED: &str = "the containers are provisioned";
        cosmos.provision(&[EVENTS, SNAPSHOTS, LEASES]).await.expect("it can be provisioned");
        Self {
            store: Arc::new(CosmosEventStore::by_procedure(&cosmos).await.expect(PROVISIONED)),
            batch: Arc::new(CosmosEventStore::by_batch(&cosmos).await.expect(PROVISIONED)),
            snapshots: CosmosDocuments::open(&cosmos, &SNAPSHOTS).await.expect(PROVISIONED),
            leases: CosmosDocuments::open(&cosmos, &LEASES).await.expect(PROVISIONED),
            feed: CosmosFeed::open(&cosmos).await.expect(PROVISIONED),
            cosmos,
        }
    }

    /// Takes snapshots of aggregates of one kind in the background.
    #[must_use]
    pub fn taking<A: Snapshot + Send + Sync + 'static>(&self, policy: Policy) -> Taking {
        let (feed, leases) = (self.feed.clone(), self.leases.clone());
        let sources = Sources { store: Arc::clone(&self.store), feed, leases };
        let store = Arc::clone(&self.store);
        let taker = Taker::<_, _, A>::new(store, self.snapshots.clone(), policy);
        let options = Options { alone: true, ..Options::default() };
        let wake = Wake::default();
        let (stop, signals) = Stop::new(&wake);
        let name = format!("snapshots-{}", A::CATEGORY);
        tokio::spawn(Processor::new(&name, sources, Arc::new(taker), options).run(signals));
        Taking { wake, _stop: stop }
    }
}
