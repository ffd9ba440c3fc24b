//! Projections on a real Cosmos DB, run by a projector.

use std::sync::Arc;
use std::time::Duration;

use daybook::aggregates::{Recorded, encode};
use daybook::cosmos::{Cosmos, Settings};
use daybook::event_store::{
    self, Appended, CosmosEventStore, EventId, EventStore, Expected, Metadata, NewEvent, StreamId,
};
use daybook::projections::{
    Comparison, CosmosDocuments, CosmosFeed, Documents, Generations, LEASES, Lease, Live, Options,
    Order, Projection, Projector, Question, Retried, Sources, Streams, VIEWS, ViewDocument,
    ViewKey, Views, Wake, lag, rebuild, retry,
};
use serde::{Deserialize, Serialize};
use time::macros::datetime;

/// The one that every emulator publishes.
const EMULATOR_KEY: &str =
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

type Projected = Projector<CosmosEventStore, CosmosFeed, CosmosDocuments>;

#[derive(Clone)]
struct Place {
    cosmos: Cosmos,
    store: CosmosEventStore,
    feed: CosmosFeed,
    views: CosmosDocuments,
    leases: CosmosDocuments,
    wake: Wake,
}

impl Place {
    async fn new() -> Self {
        Self::open(Cosmos::connect(&Settings::ephemeral()).await.expect("it runs here")).await
    }

    /// As another process sees it, later.
    async fn opened_again(&self) -> Self {
        let place = daybook::cosmos::Place::Endpoint {
            url: self.cosmos.endpoint().to_owned(),
            key: Some(EMULATOR_KEY.to_owned()),
        };
        let settings = Settings { place, database: self.cosmos.database().to_owned() };
        Self::open(Cosmos::connect(&settings).await.expect("it runs")).await
    }

    async fn open(cosmos: Cosmos) -> Self {
        cosmos.provision(&[event_store::EVENTS, VIEWS, LEASES]).await.expect("the place is empty");
        Self {
            store: CosmosEventStore::open(&cosmos).await.expect("provisioned"),
            feed: CosmosFeed::open(&cosmos).await.expect("provisioned"),
            views: CosmosDocuments::open(&cosmos, &VIEWS).await.expect("provisioned"),
            leases: CosmosDocuments::open(&cosmos, &LEASES).await.expect("provisioned"),
            wake: Wake::default(),
            cosmos,
        }
    }

    fn sources(&self) -> Sources<CosmosEventStore, CosmosFeed, CosmosDocuments> {
        let (feed, leases) = (self.feed.clone(), self.leases.clone());
        Sources { store: Arc::new(self.store.clone()), feed, leases }
    }

    fn projector(&self) -> Projected {
        let options = Options { leases: 4, alone: true, ..Options::default() };
        Projector::new(self.sources(), self.views.clone(), self.wake.clone(), options)
    }

    fn views<P: Projection>(&self) -> Views<P, CosmosDocuments> {
        Views::new(self.views.clone())
    }

    async fn deposit(&self, account: &str, amounts: &[i64]) -> Appended {
        let stream = stream(account);
        let meta = Metadata::at(datetime!(2020-04-30 09:00 UTC));
        let id = format!("{:x}", rand::random::<u64>());
        let new = |(number, amount): (usize, &i64)| {
            let (kind, data) = encode(&Event::Deposited { amount: *amount }).expect("it is plain");
            NewEvent::new(EventId::of_command(&id, number), kind, &data, meta.clone())
                .expect("valid")
        };
        let events = amounts.iter().enumerate().map(new).collect();
        let appended = self.store.append(&stream, Expected::Any, events).await.expect("appended");
        self.wake.wake();
        appended
    }

    async fn wait<P: Projection>(&self, account: &str, appended: &Appended) {
        let (views, longest, stream) =
            (self.views::<P>(), Duration::from_secs(10), stream(account));
        let token = appended.session.as_ref().expect("Cosmos DB tells where the append is");
        let waited = views.wait_for(&self.feed, &self.leases, &stream, token, longest);
        assert!(waited.await.expect("the leases can be read"), "it is in the views in time");
    }
}

fn stream(account: &str) -> StreamId {
    StreamId::new("account", account).expect("a plain id")
}

/// Asks again and again, since what is waited for happens in Cosmos DB, which tells nobody.
async fn until(condition: impl AsyncFn() -> bool) {
    let holds = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), holds).await.expect("it holds in time");
}

