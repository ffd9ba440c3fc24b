//! Step 1. Snapshot plus tail

use std::sync::Arc;

use aggregates::{Loaded, States};
use event_store::{EventId, EventStore, Expected, MemoryEventStore, StreamId, Version};
use projections::{Documents, MemoryDocuments};
use serde_json::{Value, json};
use snapshots_checks::account::Account;
use snapshots_checks::counted::{Asked, Counted};
use snapshots_checks::words::{account, brief, deposits, fill, replayed};
use snapshots_checks::{Restored, Snapshots};

type Store = Counted<MemoryEventStore>;

/// An account with 20 deposits of 1, and perhaps a snapshot of it.
struct World {
    store: Arc<Store>,
    documents: MemoryDocuments,
    stream: StreamId,
}

impl World {
    /// Without a snapshot.
    async fn plain() -> Self {
        let store = Arc::new(Store::new(Arc::default()));
        let stream = account("a");
        fill(&*store, &stream, 20).await;
        Self { store, documents: MemoryDocuments::default(), stream }
    }

    /// With the snapshot at version 17.
    async fn with_snapshot() -> Self {
        let world = Self::plain().await;
        // The snapshot is written as another program would, so that the check needs only this step.
        let snapshot = json!({
            "id": "account:a", "aggregate": "account", "schema": 2, "version": 17, "event_id": "fill0/16",
            "recorded_at": "2020-04-30T09:00:00Z", "packed": false, "state": { "balance": 17 },
            "commands": [{ "command_id": "fill0", "first": 1, "last": 17 }],
        });
        world.write(&snapshot).await;
        world.store.take();
        world
    }

    async fn write(&self, snapshot: &Value) {
        self.documents.remove("account:a").await.expect("documents in memory do not fail");
        let created = self.documents.create("account:a", snapshot).await;
        created.expect("documents in memory do not fail");
    }

    /// The snapshot with one member changed.
    async fn change(&self, member: &str, value: Value) {
        let mut snapshot = self.documents.all().remove("account:a").expect("there is one");
        snapshot[member] = value;
        self.write(&snapshot).await;
    }

    async fn load(&self) -> Loaded<Account> {
        let states = Snapshots::new(Arc::clone(&self.store), self.documents.clone());
        states.load(&self.stream).await.expect("the stream can be read")
    }

    /// The state is what folding the whole stream comes to.
    async fn expect_the_right_state(&self, why: &str) {
        let loaded = self.load().await;
        let right = replayed(&*self.store, &self.stream).await;
        assert_eq!(brief(&loaded.state), brief(&right), "why: {why}");
        assert_eq!(loaded.state.recorded_at, right.recorded_at, "why: {why}");
        assert!(loaded.checked, "the end of the stream was looked at");
    }
}

#[tokio::test]
async fn without_a_snapshot_the_whole_stream_is_folded() {
    let world = World::plain().await;
    world.expect_the_right_state("there is nothing else").await;
}

#[tokio::test]
async fn with_a_snapshot_the_state_is_the_same() {
    let world = World::with_snapshot().await;
    let why = "the snapshot holds events 1 to 17; 18 to 20 are folded onto it, once";
    world.expect_the_right_state(why).await;
}

#[tokio::test]
async fn with_a_snapshot_only_the_tail_is_read() {
    let world = World::with_snapshot().await;
    world.load().await;
    let only_the_tail = Asked { loads: 1, events: 4, appends: 0 };
    let why = "why: event 17 shows that the snapshot belongs here, 18 to 20 are the tail";
    assert_eq!(world.store.take(), only_the_tail, "{why}");
}

#[tokio::test]
async fn a_snapshot_at_the_end_of_the_stream_needs_no_tail() {
    let world = World::plain().await;
    let at_20 = json!({
        "id": "account:a", "aggregate": "account", "schema": 2, "version": 20, "event_id": "fill0/19",
        "recorded_at": "2020-04-30T09:00:00Z", "packed": false, "state": { "balance": 20 }, "commands": [],
    });
    world.write(&at_20).await;
    world.store.take();
    world.expect_the_right_state("nothing happened since").await;
}

