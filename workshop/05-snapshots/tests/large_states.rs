//! States that are too long, or hold numbers too large, to be stored as they stand.

use std::sync::Arc;

use aggregates::{Aggregate, Repository, States};
use event_store::Version;
use projections::{Documents, MemoryDocuments};
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use snapshots_checks::counted::CountedDocuments;
use snapshots_checks::place::Place;
use snapshots_checks::words::sent;
use snapshots_checks::{Policy, Snapshot, SnapshotDocument, Snapshots, Taken, Taker, Unusable};

/// The second event leads to the snapshot of the first.
const AT_1: Policy = Policy { every: 1, offset: 0 };

/// A notebook. Its state is what was written, and a number beyond 2^53.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Notebook {
    pages: Vec<String>,
    largest: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event {
    Written { text: String, times: usize },
}

#[derive(Debug, thiserror::Error)]
#[error("a notebook refuses nothing")]
struct Never;

impl Aggregate for Notebook {
    const CATEGORY: &'static str = "notebook";
    type Id = String;
    type Command = Event;
    type Event = Event;
    type Error = Never;

    fn decide(&self, command: Event) -> Result<Vec<Event>, Never> {
        Ok(vec![command])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Written { text, times } = event;
        self.pages.extend(std::iter::repeat_n(text.clone(), *times));
        self.largest = u64::MAX - self.pages.len() as u64;
    }
}

impl Snapshot for Notebook {
    const SCHEMA: u32 = 1;
}

/// The title of a book: a state that is nothing but a text.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Title(String);

impl Aggregate for Title {
    const CATEGORY: &'static str = "title";
    type Id = String;
    type Command = Event;
    type Event = Event;
    type Error = Never;

    fn decide(&self, command: Event) -> Result<Vec<Event>, Never> {
        Ok(vec![command])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Written { text, .. } = event;
        self.0.clone_from(text);
    }
}

impl Snapshot for Title {
    const SCHEMA: u32 = 1;
}

/// Writes a text so many times, in one event, and then a word. Takes the snapshot of the first.
async fn taken<A>(place: &Place, text: &str, times: usize) -> Taken
where
    A: Aggregate<Id = String, Command = Event, Error = Never> + Snapshot + Send + Sync,
{
    let books = Repository::<_, A>::new(Arc::clone(&place.store));
    let second = Event::Written { text: "end".to_owned(), times: 1 };
    for (id, event) in [("c1", Event::Written { text: text.to_owned(), times }), ("c2", second)] {
        books.execute(&"a".to_owned(), event, &sent(id)).await.expect("it refuses nothing");
    }
    let taker = Taker::<_, _, A>::new(Arc::clone(&place.store), place.snapshots.clone(), AT_1);
    taker.take(&stream::<A>(), Version(2)).await.expect("nothing fails")
}

fn stream<A: Aggregate>() -> event_store::StreamId {
    format!("{}:a", A::CATEGORY).parse().expect("a name")
}

/// The snapshot as it is stored.
async fn stored<A: Aggregate>(place: &Place) -> Option<SnapshotDocument> {
    let read = place.snapshots.read(stream::<A>().as_str()).await.expect("it can be read");
    read.map(|read| read.document)
}

/// The state by the snapshot is the state without it.
async fn expect_the_same<A: Snapshot + Send + Sync + PartialEq + std::fmt::Debug>(place: &Place) {
    let states = Snapshots::<_, _, A>::new(Arc::clone(&place.store), place.snapshots.clone());
    let with = states.load(&stream::<A>()).await.expect("it can be read");
    assert_eq!(with.trips, 2, "the snapshot was used: it, and a page of the stream");
    states.remove(&stream::<A>()).await.expect("it can be removed");
    let without = states.load(&stream::<A>()).await.expect("it can be read");
    assert!(with.state.aggregate == without.state.aggregate, "the states differ");
}

/// Text in which nothing repeats.
fn noise(bytes: usize) -> String {
    let mut random = rand::rngs::StdRng::seed_from_u64(5);
    (0..bytes).map(|_| char::from(random.random_range(b' '..=b'~'))).collect()
}

#[tokio::test]
async fn a_long_state_is_compressed_and_comes_back_the_same() {
    let place = Place::new().await;
    let taken = taken::<Notebook>(&place, &"a day's readings ".repeat(60), 5_000).await;
    assert!(matches!(taken, Taken::Stored(Version(1))), "{taken:?}");
    let document = stored::<Notebook>(&place).await.expect("it was stored");
    let bytes = document.state.as_str().map(str::len);
    assert!(document.packed && bytes.is_some_and(|bytes| bytes < 500_000), "5 MB in {bytes:?}");
    expect_the_same::<Notebook>(&place).await;
}

#[tokio::test]
async fn a_number_that_json_would_round_on_the_way_comes_back_the_same() {
    let place = Place::new().await;
    taken::<Notebook>(&place, "a page", 1).await;
    let document = stored::<Notebook>(&place).await.expect("it was stored");
    assert!(document.packed, "2^64 - 2 is more than 2^53");
    expect_the_same::<Notebook>(&place).await;
}

#[tokio::test]
async fn a_state_that_is_a_text_is_not_taken_for_a_compressed_one() {
    let place = Place::new().await;
    taken::<Title>(&place, "A meter's book", 1).await;
    let document = stored::<Title>(&place).await.expect("it was stored");
    assert_eq!((document.packed, document.state), (false, Value::from("A meter's book")));
    expect_the_same::<Title>(&place).await;
}

#[tokio::test]
async fn a_state_that_does_not_fit_even_so_is_refused_and_nothing_is_written() {
    let place = Place::new().await;
    let books = Repository::<_, Notebook>::new(Arc::clone(&place.store));
    for id in ["c1", "c2", "c3"] {
        let event = Event::Written { text: format!("{id}{}", noise(1_000_000)), times: 1 };
        books.execute(&"a".to_owned(), event, &sent(id)).await.expect("it refuses nothing");
    }
    let documents = CountedDocuments::new(MemoryDocuments::default());
    let taker = Taker::<_, _, Notebook>::new(Arc::clone(&place.store), documents.clone(), AT_1);
    let done = taker.take(&stream::<Notebook>(), Version(3)).await.expect("nothing fails");
    let Taken::Refused(reason @ Unusable::TooLarge { .. }) = done else {
        panic!("2 MB of noise cannot be compressed: {done:?}");
    };
    let said = reason.to_string();
    assert!(said.contains("notebook:a") && said.contains("close the stream"), "{said}");
    assert_eq!(documents.writes(), 0, "nothing was to be written, not even a part");
    let states = Snapshots::<_, _, Notebook>::new(Arc::clone(&place.store), documents);
    let loaded = states.load(&stream::<Notebook>()).await.expect("it can be read");
    assert_eq!(loaded.state.aggregate.pages.len(), 3, "the state is there all the same");
}
