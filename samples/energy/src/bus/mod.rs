//! What others are told of meters, and what three of them make of it.
//!
//! - `place`: which bus a process uses.
//! - [`billing`], [`notifications`], [`grid`]: the consumers. Each has a store of its own and knows nothing of
//!   the streams but what it is told.

pub mod billing;
pub mod grid;
pub mod notifications;
mod place;

use std::sync::Arc;
use std::time::Duration;

use cockpit::{Fault, Faulty, Listener, Messaging};
use daybook::cosmos::{self, Cosmos};
use daybook::event_store::{CosmosEventStore, StreamId};
use daybook::integration_events::meters::Meters;
use daybook::integration_events::{
    Consumer, CosmosParking, Filtered, Inbox, InboxDocument, Ordered, PARKED, Patience,
    Publications, Publisher, SeenDocument, Subscriber,
};
use daybook::projections::{
    CosmosDocuments, CosmosFeed, Documents, Error, Options, Processor, Sources, Stop, Wake,
};
use daybook::service_bus::{
    self, EntitySpec, Filter, ServiceBus, Source, SubscriptionSpec, TopicSpec,
};
use tokio::task::JoinSet;

use crate::projecting::Projections;
use billing::{BILLING, Billing, Statements};
use grid::{GRID, Grid, Load};
use notifications::{NOTIFICATIONS, Notifications, Texts};
pub use place::{place, settings};

const FORTNIGHT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What others are told of meters.
pub const TOPIC: TopicSpec = TopicSpec {
    name: "energy-events",
    time_to_live: FORTNIGHT,
    duplicate_window: Some(Duration::from_secs(10 * 60)),
    subscriptions: &[
        subscription(Billing::NAME, Filter::Everything),
        subscription(Notifications::NAME, Filter::Labels(&["MeterActivated.v1"])),
        subscription(Grid::NAME, Filter::Sql("district LIKE '1%'")),
    ],
};

const fn subscription(name: &'static str, filter: Filter) -> SubscriptionSpec {
    let lock = Duration::from_secs(60);
    SubscriptionSpec { name, lock, max_delivery_count: 5, time_to_live: FORTNIGHT, filter }
}

/// A refused message comes again after so long, then after twice as long, and so on: a room can watch it.
pub const PAUSE: Duration = Duration::from_millis(400);

/// Publishes, and runs the consumers. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    connection: Arc<ServiceBus>,
    place: String,
    sources: Sources<CosmosEventStore, CosmosFeed, CosmosDocuments>,
    wake: Wake,
    parking: CosmosParking,
    billing: CosmosDocuments,
    notifications: CosmosDocuments,
    grid: CosmosDocuments,
}

/// What others made of a meter.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// Billing's statements.
    pub statements: Statements,
    /// The texts of notifications.
    pub texts: Texts,
    /// What the grid operator knows; `None` if the meter is none of its own.
    pub load: Option<Load>,
}

/// Publisher and consumers at work.
pub struct Running {
    stop: Stop,
    tasks: JoinSet<()>,
}

/// Connects, and makes the topic ready where that can be done from here.
///
/// # Errors
///
/// The bus cannot be reached, or refuses the topic.
pub async fn connect(settings: &service_bus::Settings) -> Result<ServiceBus, service_bus::Error> {
    let bus = ServiceBus::connect(settings).await?;
    bus.provision(&[EntitySpec::Topic(TOPIC)]).await?;
    Ok(bus)
}

impl Bus {
    /// Makes the consumers' containers ready and opens them. `place` says where the bus is.
    ///
    /// # Errors
    ///
    /// A container cannot be created or is not as it must be.
    pub async fn open(
        bus: ServiceBus,
        place: String,
        cosmos: &Cosmos,
        projections: &Projections,
    ) -> Result<Self, cosmos::Error> {
        cosmos.provision(&[PARKED, BILLING, NOTIFICATIONS, GRID]).await?;
        Ok(Self {
            connection: Arc::new(bus),
            place,
            sources: projections.sources.clone(),
            wake: projections.wake().clone(),
            parking: CosmosParking::open(cosmos).await?,
            billing: CosmosDocuments::open(cosmos, &BILLING).await?,
            notifications: CosmosDocuments::open(cosmos, &NOTIFICATIONS).await?,
            grid: CosmosDocuments::open(cosmos, &GRID).await?,
        })
    }

