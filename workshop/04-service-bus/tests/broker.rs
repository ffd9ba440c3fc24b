//! Publisher and consumer on a real broker, reached through the real crate.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use event_store::{EventId, EventStore, Expected, Metadata, NewEvent, Version};
use integration_events_checks::memory_bus::MemoryBus;
use integration_events_checks::meters::Meters;
use integration_events_checks::place::{
    DELIVERIES, LOCK, TOPIC, WINDOW, broker, everything, publish, publisher, within_10_s,
};
use integration_events_checks::shaky::Shaky;
use integration_events_checks::words::{
    START, Statement, Statements, append, collected, life, meter, recorded,
};
use integration_events_checks::{
    Accepted, Consumer, Filtered, IntegrationEvent, Mapping, MemoryParking, Ordered, Parking,
    Patience, Properties, Publications, Publisher, Turn,
};
use projections::MemoryFeed;
use serde::{Deserialize, Serialize};
use service_bus::{Bus, Message, ServiceBus, Source, resubmit_where};
use tokio::sync::Barrier;
use tokio::task::yield_now;

type Inboxed = Ordered<Shaky, Publications<MemoryFeed, Meters>, Statements>;

struct Scene {
    bus: Arc<ServiceBus>,
    store: Arc<MemoryFeed>,
    parking: MemoryParking,
    documents: Shaky,
    statements: Statements,
}

/// A consumer that neither renews nor waits.
const AT_ONCE: Patience = Patience { renew: Duration::from_secs(600), pause: Duration::ZERO };

impl Scene {
    /// The life of a meter is in its stream.
    async fn new() -> Self {
        let store = Arc::new(MemoryFeed::new(1));
        append(&*store, 1, "command", &life()).await;
        let (parking, documents) = (MemoryParking::default(), Shaky::default());
        let statements = Statements::default();
        Self { bus: broker().await, store, parking, documents, statements }
    }

    async fn publish(&self) {
        let publisher = publisher(&self.store, &self.bus, &self.parking);
        publish(&publisher, recorded(1, &life())).await;
    }

    fn inbox(&self, documents: &Shaky) -> Inboxed {
        let archive = Publications::new(Arc::clone(&self.store));
        Ordered::new(documents.clone(), archive, self.statements.clone())
    }

    fn consumer(&self, documents: &Shaky) -> Consumer<ServiceBus, Inboxed, MemoryParking> {
        let (bus, parking) = (Arc::clone(&self.bus), self.parking.clone());
        Consumer::new(bus, everything(), self.inbox(documents), parking, AT_ONCE)
    }

    /// What comes of the messages that are there.
    async fn turns(&self) -> Vec<Turn> {
        drained(&self.consumer(&self.documents)).await
    }

    async fn statement(&self) -> Statement {
        let found = self.inbox(&self.documents).document(&meter(1)).await;
        found.expect("memory never fails").state
    }
}

async fn drained<B, I, P>(consumer: &Consumer<B, I, P>) -> Vec<Turn>
where
    B: Bus,
    I: integration_events_checks::Inbox,
    P: Parking,
{
    let mut turns = Vec::new();
    loop {
        match within_10_s("a turn", consumer.turn(Duration::ZERO)).await.expect("it answers") {
            Turn::Idle => return turns,
            turn => turns.push(turn),
        }
    }
}

fn applied(times: usize) -> Vec<Turn> {
    vec![Turn::Taken(Accepted::Applied(1)); times]
}

fn known(times: usize) -> Vec<Turn> {
    vec![Turn::Taken(Accepted::Duplicate); times]
}

#[tokio::test]
async fn what_is_sent_again_within_the_window_is_dropped_by_the_broker() {
    let scene = Scene::new().await;
    scene.publish().await;
    scene.publish().await;
    assert_eq!(scene.turns().await, applied(4));
}

#[tokio::test]
async fn what_is_sent_again_after_the_window_is_dropped_by_the_inbox() {
    let scene = Scene::new().await;
    scene.publish().await;
    assert_eq!(scene.turns().await, applied(4));
    scene.bus.advance(WINDOW + LOCK).await.expect("the clock is ours");
    scene.publish().await;
    assert_eq!(scene.turns().await, known(4));
    assert_eq!(scene.statement().await.versions, [3, 5, 6, 7]);
}