#[derive(Debug, Serialize, Deserialize)]
enum Event {
    Deposited { amount: i64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Balance {
    account: String,
    balance: i64,
}

struct Balances<const VERSION: u32, const CRASH: i64>;

impl<const VERSION: u32, const CRASH: i64> Projection for Balances<VERSION, CRASH> {
    const NAME: &'static str = "balances";
    const VERSION: u32 = VERSION;
    type Event = Event;
    type View = Balance;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        vec![event.stream.id().into()]
    }

    fn apply(view: &mut Option<Balance>, event: &Recorded<Event>) {
        let account = event.stream.id().to_owned();
        let view = view.get_or_insert(Balance { account, balance: 0 });
        let Event::Deposited { amount } = event.event;
        assert!(amount != CRASH, "an amount of {amount}");
        view.balance += amount * i64::from(VERSION);
    }
}

type V1 = Balances<1, -1>;
type V2 = Balances<2, -1>;

/// It cannot take an amount of 7.
type Faulty = Balances<1, 7>;

#[tokio::test]
async fn a_reader_waits_for_its_own_append() {
    let place = Place::new().await;
    let projector = place.projector().with::<V1>().with::<Streams>();
    for turn in 1..=20 {
        let account = format!("a{}", (turn - 1) % 3);
        let appended = place.deposit(&account, &[1, 2]).await;
        place.wait::<V1>(&account, &appended).await;
        let balance = place.views::<V1>().get(&account.clone().into()).await.expect("readable");
        assert_eq!(balance.map(|view| view.balance), Some(3 * ((turn + 2) / 3)), "{turn}");
    }
    projector.stop().await;
}

#[tokio::test]
async fn views_are_filtered_sorted_and_paged() {
    let place = Place::new().await;
    let projector = place.projector().with::<V1>();
    let mut appended = vec![];
    for account in 1..=25 {
        appended.push(place.deposit(&format!("b{account:02}"), &[account]).await);
    }
    for (account, appended) in (1..).zip(&appended) {
        place.wait::<V1>(&format!("b{account:02}"), appended).await;
    }
    let question = Question::default()
        .and("balance", Comparison::AtLeast, 6)
        .sorted_by("balance", Order::Descending)
        .at_most(8);
    let mut found = vec![];
    let mut pages = 0;
    let mut next = None;
    loop {
        let question = next.take().into_iter().fold(question.clone(), Question::after);
        let answer = place.views::<V1>().ask(question).await.expect("it can be asked");
        found.extend(answer.views.into_iter().map(|(_, view)| view.balance));
        pages += 1;
        match answer.next {
            Some(token) => next = Some(token),
            None => break,
        }
    }
    assert_eq!(found, (6..=25).rev().collect::<Vec<_>>());
    assert_eq!(pages, 3);
    projector.stop().await;
}

#[tokio::test]
async fn a_new_version_is_built_beside_the_old_one_and_then_read() {
    let place = Place::new().await;
    let first = place.projector().with::<V1>();
    let appended = place.deposit("a", &[1, 2, 3]).await;
    place.wait::<V1>("a", &appended).await;
    first.stop().await;

    let second = place.projector().with::<V2>();
    let live = async || {
        let found = place.views.read::<Generations>("balances").await.expect("readable");
        found.expect("it ran").document
    };
    until(async || live().await.live.number == 2 && live().await.retired.is_empty()).await;
    let balance = place.views::<V2>().get(&"a".into()).await.expect("readable");
    assert_eq!(balance.map(|view| view.balance), Some(12));
    let left = place.views.ids("balances@1").await.expect("readable");
    assert_eq!(left, Vec::<String>::new(), "the old ones are gone");
    second.stop().await;
}

#[tokio::test]
async fn a_rebuild_gives_the_same_views_and_goes_on() {
    let place = Place::new().await;
    let projector = place.projector().with::<V1>();
    let appended = place.deposit("a", &[1, 2, 3]).await;
    place.wait::<V1>("a", &appended).await;
    let built = rebuild(&place.views, "balances").await.expect("readable").expect("it ran");
    assert_eq!(built.number, 2);
    let generation = async || {
        let view = place.views::<V1>().document(&"a".into()).await.expect("readable");
        view.expect("there").projection
    };
    until(async || generation().await == "balances@2").await;
    let appended = place.deposit("a", &[4]).await;
    place.wait::<V1>("a", &appended).await;
    let balance = place.views::<V1>().get(&"a".into()).await.expect("readable");
    assert_eq!(balance.map(|view| view.balance), Some(10));
    projector.stop().await;
}

#[tokio::test]
async fn a_parked_view_is_built_again_and_then_goes_on() {
    let place = Place::new().await;
    let faulty = place.projector().with::<Faulty>();
    let appended = place.deposit("a", &[1]).await;
    place.wait::<Faulty>("a", &appended).await;
    place.deposit("a", &[7]).await;
    let other = place.deposit("b", &[5]).await;
    let appended = place.deposit("a", &[2]).await;
    place.wait::<Faulty>("a", &appended).await;
    place.wait::<Faulty>("b", &other).await;
    let parked = place.views::<Faulty>().document(&"a".into()).await.expect("readable");
    let parked: ViewDocument<Balance> = parked.expect("it is there");
    assert_eq!(parked.view.map(|view| view.balance), Some(1), "as it was before");
    let reason = parked.parked.expect("it was given up").reason;
    assert!(reason.contains("an amount of 7"), "{reason}");
    let balance = place.views::<Faulty>().get(&"b".into()).await.expect("readable");
    assert_eq!(balance.map(|view| view.balance), Some(5), "others go on");
    faulty.stop().await;

    let mended = place.projector().with::<V1>();
    let done = retry(&place.views::<V1>(), &place.sources(), &"a".into()).await;
    assert_eq!(done.expect("it can take its events"), Retried::Done);
    let appended = place.deposit("a", &[100]).await;
    place.wait::<V1>("a", &appended).await;
    let balance = place.views::<V1>().get(&"a".into()).await.expect("readable");
    assert_eq!(balance.map(|view| view.balance), Some(110));
    mended.stop().await;
}

#[tokio::test]
async fn lag_is_seen_without_a_worker() {
    let place = Place::new().await;
    let projector = place.projector().with::<V1>();
    let appended = place.deposit("a", &[1]).await;
    place.wait::<V1>("a", &appended).await;
    projector.stop().await;
    place.deposit("a", &[1, 2]).await;
    place.deposit("a", &[3]).await;
    let mut behind = 0;
    for id in ["balances@1.0", "balances@1.1", "balances@1.2", "balances@1.3"] {
        let lease = place.leases.read::<Lease>(id).await.expect("readable").expect("there");
        assert_eq!(lease.document.owner, None, "it was let go");
        let lag = lag(&place.feed, &lease.document).await.expect("readable");
        behind += if lag.is_none() { 0 } else { lag.transactions.expect("it counts") };
    }
    assert_eq!(behind, 2);
}

#[tokio::test]
async fn a_projection_in_memory_goes_on_from_its_snapshot() {
    let place = Place::new().await;
    place.deposit("a", &[1, 2, 3]).await;
    place.deposit("b", &[4]).await;
    let live = Live::<V1, _>::open(place.feed.clone(), &place.views).await.expect("readable");
    assert_eq!(live.catch_up().await.expect("readable"), 4);
    live.save(&place.views).await.expect("it is small");
    live.save(&place.views).await.expect("once more");
    assert_eq!(place.views.ids("balances.live").await.expect("readable").len(), 2, "the last one");

    place.deposit("a", &[100]).await;
    let again = Live::<V1, _>::open(place.feed.clone(), &place.views).await.expect("readable");
    assert_eq!(again.catch_up().await.expect("readable"), 1, "the tail");
    let balance =
        |live: &Live<V1, _>, key: &str| live.get(&key.into(), |view| view.map(|v| v.balance));
    assert_eq!((balance(&again, "a"), balance(&again, "b")), (Some(106), Some(4)));
    assert_eq!(balance(&live, "a"), Some(6), "it has not looked");
    let sum = again.all(|views| views.map(|(_, view)| view.balance).sum::<i64>());
    assert_eq!(sum, 110);

    let newer = Live::<Balances<2, -1>, _>::open(place.feed.clone(), &place.views).await;
    let newer = newer.expect("readable").catch_up().await;
    assert_eq!(newer.expect("readable"), 5, "another version begins anew");
}

#[tokio::test]
async fn a_container_that_was_created_again_is_noticed_and_a_rebuild_helps() {
    let place = Place::new().await;
    let projector = place.projector().with::<V1>();
    let appended = place.deposit("a", &[1]).await;
    place.wait::<V1>("a", &appended).await;
    projector.stop().await;

    let events = place.cosmos.client().database_client(place.cosmos.database().to_owned());
    let events = events.container_client(event_store::EVENTS.name.to_owned(), None).await;
    events.expect("it is there").delete(None).await.expect("it can be deleted");
    let again = place.opened_again().await;
    again.deposit("b", &[2]).await;

    let projector = again.projector().with::<V1>();
    let halted = async || {
        let lease = again.leases.read::<Lease>("balances@1.0").await.expect("readable");
        lease.expect("it is there").document.halted
    };
    until(async || halted().await.is_some()).await;
    let reason = halted().await.unwrap_or_default();
    assert!(reason.contains("rebuild the views"), "{reason}");

    rebuild(&again.views, "balances").await.expect("readable");
    let there = async || again.views::<V1>().get(&"b".into()).await.expect("readable").is_some();
    until(there).await;
    let gone = again.views::<V1>().get(&"a".into()).await.expect("readable");
    assert_eq!(gone, None, "its events are gone, too");
    projector.stop().await;
}
