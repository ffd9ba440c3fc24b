//! The publisher process is killed, a hundred times, at all points between what is stored and the note that it was
//! sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use event_store::StreamId;
use integration_events::meters::Meters;
use integration_events::{Consumer, MemoryParking, Ordered, Patience, Publications};
use projection_proofs::{Book, Place, Process, Writers, serve};
use projections::{Stop, Wake};
use publishing_proofs::{
    Order, Point, Received, Record, Recorder, TOPIC, connect, expected, recorded,
};
use service_bus::{ServiceBus, Source};
use service_bus_local::{Options, ServiceBusLocal};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PUBLISHER: &str = env!("CARGO_BIN_EXE_publisher");
const KILLS: usize = 100;
const METERS: usize = 20;

/// Commands for each kill, and more as long as the point is not reached.
const COMMANDS: usize = 12;
const MORE: Duration = Duration::from_millis(500);

/// How long the rest may take after the last kill.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);

/// Who listens.
struct Listeners {
    stop: Stop,
    counting: JoinHandle<Received>,
    consuming: JoinHandle<()>,
}

impl Listeners {
    fn start(bus: &Arc<ServiceBus>, place: &Place) -> Self {
        let (stop, signals) = Stop::new(&Wake::default());
        let counting = tokio::spawn(Recorder::count(Arc::clone(bus), signals.clone()));
        let archive = Publications::<_, Meters>::new(Arc::new(place.store.clone()));
        let inbox = Ordered::new(place.views.clone(), archive, Recorder);
        let source = Source::subscription(TOPIC.name, "consumed");
        let (parking, patience) = (MemoryParking::default(), Patience::default());
        let consumer = Consumer::new(Arc::clone(bus), source, inbox, parking, patience);
        Self { stop, counting, consuming: tokio::spawn(consumer.run(signals)) }
    }

    /// Lets them finish; what came, by message.
    async fn finish(self) -> Received {
        self.stop.stop();
        self.consuming.await.expect("it does not panic");
        self.counting.await.expect("it does not panic")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_is_killed_loses_no_message_and_effects_happen_once_and_in_order() {
    let server = serve(2).await;
    let broker = ServiceBusLocal::start(Options::default()).await.expect("a port is free");
    let place = Place::open(server.endpoint()).await;
    let bus = Arc::new(connect(broker.endpoint()).await);
    let listeners = Listeners::start(&bus, &place);
    let writers = Writers::start(server.endpoint(), 2, METERS).await;
    let (cosmos, bus_url) = (server.endpoint().to_owned(), broker.endpoint().to_owned());
    let order = Order { cosmos, bus: bus_url, point: None };

    let mut kills = BTreeMap::<Point, u32>::new();
    for point in Point::ALL.iter().cycle().take(KILLS) {
        let order = Order { point: Some(*point), ..order.clone() };
        let mut publisher = Process::start(PUBLISHER, &order);
        writers.allow(COMMANDS);
        while timeout(MORE, publisher.says("still")).await.is_err() {
            writers.allow(COMMANDS / 4);
        }
        publisher.kill();
        *kills.entry(*point).or_default() += 1;
    }
    let book = writers.finish().await;
    let clean = Process::start(PUBLISHER, &order);
    let (ids, records) = all(&place, &book).await;
    timeout(PATIENCE, applied(&place, &records)).await.expect("the rest is told in time");
    clean.stop().await;
    let received = listeners.finish().await;

    let known: BTreeSet<_> = received.keys().cloned().collect();
    assert_eq!(known, ids, "what was stored was sent, and nothing else");
    for (stream, record) in &records {
        assert_eq!(&recorded(&place.views, stream).await, record, "{stream}");
    }
    let deliveries: u32 = received.values().sum();
    println!("{} events, {} messages, {deliveries} sent", book.events.len(), ids.len());
    for (point, count) in &kills {
        println!("  killed {point}: {count} times");
    }
    assert_eq!(kills.values().sum::<u32>(), 100);
    assert!(deliveries as usize > ids.len(), "some were sent twice, or no kill hit the page");
}

/// What must be told of all streams.
async fn all(place: &Place, book: &Book) -> (BTreeSet<String>, BTreeMap<StreamId, Record>) {
    let streams: BTreeSet<_> = book.events.keys().map(|(stream, _)| stream.clone()).collect();
    let (mut ids, mut records) = (BTreeSet::new(), BTreeMap::new());
    for stream in streams {
        let (of_it, record) = expected(&place.store, &stream).await;
        ids.extend(of_it);
        records.insert(stream, record);
    }
    (ids, records)
}

/// Waits until the consumer has heard the last of each stream.
async fn applied(place: &Place, records: &BTreeMap<StreamId, Record>) {
    for (stream, record) in records {
        while recorded(&place.views, stream).await.0.last() != record.0.last() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