#[tokio::test]
async fn two_consumers_on_one_subscription_apply_each_event_once_and_in_order() {
    let scene = Scene::new().await;
    let days: Vec<_> = (1..25).map(collected).collect();
    append(&*scene.store, 2, "days", &days).await;
    let publisher = publisher(&scene.store, &scene.bus, &scene.parking);
    let stream = event_store::Range::all();
    let events = scene.store.load(&meter(2), stream).await.expect("memory never fails").events;
    publish(&publisher, events).await;
    let (one, other) = (scene.consumer(&scene.documents), scene.consumer(&scene.documents));
    let (one, other) = tokio::join!(drained(&one), drained(&other));
    assert_eq!(one.len() + other.len(), 24);
    let found = scene.inbox(&scene.documents).document(&meter(2)).await.expect("it can be read");
    assert_eq!(found.state.versions, (1..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_consumer_slower_than_its_lock_does_no_harm() {
    let scene = Scene::new().await;
    scene.publish().await;
    // It has read its document, and waits with its write until somebody else has done the work.
    let barrier = Arc::new(Barrier::new(2));
    let documents = scene.documents.writing_together(&barrier);
    let slow = scene.consumer(&documents);
    let overtaking = async {
        while documents.written() == 0 {
            yield_now().await;
        }
        scene.bus.advance(LOCK + LOCK).await.expect("the clock is ours");
        let turns = scene.turns().await;
        barrier.wait().await;
        turns
    };
    let both = async { tokio::join!(slow.turn(Duration::ZERO), overtaking) };
    let (late, turns) = within_10_s("both are done", Box::pin(both)).await;
    assert_eq!(turns, applied(4));
    assert_eq!(late.expect("a lost lock is no failure"), Turn::Taken(Accepted::Duplicate));
    assert_eq!(scene.statement().await.versions, [3, 5, 6, 7]);
}

#[tokio::test]
async fn a_consumer_that_takes_long_renews_its_lock() {
    let (bus, store) = (Arc::new(MemoryBus::new(3)), Arc::new(MemoryFeed::new(1)));
    append(&*store, 1, "command", &life()).await;
    publish(&publisher(&store, &bus, &MemoryParking::default()), recorded(1, &life())).await;
    let (barrier, documents) = (Arc::new(Barrier::new(2)), Shaky::default());
    let archive = Publications::<_, Meters>::new(store);
    let slow = documents.writing_together(&barrier);
    let inbox = Ordered::new(slow, archive, Statements::default());
    let patience = Patience { renew: Duration::from_millis(1), pause: Duration::ZERO };
    let parking = MemoryParking::default();
    let consumer = Consumer::new(Arc::clone(&bus), everything(), inbox, parking, patience);
    let waiting = async {
        bus.until_renewed(3).await;
        barrier.wait().await;
    };
    let working = async { tokio::join!(consumer.turn(Duration::ZERO), waiting).0 };
    let turn = within_10_s("the lock is renewed", working).await.expect("memory never fails");
    assert_eq!(turn, Turn::Taken(Accepted::Applied(1)));
}

#[tokio::test]
async fn what_is_refused_too_often_becomes_a_dead_letter_and_can_be_sent_again() {
    let scene = Scene::new().await;
    scene.publish().await;
    scene.statements.failing.store(true, Ordering::SeqCst);
    assert_eq!(scene.turns().await, vec![Turn::GivenBack; 4 * DELIVERIES as usize]);
    scene.statements.failing.store(false, Ordering::SeqCst);
    let sent = resubmit_where(&*scene.bus, &everything(), TOPIC, 10, |_| true).await;
    assert_eq!(sent.expect("the broker takes them"), 4);
    assert_eq!(scene.turns().await, applied(4));
    assert_eq!(scene.statement().await.versions, [3, 5, 6, 7]);
}

#[tokio::test]
async fn a_message_of_somebody_elses_is_parked_at_once() {
    let scene = Scene::new().await;
    let stray = Message::new("stray/1", r#"{"hello":"there"}"#);
    scene.bus.send(TOPIC, &stray).await.expect("the broker takes anything");
    assert_eq!(scene.turns().await, [Turn::Parked]);
    let parked = scene.parking.parked("statements").await.expect("memory never fails");
    let parked: Vec<_> = parked.iter().map(|one| (&*one.message_id, &*one.reason)).collect();
    let reason = "the message cannot be read: streamversion must be a whole number";
    assert_eq!(parked, [("stray/1", reason)]);
}

#[tokio::test]
async fn a_filtered_subscription_applies_what_it_gets_once() {
    let scene = Scene::new().await;
    scene.publish().await;
    let activations = Source::subscription(TOPIC, "activations");
    let inbox = Filtered::new(scene.documents.clone(), Statements::default());
    let (bus, parking) = (Arc::clone(&scene.bus), scene.parking.clone());
    let consumer = Consumer::new(bus, activations, inbox, parking, AT_ONCE);
    assert_eq!(drained(&consumer).await, applied(1));
    scene.bus.advance(WINDOW + LOCK).await.expect("the clock is ours");
    scene.publish().await;
    assert_eq!(drained(&consumer).await, known(1));
}

#[tokio::test]
async fn a_filter_can_read_a_property_of_the_mapping() {
    let scene = Scene::new().await;
    scene.publish().await;
    let grid = Source::subscription(TOPIC, "grid");
    let received = scene.bus.receive(&grid, Duration::ZERO).await.expect("the broker answers");
    let event = IntegrationEvent::read(&received.expect("it got some").message);
    assert_eq!(event.expect("it is one of ours").version, Version(3));
}

/// Says everything aloud, however long it is.
struct Aloud;

#[derive(Serialize, Deserialize)]
enum Said {
    Said { text: String },
}

impl Mapping for Aloud {
    const CATEGORIES: &'static [&'static str] = &["meter"];
    type Event = Said;
    type Notice = Said;

    fn map(event: &aggregates::Recorded<Said>) -> Option<Said> {
        let Said::Said { text } = &event.event;
        Some(Said::Said { text: text.clone() })
    }

    fn properties(_: &Said) -> Properties {
        Properties::new()
    }
}

#[tokio::test]
async fn a_message_over_the_size_limit_is_parked_and_the_next_ones_follow() {
    let (bus, store) = (broker().await, Arc::new(MemoryFeed::new(1)));
    for (number, text) in
        ["short".to_owned(), "long".repeat(100_000), "last".to_owned()].iter().enumerate()
    {
        let (id, meta) = (EventId::of_command("c", number), Metadata::at(START));
        let event = NewEvent::new(id, "Said", &serde_json::json!({ "text": text }), meta);
        let event = event.expect("it can be stored");
        store.append(&meter(1), Expected::Any, vec![event]).await.expect("it can be stored");
    }
    let parking = MemoryParking::default();
    let (streams, topic) = (Arc::clone(&store), Arc::clone(&bus));
    let publisher =
        Publisher::<_, _, _, Aloud>::new("aloud", TOPIC, streams, topic, parking.clone());
    let range = event_store::Range::all();
    let events = store.load(&meter(1), range).await.expect("memory never fails").events;
    publish(&publisher, events).await;
    let parked = parking.parked("aloud").await.expect("memory never fails");
    let [one] = parked.as_slice() else { panic!("not one is parked: {parked:?}") };
    assert_eq!(one.version, Some(Version(2)));
    assert!(
        one.reason.contains("the limit is 262144"),
        "the reason names the limit: {}",
        one.reason
    );
    let mut places = Vec::new();
    while let Some(got) = bus.receive(&everything(), Duration::ZERO).await.expect("it answers") {
        let event = IntegrationEvent::read(&got.message).expect("it is one of ours");
        places.push((event.version.0, event.previous.0));
    }
    assert_eq!(places, [(1, 0), (3, 2)], "why: a consumer sees that 2 is missing, and fetches it");
}
