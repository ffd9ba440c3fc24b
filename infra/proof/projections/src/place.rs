//! The Cosmos DB of a test, and its clients.

use std::sync::Arc;

use cosmos::{Cosmos, Settings};
use cosmos_local::{CosmosLocal, EMULATOR_KEY, Options};
use event_store::{CosmosEventStore, EVENTS};
use projections::{CosmosDocuments, CosmosFeed, LEASES, Sources, VIEWS};

/// The database of all tests.
pub const DATABASE: &str = "daybook";

/// The clients of one process.
#[derive(Clone)]
pub struct Place {
    /// The streams.
    pub store: CosmosEventStore,
    /// Their changes.
    pub feed: CosmosFeed,
    /// The views.
    pub views: CosmosDocuments,
    /// The leases.
    pub leases: CosmosDocuments,
}

/// A Cosmos DB in this process whose containers have this many physical partitions.
///
/// # Panics
///
/// It cannot be started or prepared.
pub async fn serve(partitions: u32) -> CosmosLocal {
    let options = Options { partitions, ..Options::default() };
    let server = CosmosLocal::start(options).await.expect("a port is free");
    let cosmos = connect(server.endpoint()).await;
    cosmos.provision(&[EVENTS, VIEWS, LEASES]).await.expect("the place is empty");
    server
}

impl Place {
    /// Opens clients of their own.
    ///
    /// # Panics
    ///
    /// Nothing answers there, or the containers are missing.
    pub async fn open(endpoint: &str) -> Self {
        let cosmos = connect(endpoint).await;
        Self {
            store: CosmosEventStore::open(&cosmos).await.expect("provisioned"),
            feed: CosmosFeed::open(&cosmos).await.expect("provisioned"),
            views: CosmosDocuments::open(&cosmos, &VIEWS).await.expect("provisioned"),
            leases: CosmosDocuments::open(&cosmos, &LEASES).await.expect("provisioned"),
        }
    }

    /// What processors read.
    #[must_use]
    pub fn sources(&self) -> Sources<CosmosEventStore, CosmosFeed, CosmosDocuments> {
        let (feed, leases) = (self.feed.clone(), self.leases.clone());
        Sources { store: Arc::new(self.store.clone()), feed, leases }
    }
}

async fn connect(endpoint: &str) -> Cosmos {
    let (url, key) = (endpoint.to_owned(), Some(EMULATOR_KEY.to_owned()));
    let place = cosmos::Place::Endpoint { url, key };
    let settings = Settings { place, database: DATABASE.to_owned() };
    Cosmos::connect(&settings).await.expect("cosmos-local answers")
}
