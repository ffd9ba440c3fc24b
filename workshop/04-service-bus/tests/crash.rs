//! Publisher and consumers that are broken off anywhere, on a bus without order: each event has its effect once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use integration_events_checks::memory_bus::{Fate, MemoryBus};
use integration_events_checks::meters::Meters;
use integration_events_checks::place::{MeterPublisher, everything, publisher, within_10_s};
use integration_events_checks::shaky::{Shaky, broken_off};
use integration_events_checks::words::{
    Statements, activated, append, collected, corrected, meter, mistyped, published,
};
use integration_events_checks::{
    Consumer, MemoryParking, Ordered, Parking, Patience, Publications, Turn,
};
use projections::{Cut, Documents, Feed, Lease, MemoryFeed, Sources, Start, Terms, Worker};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const METERS: u64 = 3;

type Publishing = Worker<MemoryFeed, MemoryFeed, Shaky, MeterPublisher<MemoryBus>>;
type Consuming = Consumer<
    MemoryBus,
    Ordered<Shaky, Publications<MemoryFeed, Meters>, Statements>,
    MemoryParking,
>;

struct Story {
    random: StdRng,
    store: Arc<MemoryFeed>,
    bus: Arc<MemoryBus>,
    leases: Shaky,
    inbox: Shaky,
    parking: MemoryParking,
    publishing: Option<Publishing>,
    commands: u64,
    /// How often something was broken off.
    crashes: usize,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let (store, leases) = (Arc::new(MemoryFeed::new(1)), Shaky::default());
        let ranges = store.ranges(1).await.expect("memory never fails");
        let origin = store.origin().await.expect("memory never fails");
        let (id, start) = ("publisher".to_owned(), Start::Beginning);
        let cut = Cut { id, origin, start, ranges, retired: false };
        let lease = cut.lease(0);
        leases.create(&lease.id, &lease).await.expect("memory never fails");
        Self {
            random: StdRng::seed_from_u64(seed),
            store,
            bus: Arc::new(MemoryBus::new(u32::MAX)),
            leases,
            inbox: Shaky::default(),
            parking: MemoryParking::default(),
            publishing: None,
            commands: 0,
            crashes: 0,
        }
    }

    /// Breaks work off after a few steps, most of the time.
    fn patience(&mut self, crashing: bool) -> usize {
        if crashing { self.random.random_range(0..30) } else { usize::MAX }
    }

    async fn append(&mut self) {
        let all = [activated(), mistyped(), collected(1), corrected(1)];
        let count = self.random.random_range(1..4);
        let events: Vec<_> =
            (0..count).filter_map(|_| all.choose(&mut self.random).cloned()).collect();
        self.commands += 1;
        let number = self.random.random_range(0..METERS);
        append(&*self.store, number, &format!("c{}", self.commands), &events).await;
    }

    /// Claims the lease, as whoever takes over from a publisher that crashed.
    async fn claimed(&self) -> Publishing {
        let read = self.leases.read::<Lease>("publisher.0").await.expect("memory never fails");
        let sources = Sources {
            store: Arc::clone(&self.store),
            feed: (*self.store).clone(),
            leases: self.leases.clone(),
        };
        let handler = Arc::new(publisher(&self.store, &self.bus, &self.parking));
        let terms = Terms { owner: "one".to_owned(), duration: Duration::from_secs(600), page: 4 };
        let claimed = Worker::claim(sources, handler, terms, read.expect("it was created")).await;
        claimed.expect("memory never fails").expect("nobody else writes to it")
    }

    /// A turn of the publisher; whether there was nothing more to publish.
    async fn publish(&mut self, crashing: bool) -> bool {
        let patience = self.patience(crashing);
        let mut publishing = match self.publishing.take() {
            Some(publishing) => publishing,
            None => self.claimed().await,
        };
        if let Some(Ok(turn)) = broken_off(patience, publishing.turn()).await {
            self.publishing = Some(publishing);
            return turn == projections::Turn::Idle;
        }
        // It failed or was broken off: somebody else takes over.
        self.crashes += 1;
        false
    }

    fn consumer(&self) -> Consuming {
        let archive = Publications::new(Arc::clone(&self.store));
        let inbox = Ordered::new(self.inbox.clone(), archive, Statements::default());
        let patience = Patience { renew: Duration::from_secs(600), pause: Duration::ZERO };
        let bus = Arc::clone(&self.bus);
        Consumer::new(bus, everything(), inbox, self.parking.clone(), patience)
    }

    /// Two consumers take a message each; whether there was none.
    async fn consume(&mut self, crashing: bool) -> bool {
        let (one, other) = (self.consumer(), self.consumer());
        let (first, second) = (self.patience(crashing), self.patience(crashing));
        let turn = |consumer: Consuming, patience| async move {
            broken_off(patience, consumer.turn(Duration::ZERO)).await
        };
        let turns = tokio::join!(turn(one, first), turn(other, second));
        self.crashes += usize::from(turns.0.is_none()) + usize::from(turns.1.is_none());
        matches!(turns, (Some(Ok(Turn::Idle)), Some(Ok(Turn::Idle))))
    }

    fn trouble(&mut self) {
        match self.random.random_range(0..5) {
            0 => self.bus.end_locks(),
            1 => self.bus.shuffle(&mut self.random),
            2 => self.bus.fates(&[Fate::AnswerLost]),
            3 => self.bus.fates(&[Fate::Taken, Fate::Lost]),
            _ => {
                let sent = self.bus.sent().len().max(1);
                self.bus.deliver_again(self.random.random_range(0..sent));
            }
        }
    }

    async fn play(&mut self) {
        for _ in 0..40 {
            match self.random.random_range(0..4) {
                0 => self.append().await,
                1 => self.trouble(),
                2 => drop(self.publish(true).await),
                _ => drop(self.consume(true).await),
            }
        }
        while !self.publish(false).await {}
        self.bus.end_locks();
        while !self.consume(false).await {}
    }

    async fn compare(&self, seed: u64) {
        let mut sent = BTreeMap::new();
        for message in self.bus.sent() {
            let first = sent.entry(message.id.clone()).or_insert_with(|| message.clone());
            assert_eq!(*first, message, "seed {seed}: it was sent twice, and not the same");
        }
        for number in 0..METERS {
            let told = published(&self.store, number).await;
            for event in &told {
                assert!(sent.contains_key(&event.id), "seed {seed}: {} was never sent", event.id);
            }
            let archive = Publications::<_, Meters>::new(Arc::clone(&self.store));
            let inbox = Ordered::new(self.inbox.clone(), archive, Statements::default());
            let found = inbox.document(&meter(number)).await.expect("memory never fails");
            let expected: Vec<_> = told.iter().map(|event| event.version.0).collect();
            assert_eq!(found.state.versions, expected, "seed {seed}: meter {number}");
        }
        for who in ["publisher", "statements"] {
            let parked = self.parking.parked(who).await.expect("memory never fails");
            assert_eq!(parked, [], "seed {seed}: {who} gave up on something");
        }
    }
}

#[tokio::test]
async fn whoever_is_broken_off_wherever_each_event_is_sent_and_applied_once_and_in_order() {
    let mut crashes = 0;
    for seed in 0..200 {
        let mut story = Story::begin(seed).await;
        within_10_s(&format!("story {seed}"), Box::pin(story.play())).await;
        story.compare(seed).await;
        crashes += story.crashes;
    }
    assert!(crashes > 1000, "the stories are too quiet: {crashes} crashes");
}