#[tokio::test]
async fn a_snapshot_beyond_the_end_of_the_stream_is_passed_over() {
    let world = World::with_snapshot().await;
    world.change("version", json!(30)).await;
    world.change("event_id", json!("fill0/29")).await;
    world.expect_the_right_state("the stream has no event 30: it is of another history").await;
}

#[tokio::test]
async fn a_snapshot_of_another_history_is_passed_over() {
    let world = World::with_snapshot().await;
    world.change("event_id", json!("lost/0")).await;
    world.change("state", json!({ "balance": 1_000 })).await;
    let why = "event 17 of this stream is fill0/16, and the snapshot ends with lost/0: the \
               container was restored, and other events came since";
    world.expect_the_right_state(why).await;
}

#[tokio::test]
async fn a_snapshot_of_a_newer_schema_is_passed_over() {
    let world = World::with_snapshot().await;
    world.change("schema", json!(3)).await;
    world.change("state", json!({ "balance": 1_000 })).await;
    world.expect_the_right_state("a newer program wrote it, and knows what it means").await;
}

#[tokio::test]
async fn a_snapshot_of_an_older_schema_is_passed_over() {
    let world = World::with_snapshot().await;
    world.change("schema", json!(1)).await;
    world.change("state", json!({ "balance": 1_000 })).await;
    world.expect_the_right_state("the older program evolved otherwise").await;
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_passed_over() {
    for (member, value) in [
        ("state", json!("no object")),
        ("state", json!({ "money": 17 })),
        ("version", json!("seventeen")),
        ("version", json!(0)),
        ("packed", json!(true)),
    ] {
        let world = World::with_snapshot().await;
        world.change(member, value.clone()).await;
        world.expect_the_right_state(&format!("{member} is {value}")).await;
    }
    let world = World::with_snapshot().await;
    world.write(&json!({ "id": "account:a" })).await;
    world.expect_the_right_state("there is nothing in it").await;
}

#[tokio::test]
async fn a_stale_snapshot_costs_a_longer_tail_and_nothing_else() {
    let world = World::with_snapshot().await;
    let more = (0..5).flat_map(|n| deposits(&format!("more{n}"), 200)).collect();
    let done = world.store.append(&world.stream, Expected::Exact(Version(20)), more).await;
    done.expect("nobody else writes");
    world.expect_the_right_state("1003 events came since").await;
}

#[tokio::test]
async fn deleting_the_snapshot_changes_nothing_but_the_trips() {
    let world = World::with_snapshot().await;
    let with = world.load().await.state;
    world.documents.remove("account:a").await.expect("documents in memory do not fail");
    let without = world.load().await.state;
    assert_eq!(brief(&with), brief(&without), "why: the events are the truth");
    assert_eq!(with.commands, without.commands, "why: a repeat must be known either way");
    assert_eq!(with.recorded_at, without.recorded_at);
}

#[tokio::test]
async fn a_stream_that_does_not_exist_has_the_empty_state() {
    let world = World::plain().await;
    let states = Snapshots::<_, _, Account>::new(Arc::clone(&world.store), world.documents);
    let loaded = states.load(&account("nobody")).await.expect("nothing fails");
    assert_eq!(brief(&loaded.state), "version 0, balance 0");
}

#[tokio::test]
async fn the_state_as_of_a_version_ends_there() {
    let world = World::plain().await;
    let states = Snapshots::<_, _, Account>::new(Arc::clone(&world.store), world.documents);
    let state = states.fold(&world.stream, None, Some(Version(12))).await.expect("readable").state;
    assert_eq!(brief(&state), "version 12, balance 12");
    let event_id = EventId::from("fill0/11");
    let known = Restored { state, event_id };
    let later = states.fold(&world.stream, Some(known), Some(Version(15))).await;
    let why = "why: 13 to 15 are folded onto the state at 12";
    assert_eq!(brief(&later.expect("readable").state), "version 15, balance 15", "{why}");
}
