//! An embedded Cosmos DB with everything this module keeps there.

use std::sync::Arc;
use std::time::Duration;

use aggregates::Repository;
use cosmos::{Cosmos, Settings};
use event_store::{CosmosEventStore, EVENTS, EventId, StreamId};
use projections::{
    CosmosDocuments, CosmosFeed, LEASES, Options, Projector, Sources, Streams, VIEWS, Views, Wake,
};
use snapshots::SNAPSHOTS;

use crate::hour::Hour;
use crate::meter::{Command, Meter, Registration};
use crate::words::{CODE, meter, person, registration, sent};
use crate::{Follows, Forgetting, KEYS, KeyFile, Keys, PEOPLE, Seal};

/// All containers there are.
pub const CONTAINERS: [&str; 6] = ["events", "views", "leases", "snapshots", "keys", "people"];

/// Containers and clients of them.
#[derive(Clone)]
pub struct Place {
    /// The connection.
    pub cosmos: Cosmos,
    /// The events.
    pub store: Arc<CosmosEventStore>,
    /// The containers.
    pub views: CosmosDocuments,
    /// The containers.
    pub snapshots: CosmosDocuments,
    /// The containers.
    pub people: CosmosDocuments,
    /// The keys, as this process has them.
    pub keys: Keys<CosmosDocuments, KeyFile>,
    /// What the keys are wrapped with.
    pub file: KeyFile,
    /// The time that keys in memory go by.
    pub hour: Hour,
    documents: CosmosDocuments,
    leases: CosmosDocuments,
    feed: CosmosFeed,
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
        let specs = [EVENTS, VIEWS, LEASES, SNAPSHOTS, KEYS, PEOPLE];
        cosmos.provision(&specs).await.expect("it can be provisioned");
        let open = |spec| CosmosDocuments::open(&cosmos, spec);
        let (hour, file) = (Hour::default(), KeyFile::in_memory());
        let documents = open(&KEYS).await.expect(PROVISIONED);
        Self {
            store: Arc::new(CosmosEventStore::open(&cosmos).await.expect(PROVISIONED)),
            views: open(&VIEWS).await.expect(PROVISIONED),
            snapshots: open(&SNAPSHOTS).await.expect(PROVISIONED),
            people: open(&PEOPLE).await.expect(PROVISIONED),
            keys: Keys::new(documents.clone(), file.clone(), hour.caching()),
            leases: open(&LEASES).await.expect(PROVISIONED),
            feed: CosmosFeed::open(&cosmos).await.expect(PROVISIONED),
            documents,
            file,
            hour,
            cosmos,
        }
    }

    /// The keys, as another process has them.
    #[must_use]
    pub fn other_process(&self) -> Keys<CosmosDocuments, KeyFile> {
        Keys::new(self.documents.clone(), self.file.clone(), self.hour.caching())
    }

    /// The meters.
    #[must_use]
    pub fn meters(&self) -> Repository<CosmosEventStore, Meter> {
        Repository::new(Arc::clone(&self.store))
    }

    /// Seals for the first event of a command.
    ///
    /// # Panics
    ///
    /// There is no key to be had.
    pub async fn seal(&self, number: &str, command_id: &str) -> Seal {
        let key = self.keys.for_sealing(&person(number)).await.expect("there is a key");
        let event_id = EventId::of_command(command_id, 0);
        Seal::new(person(number), key, meter(number).stream(), event_id)
    }

    /// Registers a meter and activates it.
    ///
    /// # Panics
    ///
    /// A rule is against it.
    pub async fn activated(&self, number: &str) {
        let seal = self.seal(number, "register").await;
        let sealed = Registration::seal(&registration(number), &seal).expect("texts can be sealed");
        self.execute(number, "register", Command::Register(sealed)).await;
        let seal = self.seal(number, "activate").await;
        let activation_code = seal.field("activation_code", &CODE.to_owned());
        let activation_code = activation_code.expect("a text can be sealed");
        let ring = self.keys.ring([person(number)]).await.expect("keys can be fetched");
        self.execute(number, "activate", Command::Activate { activation_code, ring }).await;
    }

    /// Carries out a command.
    ///
    /// # Panics
    ///
    /// A rule is against it.
    pub async fn execute(&self, number: &str, id: &str, command: Command) {
        let done = self.meters().execute(&meter(number), command, &sent(id)).await;
        done.expect("there is no rule against it");
    }

    /// Forgets. Streams have a view each in the built-in list.
    #[must_use]
    pub fn forgetting(
        &self,
        follows: Vec<Follows>,
    ) -> Forgetting<CosmosEventStore, CosmosDocuments> {
        let store = Arc::clone(&self.store);
        let (views, snapshots) = (self.views.clone(), self.snapshots.clone());
        Forgetting { store, views, snapshots, follows, kept: vec![] }
    }

    /// What views are folded from.
    #[must_use]
    pub fn sources(&self) -> Sources<CosmosEventStore, CosmosFeed, CosmosDocuments> {
        let (feed, leases) = (self.feed.clone(), self.leases.clone());
        Sources { store: Arc::clone(&self.store), feed, leases }
    }

    /// Folds the list of streams, and whatever is added.
    #[must_use]
    pub fn projector(&self) -> Projector<CosmosEventStore, CosmosFeed, CosmosDocuments> {
        let options = Options { alone: true, ..Options::default() };
        Projector::new(self.sources(), self.views.clone(), Wake::default(), options)
            .with::<Streams>()
    }

    /// Waits until the list of streams has a stream, or has it no more.
    ///
    /// # Panics
    ///
    /// It does not come to that.
    pub async fn listed(&self, stream: &StreamId, wanted: bool) {
        let views = Views::<Streams, _>::new(self.views.clone());
        let look = async {
            while views.get(&stream.as_str().into()).await.expect("views can be read").is_some()
                != wanted
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(30), look).await;
        assert!(seen.is_ok(), "{stream} is in the list: {}, which it should not be", !wanted);
    }
}
