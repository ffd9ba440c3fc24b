//! A cosmos-local in memory with events, views and leases, whose use is counted.

use std::sync::Arc;

use cosmos::Cosmos;
use cosmos_local::CosmosLocal;
use event_store::{CosmosEventStore, EVENTS};
use projections::{CosmosDocuments, CosmosFeed, LEASES, Sources, VIEWS};

use crate::Failure;
use crate::counted::{CountedDocuments, CountedFeed, Counts};
use crate::place::{Home, Kind, connect};

pub struct Projected {
    pub store: CosmosEventStore,
    pub feed: CosmosFeed,
    pub leases: CosmosDocuments,
    pub counts: Counts,
    views: CosmosDocuments,
    _server: CosmosLocal,
}

impl Projected {
    pub async fn start() -> Result<Self, Failure> {
        let server = Home::new(Kind::Memory)?.serve().await?;
        let cosmos: Cosmos = connect(&server).await?;
        cosmos.provision(&[EVENTS, VIEWS, LEASES]).await?;
        Ok(Self {
            store: CosmosEventStore::by_procedure(&cosmos).await?,
            feed: CosmosFeed::open(&cosmos).await?,
            leases: CosmosDocuments::open(&cosmos, &LEASES).await?,
            views: CosmosDocuments::open(&cosmos, &VIEWS).await?,
            counts: Counts::default(),
            _server: server,
        })
    }

    /// What processors read, counted.
    pub fn sources(&self) -> Sources<CosmosEventStore, CountedFeed, CountedDocuments> {
        let feed = CountedFeed { feed: self.feed.clone(), counts: self.counts.clone() };
        let leases = self.counted(&self.leases);
        Sources { store: Arc::new(self.store.clone()), feed, leases }
    }

    /// Where they write, counted.
    pub fn views(&self) -> CountedDocuments {
        self.counted(&self.views)
    }

    /// The same, for those who do not count.
    pub fn views_uncounted(&self) -> CosmosDocuments {
        self.views.clone()
    }

    fn counted(&self, documents: &CosmosDocuments) -> CountedDocuments {
        CountedDocuments { documents: documents.clone(), counts: self.counts.clone() }
    }
}
