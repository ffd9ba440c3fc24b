//! Folds the views of this sample, as long as it runs, and reads them.

use std::sync::Arc;

use cockpit::{Known, Projected};
use daybook::cosmos::{self, Cosmos};
use daybook::event_store::{CosmosEventStore, StreamId};
use daybook::projections::{
    CosmosDocuments, CosmosFeed, Error, Feed, From, LEASES, Options, Projector, Reader, Sources,
    Start, Streams, VIEWS, Views, Wake,
};

use crate::privacy::Privacy;
use crate::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};
use crate::store::Store;

/// The names of all projections, for those who look at what is stored.
pub const NAMES: [&str; 6] = ["streams", "meters", "weeks", "activated", "districts", "failures"];

/// The category of what module 00 stores.
const DELIVERY: &str = "delivery";

/// Where views come from and where they are kept. Cheap to clone.
#[derive(Clone)]
pub struct Projections {
    /// What is read and how far it is read.
    pub sources: Sources<CosmosEventStore, CosmosFeed, CosmosDocuments>,
    /// The views.
    pub views: CosmosDocuments,
    /// Forgets, also what is in the views.
    pub privacy: Privacy,
    wake: Wake,
}

/// The views, to be read. Cheap to clone.
#[derive(Clone)]
pub struct Answers {
    /// Which meters there are, and how they are.
    pub meters: Views<MeterStates, CosmosDocuments>,
    /// What a meter counted in a week.
    pub weeks: Views<DailyTotalsByWeek, CosmosDocuments>,
    /// How many meters are active.
    pub activated: Views<TotalActivated, CosmosDocuments>,
    /// How the districts are doing.
    pub districts: Views<Districts, CosmosDocuments>,
    /// Where somebody tries codes.
    pub failures: Views<ActivationFailures, CosmosDocuments>,
}

impl Projections {
    /// Makes the containers ready and opens them.
    ///
    /// # Errors
    ///
    /// A container cannot be created or is not as it must be.
    pub async fn open(cosmos: &Cosmos, store: &Store) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[VIEWS, LEASES]).await?;
        let feed = CosmosFeed::open(cosmos).await?;
        let leases = CosmosDocuments::open(cosmos, &LEASES).await?;
        let views = CosmosDocuments::open(cosmos, &VIEWS).await?;
        let sources = Sources { store: Arc::new(store.events().clone()), feed, leases };
        let privacy = Privacy::open(cosmos, store, views.clone()).await?;
        Ok(Self { sources, views, privacy, wake: store.wake().clone() })
    }

    /// Tells of appends in this process.
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.wake
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

    /// The same projections, for those who look after them.
    #[must_use]
    pub fn projected(&self) -> Projected {
        let known = vec![
            Known::of::<Streams>("Which streams are there?", |key| key.parse().ok()),
            Known::of::<MeterStates>("Which meters are there, and how are they?", meter),
            Known::of::<DailyTotalsByWeek>("What did a meter count in a week?", meter_of_week),
            Known::of::<TotalActivated>("How many meters are active?", |_| None),
            Known::of::<Districts>("How is a district doing?", |_| None),
            Known::of::<ActivationFailures>("Where does somebody try codes?", meter),
        ];
        Projected::new(self.sources.clone(), self.views.clone(), known)
    }

    /// The views, to be read.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let views = || self.views.clone();
        Answers {
            meters: Views::new(views()),
            weeks: Views::new(views()),
            activated: Views::new(views()),
            districts: Views::new(views()),
            failures: Views::new(views()),
        }
    }

    /// Whether nothing of ours was ever appended, whatever the views say. The delivery of module 00 may lie here before
    /// the sample is started for the first time.
    ///
    /// # Errors
    ///
    /// The feed cannot be read.
    pub async fn nothing_happened(&self) -> Result<bool, Error> {
        let feed = &self.sources.feed;
        for range in feed.ranges(1).await? {
            let mut reader = feed.open(&range, From::Start(Start::Beginning), 1).await?;
            loop {
                let page = reader.next().await?;
                if page.events.iter().any(|event| event.stream.category() != DELIVERY) {
                    return Ok(false);
                }
                if page.caught_up {
                    break;
                }
            }
        }
        Ok(true)
    }
}

fn meter(key: &str) -> Option<StreamId> {
    StreamId::new("meter", key).ok()
}

/// The meter in a key such as `87000001:2020-W18`.
fn meter_of_week(key: &str) -> Option<StreamId> {
    meter(key.split_once(':')?.0)
}
