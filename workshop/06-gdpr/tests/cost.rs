//! What erasing costs: the same for ten events and for 100,000.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use event_store::{
    AppendError, Appended, EventId, EventStore, Expected, MemoryEventStore, Metadata, NewEvent,
    Range, Sealing, Slice, StreamId,
};
use gdpr_checks::hour::Hour;
use gdpr_checks::looked::{Asked, Looked};
use gdpr_checks::words::{REASON, START, person, sent, stream};
use gdpr_checks::{Caching, Forgetting, KeyFile, Keys};
use projections::Documents;
use serde_json::json;

/// Counts loads, events that were read, and appends.
#[derive(Default)]
struct Counted {
    store: MemoryEventStore,
    loads: AtomicU64,
    read: AtomicU64,
    appends: AtomicU64,
}

type Error = <MemoryEventStore as EventStore>::Error;

impl EventStore for Counted {
    type Error = Error;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Error> {
        let slice = self.store.load(stream, range).await?;
        self.loads.fetch_add(1, Ordering::Relaxed);
        self.read.fetch_add(slice.events.len() as u64, Ordering::Relaxed);
        Ok(slice)
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Error>> {
        self.appends.fetch_add(1, Ordering::Relaxed);
        self.store.append(stream, expected, events).await
    }
}

impl Sealing for Counted {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<Error>> {
        self.store.close(stream, expected, last).await
    }

    async fn seal(&self, stream: &StreamId, meta: Metadata) -> Result<(), AppendError<Error>> {
        self.store.seal(stream, meta).await
    }

    async fn delete(&self, stream: &StreamId, meta: Metadata) -> Result<u64, AppendError<Error>> {
        self.store.delete(stream, meta).await
    }
}

/// Loads, events read, appends, and what was asked of the keys, for a person with so many events.
async fn erasing(events: usize) -> ([u64; 3], Asked) {
    const AT_ONCE: usize = 1_000;
    let (store, keys) = (Arc::new(Counted::default()), Looked::default());
    for first in (0..events).step_by(AT_ONCE) {
        let new = |number| {
            let id = EventId::of_command(&format!("fill-{first}"), number);
            let event = NewEvent::new(id, "Noted", &json!({}), Metadata::at(START));
            event.expect("an event")
        };
        let some = (0..AT_ONCE.min(events - first)).map(new).collect();
        store.store.append(&stream("1"), Expected::Any, some).await.expect("memory");
    }
    let owners = Keys::new(keys.clone(), KeyFile::in_memory(), Hour::default().caching());
    owners.for_sealing(&person("1")).await.expect("a new key");
    let _ = keys.take();
    let (views, snapshots) = (Looked::default(), Looked::default());
    let (follows, kept) = (vec![], vec![]);
    let forgetting = Forgetting { store: Arc::clone(&store), views, snapshots, follows, kept };
    let done = forgetting.erase_key(&owners, &person("1"), REASON, &sent("forget")).await;
    assert_eq!(done.ok(), Some(true));
    assert_eq!(forgetting.views.ids("").await.ok(), Some(vec![]));
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    ([count(&store.loads), count(&store.read), count(&store.appends)], keys.take())
}

#[tokio::test]
async fn erasing_costs_the_same_for_ten_events_and_for_a_hundred_thousand() {
    let few = erasing(10).await;
    assert_eq!(few, ([2, 1, 2], Asked { reads: 1, writes: 1 }), "why: ordered, erased, completed");
    assert_eq!(erasing(100_000).await, few);
}

#[tokio::test]
async fn no_more_keys_are_in_memory_than_were_asked_for() {
    let caching = Caching { keys: 10, ..Hour::default().caching() };
    let keys = Keys::new(Looked::default(), KeyFile::in_memory(), caching);
    for number in 1..=100 {
        keys.for_sealing(&person(&number.to_string())).await.expect("a new key");
    }
    assert!((1..=10).contains(&keys.in_memory()), "{}", keys.in_memory());
}
