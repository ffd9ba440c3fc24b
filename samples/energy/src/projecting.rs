//! Folds the views of this sample, as long as it runs.

use std::sync::Arc;

use daybook::cosmos::{self, Cosmos};
use daybook::event_store::CosmosEventStore;
use daybook::projections::{
    CosmosDocuments, CosmosFeed, LEASES, Options, Projector, Sources, Streams, VIEWS, Wake,
};

use crate::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};

/// The names of all projections, for those who show them.
pub const NAMES: [&str; 6] = ["streams", "meters", "weeks", "activated", "districts", "failures"];

/// Where views come from and where they are kept. Cheap to clone.
#[derive(Clone)]
pub struct Projections {
    /// What is read and how far it is read.
    pub sources: Sources<CosmosEventStore, CosmosFeed, CosmosDocuments>,
    /// The views.
    pub views: CosmosDocuments,
    /// Told of appends in this process.
    pub wake: Wake,
}

impl Projections {
    /// Makes the containers ready and opens them.
    ///
    /// # Errors
    ///
    /// A container cannot be created or is not as it must be.
    pub async fn open(cosmos: &Cosmos, store: CosmosEventStore) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[VIEWS, LEASES]).await?;
        let feed = CosmosFeed::open(cosmos).await?;
        let leases = CosmosDocuments::open(cosmos, &LEASES).await?;
        let views = CosmosDocuments::open(cosmos, &VIEWS).await?;
        let sources = Sources { store: Arc::new(store), feed, leases };
        Ok(Self { sources, views, wake: Wake::default() })
    }

    /// Runs all projections until they are stopped.
    #[must_use]
    pub fn run(
        &self,
        options: Options,
    ) -> Projector<CosmosEventStore, CosmosFeed, CosmosDocuments> {
        Projector::new(self.sources.clone(), self.views.clone(), self.wake.clone(), options)
            .with::<Streams>()
            .with::<MeterStates>()
            .with::<DailyTotalsByWeek>()
            .with::<TotalActivated>()
            .with::<Districts>()
            .with::<ActivationFailures>()
    }
}
