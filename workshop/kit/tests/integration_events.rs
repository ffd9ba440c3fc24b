//! From a command to its effect elsewhere: Cosmos DB, its change feed, a topic and a consumer, all of them real.

use std::sync::Arc;
use std::time::Duration;

use daybook::aggregates::meter::{Command, Meter};
use daybook::aggregates::registration::{MeterId, Registration};
use daybook::aggregates::{Context, Repository};
use daybook::cosmos::{ContainerSpec, Cosmos, Settings};
use daybook::event_store::{CosmosEventStore, EVENTS};
use daybook::integration_events::meters::{Meters, Notice};
use daybook::integration_events::{
    Consumer, CosmosParking, Ordered, PARKED, Patience, Publications, Publisher, Subscriber, Told,
};
use daybook::projections::{
    self, CosmosDocuments, CosmosFeed, LEASES, Options, Processor, Stop, Wake, Waking,
};
use daybook::service_bus::{self, EntitySpec, Filter, ServiceBus, SubscriptionSpec, TopicSpec};
use serde::{Deserialize, Serialize};
use time::macros::datetime;

const MINUTE: Duration = Duration::from_secs(60);

/// What the consumer writes is its own.
const NOTIFICATIONS: ContainerSpec = ContainerSpec {
    name: "notifications",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

const TOPIC: EntitySpec = EntitySpec::Topic(TopicSpec {
    name: "energy-events",
    time_to_live: Duration::from_secs(3600),
    duplicate_window: Some(Duration::from_secs(300)),
    subscriptions: &[SubscriptionSpec {
        name: "notifications",
        lock: MINUTE,
        max_delivery_count: 3,
        time_to_live: Duration::from_secs(3600),
        filter: Filter::Everything,
    }],
});

/// Writes a text for each activation.
struct Notifications;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Texts(Vec<String>);

impl Subscriber for Notifications {
    const NAME: &'static str = "notifications";
    type Event = Notice;
    type State = Texts;

    fn apply(&self, texts: &mut Texts, event: &Told<Notice>) -> Result<(), projections::Source> {
        if let Notice::MeterActivated { district } = &event.event {
            let request = event.correlation_id.as_deref().unwrap_or("nobody");
            texts.0.push(format!("{} in {district} is active: {request}", event.stream));
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_command_has_its_effect_elsewhere_under_one_correlation_id() {
    let cosmos = Cosmos::connect(&Settings::ephemeral()).await.expect("it runs here");
    let containers = [EVENTS, LEASES, PARKED, NOTIFICATIONS];
    cosmos.provision(&containers).await.expect("the place is empty");
    let bus = ServiceBus::connect(&service_bus::Settings::ephemeral()).await.expect("it runs here");
    bus.provision(&[TOPIC]).await.expect("the place is empty");
    let (bus, wake) = (Arc::new(bus), Wake::default());
    let (stop, signals) = Stop::new(&wake);

    let store = CosmosEventStore::open(&cosmos).await.expect("provisioned");
    let store = Arc::new(Waking::new(store, wake));
    let parking = CosmosParking::open(&cosmos).await.expect("provisioned");
    let publisher = Publisher::<_, _, _, Meters>::new(
        "energy-events",
        "energy-events",
        Arc::clone(&store),
        Arc::clone(&bus),
        parking.clone(),
    );
    let sources = projections::Sources {
        store: Arc::clone(&store),
        feed: CosmosFeed::open(&cosmos).await.expect("provisioned"),
        leases: CosmosDocuments::open(&cosmos, &LEASES).await.expect("provisioned"),
    };
    let publisher = Arc::new(publisher);
    let processor = Processor::new("energy-events", sources, publisher, Options::default());
    let publishing = tokio::spawn(processor.run(signals.clone()));

    let texts = CosmosDocuments::open(&cosmos, &NOTIFICATIONS).await.expect("provisioned");
    let inbox = || {
        let archive = Publications::<_, Meters>::new(Arc::clone(&store));
        Ordered::new(texts.clone(), archive, Notifications)
    };
    let source = service_bus::Source::subscription("energy-events", "notifications");
    let consumer = Consumer::new(bus, source, inbox(), parking, Patience::default());
    let consuming = tokio::spawn(consumer.run(signals));

    let id = MeterId::parse("87000001").expect("it is a number");
    let meters = Repository::<_, Meter>::new(Arc::clone(&store));
    let code = "7319".to_owned();
    let registration = Registration::new("87000001", "1071 XX", "41-hs", &code).expect("valid");
    let commands = [Command::Register(registration), Command::Activate { activation_code: code }];
    for (number, command) in commands.into_iter().enumerate() {
        let context = Context::new(format!("command-{number}"), datetime!(2020-04-30 09:00 UTC));
        let correlation_id = Some(format!("request-{number}"));
        let context = Context { correlation_id, ..context };
        meters.execute(&id, command, &context).await.expect("it is carried out");
    }

    let inbox = inbox();
    let told = async {
        loop {
            let document = inbox.document(&id.stream()).await.expect("it can be read");
            if document.last.0 > 0 {
                return document.state;
            }
        }
    };
    let told = tokio::time::timeout(MINUTE, told).await.expect("it comes within a minute");
    assert_eq!(told, Texts(vec!["meter:87000001 in 10 is active: request-1".to_owned()]));
    stop.stop();
    publishing.await.expect("it does not panic");
    consuming.await.expect("it does not panic");
}
