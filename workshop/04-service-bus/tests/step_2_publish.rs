//! Step 2. Publish, then move on

use std::sync::Arc;

use event_store::Version;
use integration_events_checks::memory_bus::{Fate, MemoryBus};
use integration_events_checks::place::{MeterPublisher, publisher, within_10_s};
use integration_events_checks::words::{append, life, published};
use integration_events_checks::{MemoryParking, Parking};
use projections::{Error, MemoryFeed};
use service_bus::{Message, Value};

struct Scene {
    bus: Arc<MemoryBus>,
    parking: MemoryParking,
    store: Arc<MemoryFeed>,
    publisher: MeterPublisher<MemoryBus>,
}

impl Scene {
    /// A meter of whose life four events are told, and a broker that does this with them.
    async fn new(fates: &[Fate]) -> Self {
        let (bus, parking) = (Arc::new(MemoryBus::new(3)), MemoryParking::default());
        let store = Arc::new(MemoryFeed::new(1));
        append(&*store, 1, "life", &life()).await;
        bus.fates(fates);
        let publisher = publisher(&store, &bus, &parking);
        Self { bus, parking, store, publisher }
    }

    async fn publish(&self) -> Result<(), Error> {
        let events = published(&self.store, 1).await;
        within_10_s("the events are sent", self.publisher.publish(&events)).await
    }

    /// The versions of what the broker took.
    fn sent(&self) -> Vec<i64> {
        let version = |message: &Message| match message.properties["streamversion"] {
            Value::Integer(version) => version,
            _ => panic!("a version is a number"),
        };
        self.bus.sent().iter().map(version).collect()
    }
}

#[tokio::test]
async fn events_are_sent_in_the_order_of_their_stream() {
    let scene = Scene::new(&[]).await;
    scene.publish().await.expect("the broker takes all");
    assert_eq!(scene.sent(), [3, 5, 6, 7], "why: what happened later is told later");
}

#[tokio::test]
async fn none_is_sent_before_the_broker_has_the_one_before() {
    let scene = Scene::new(&[]).await;
    scene.publish().await.expect("the broker takes all");
    assert!(!scene.bus.overtaken(), "why: two requests on their way may arrive in any order");
}

#[tokio::test]
async fn what_the_broker_did_not_take_is_no_success() {
    for fates in [vec![Fate::Lost], vec![Fate::Taken, Fate::Taken, Fate::Taken, Fate::AnswerLost]] {
        let scene = Scene::new(&fates).await;
        let done = scene.publish().await;
        assert!(
            done.is_err(),
            "why: after Ok the processor moves on, and what the broker did not take is never sent again"
        );
    }
}

#[tokio::test]
async fn after_a_failure_nothing_more_is_sent() {
    let scene = Scene::new(&[Fate::Taken, Fate::Lost]).await;
    scene.publish().await.expect_err("the second one was lost");
    let why =
        "requests, and versions that arrived: why: what comes behind it would arrive before it";
    assert_eq!((scene.bus.asked(), scene.sent()), (2, vec![3]), "{why}");
}

#[tokio::test]
async fn what_is_sent_again_is_the_same_message() {
    let scene = Scene::new(&[Fate::AnswerLost]).await;
    scene.publish().await.expect_err("an answer was lost");
    scene.publish().await.expect("the broker takes all");
    let sent = scene.bus.sent();
    assert_eq!(sent[0], sent[1], "why: the broker knows it by its id, the consumer by its place");
    assert_eq!(
        scene.sent(),
        [3, 3, 5, 6, 7],
        "versions that arrived: why: the page comes again as a whole"
    );
}

#[tokio::test]
async fn a_message_that_is_never_taken_does_not_stop_the_stream() {
    let scene = Scene::new(&[Fate::Taken, Fate::Refused("it is too large")]).await;
    let done = scene.publish().await;
    assert_eq!(
        (done.is_ok(), scene.sent()),
        (true, vec![3, 6, 7]),
        "it went well, and versions that arrived: why: the page would come back, and be refused, for ever"
    );
}

#[tokio::test]
async fn a_message_that_is_never_taken_is_parked_with_the_reason() {
    let scene = Scene::new(&[Fate::Taken, Fate::Refused("it is too large")]).await;
    scene.publish().await.expect("it is put aside");
    let parked = scene.parking.parked("publisher").await.expect("memory never fails");
    let parked: Vec<_> =
        parked.iter().filter_map(|one| Some((one.version?, &*one.reason))).collect();
    assert_eq!(parked, [(Version(5), "it is too large")], "parked: why: somebody has to see it");
}