    /// Publishes and consumes until it is stopped. A refused message comes again after a `pause`.
    #[must_use]
    pub fn run(&self, options: Options, pause: Duration) -> Running {
        let patience = Patience { pause, ..Patience::default() };
        let (stop, signals) = Stop::new(&self.wake);
        let sources = self.sources.clone();
        let processor = Processor::new(TOPIC.name, sources, Arc::new(self.publisher()), options);
        let mut tasks = JoinSet::new();
        tasks.spawn(processor.run(signals.clone()));
        // Billing adds up, so it needs each event once and in order; the others see a part of each stream.
        let billing = Ordered::new(self.billing.clone(), self.publications(), Billing);
        tasks.spawn(self.consumer(&self.billing, billing, patience).run(signals.clone()));
        let notifications = Filtered::new(self.notifications.clone(), Notifications);
        tasks.spawn(
            self.consumer(&self.notifications, notifications, patience).run(signals.clone()),
        );
        let grid = Filtered::new(self.grid.clone(), Grid);
        tasks.spawn(self.consumer(&self.grid, grid, patience).run(signals));
        Running { stop, tasks }
    }

    /// What others made of a meter, as they have it now.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn elsewhere(&self, meter: &StreamId) -> Result<Elsewhere, Error> {
        let id = |consumer| format!("{consumer}:{meter}");
        let billing = self.billing.read::<InboxDocument<Statements>>(&id(Billing::NAME)).await?;
        let texts =
            self.notifications.read::<SeenDocument<Texts>>(&id(Notifications::NAME)).await?;
        let grid = self.grid.read::<SeenDocument<Load>>(&id(Grid::NAME)).await?;
        Ok(Elsewhere {
            statements: billing.map(|read| read.document.state).unwrap_or_default(),
            texts: texts.map(|read| read.document.state).unwrap_or_default(),
            load: grid.filter(|read| !read.document.ended).map(|read| read.document.state),
        })
    }

    /// The same bus, for those who look after it.
    #[must_use]
    pub fn messaging(&self) -> Messaging {
        let [billing, notifications, grid] = TOPIC.subscriptions else {
            unreachable!("the topic has three subscriptions");
        };
        let listener = |subscription: &SubscriptionSpec, makes, documents: &CosmosDocuments| {
            let fault = Fault::new(subscription.name, documents.clone());
            Listener { subscription: *subscription, makes, fault }
        };
        let consumers = vec![
            listener(billing, "a statement for each week", &self.billing),
            listener(notifications, "a text for each activation", &self.notifications),
            listener(grid, "what is drawn in districts that begin with 1", &self.grid),
        ];
        Messaging {
            bus: (*self.connection).clone(),
            place: self.place.clone(),
            topic: TOPIC,
            publisher: TOPIC.name,
            consumers: Arc::new(consumers),
            parking: self.parking.clone(),
        }
    }

    /// Where the bus is, in words.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    fn publisher(&self) -> Publisher<CosmosEventStore, ServiceBus, CosmosParking, Meters> {
        let (store, bus) = (Arc::clone(&self.sources.store), Arc::clone(&self.connection));
        Publisher::new(TOPIC.name, TOPIC.name, store, bus, self.parking.clone())
    }

    fn publications(&self) -> Publications<CosmosEventStore, Meters> {
        Publications::new(Arc::clone(&self.sources.store))
    }

    fn consumer<I: Inbox>(
        &self,
        documents: &CosmosDocuments,
        inbox: I,
        patience: Patience,
    ) -> Consumer<ServiceBus, Faulty<I>, CosmosParking> {
        let source = Source::subscription(TOPIC.name, inbox.consumer());
        let fault = Fault::new(inbox.consumer(), documents.clone());
        let (bus, parking) = (Arc::clone(&self.connection), self.parking.clone());
        Consumer::new(bus, source, Faulty::new(inbox, fault), parking, patience)
    }
}

impl Running {
    /// Lets everybody finish what they are at, and waits for it.
    pub async fn stop(mut self) {
        self.stop.stop();
        while self.tasks.join_next().await.is_some() {}
    }
}
