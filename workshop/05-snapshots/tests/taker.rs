//! Snapshots taken in the background by a processor of the change feed, on a Cosmos DB.

use std::sync::Arc;
use std::time::Duration;

use aggregates::meter::Meter;
use aggregates::{Folded, Repository, States};
use event_store::{CosmosEventStore, EventStore, Metadata, Range, Sealing, StreamId, Version};
use projections::{CosmosDocuments, Documents, MemoryDocuments};
use serde_json::{Value, json};
use snapshots_checks::account::Account;
use snapshots_checks::counted::{Asked, Counted, CountedDocuments};
use snapshots_checks::place::{Place, Taking};
use snapshots_checks::words::{
    APRIL_30, START, account, brief, fill, meter, readings, replayed, seventeen,
};
use snapshots_checks::{Policy, SnapshotDocument, Snapshots, Taken, Taker};
use time::Duration as Days;

/// A snapshot at 17 as soon as there are 18 events.
const AT_17: Policy = Policy { every: 17, offset: 0 };

type Accounts = Taker<CosmosEventStore, CosmosDocuments, Account>;

/// Waits until the snapshot of a stream is there. It is taken in the background, so there is a time limit and no
/// event to wait for.
async fn snapshot(place: &Place, taking: &Taking, stream: &StreamId) -> SnapshotDocument {
    let found = async {
        loop {
            let read = place.snapshots.read::<SnapshotDocument>(stream.as_str()).await;
            if let Some(read) = read.expect("the container can be read") {
                return read.document;
            }
            taking.wake();
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), found).await.expect("it is taken within 30 s")
}

fn taker(place: &Place, policy: Policy) -> Accounts {
    Taker::new(Arc::clone(&place.store), place.snapshots.clone(), policy)
}

async fn stored(place: &Place, stream: &StreamId) -> Option<SnapshotDocument> {
    let read = place.snapshots.read(stream.as_str()).await.expect("the container can be read");
    read.map(|read| read.document)
}

#[tokio::test]
async fn twenty_events_and_a_snapshot_at_17_are_three_events_to_fold() {
    let place = Place::new().await;
    let folded = Folded::new(Arc::clone(&place.store));
    let meters = Repository::with_states(Arc::clone(&place.store), folded.clone());
    seventeen(&meters).await;
    readings(&meters, APRIL_30 + Days::days(15), 3).await;

    let taking = place.taking::<Meter>(AT_17);
    let taken = snapshot(&place, &taking, &meter().stream()).await;
    assert_eq!((taken.version, taken.schema), (Version(17), 1));

    let counted = Arc::new(Counted::new(Arc::clone(&place.store)));
    let states = Snapshots::<_, _, Meter>::new(Arc::clone(&counted), place.snapshots.clone());
    let loaded = states.load(&meter().stream()).await.expect("the stream can be read");
    assert_eq!(loaded.state.version, Version(20));
    assert_eq!(loaded.trips, 2, "the snapshot, and a page of the stream");
    let the_last_and_the_tail = Asked { loads: 1, events: 1 + 3, appends: 0 };
    assert_eq!(counted.take(), the_last_and_the_tail, "17 is compared, 18 to 20 are folded");

    let whole = States::<Meter>::load(&folded, &meter().stream()).await.expect("it can be read");
    assert_eq!(loaded.state.aggregate, whole.state.aggregate, "as after a full replay");
    assert_eq!(loaded.state.commands, whole.state.commands);
    assert_eq!(loaded.state.recorded_at, whole.state.recorded_at);
}

#[tokio::test]
async fn only_the_aggregates_of_one_kind_are_taken() {
    let place = Place::new().await;
    for stream in ["account:a", "meter:a"] {
        fill(&*place.store, &stream.parse().expect("a name"), 20).await;
    }
    let taking = place.taking::<Account>(AT_17);
    snapshot(&place, &taking, &account("a")).await;
    assert_eq!(place.snapshots.ids("").await.expect("they can be listed"), ["account:a"]);
}

#[tokio::test]
async fn a_snapshot_is_brought_forward_from_the_one_before() {
    let place = Place::new().await;
    let stream = account("a");
    fill(&*place.store, &stream, 40).await;
    let counted = Arc::new(Counted::new(Arc::clone(&place.store)));
    let taker = Taker::<_, _, Account>::new(Arc::clone(&counted), place.snapshots.clone(), AT_17);
    for (end, expected) in [(17, None), (18, Some(17)), (20, None), (35, Some(34)), (40, None)] {
        let done = taker.take(&stream, Version(end)).await.expect("nothing fails");
        let version = if let Taken::Stored(version) = done { Some(version.0) } else { None };
        assert_eq!(version, expected, "the stream is at {end}");
    }
    let events = counted.take().events;
    assert_eq!(events, (17 + 1) + (18 + 1), "1 to 17 and again 17; 17 to 34 and again 34");
    let found = stored(&place, &stream).await.expect("it is there");
    assert_eq!((found.version, found.state), (Version(34), json!({ "balance": 34 })));
}

#[tokio::test]
async fn two_takers_at_once_leave_one_good_snapshot() {
    let place = Place::new().await;
    let stream = account("a");
    fill(&*place.store, &stream, 20).await;
    let (one, other) = (taker(&place, AT_17), taker(&place, AT_17));
    for end in [20, 20, 40] {
        let both = tokio::join!(one.take(&stream, Version(end)), other.take(&stream, Version(end)));
        both.0.expect("nothing fails");
        both.1.expect("nothing fails");
        let taken = stored(&place, &stream).await.expect("one of them was first");
        assert_eq!((taken.version, &taken.state["balance"]), (Version(17), &json!(17)));
    }
}

#[tokio::test]
async fn a_taker_that_comes_late_does_not_put_an_old_snapshot_over_a_new_one() {
    let place = Place::new().await;
    let stream = account("a");
    fill(&*place.store, &stream, 40).await;
    let (one, late) = (taker(&place, AT_17), taker(&place, AT_17));
    one.take(&stream, Version(40)).await.expect("nothing fails");
    let taken = late.take(&stream, Version(20)).await.expect("nothing fails");
    assert!(matches!(taken, Taken::NotDue), "{taken:?}");
    assert_eq!(stored(&place, &stream).await.map(|taken| taken.version), Some(Version(34)));
}

#[tokio::test]
async fn a_stream_that_was_deleted_gets_no_snapshot_and_comes_back_from_none() {
    let place = Place::new().await;
    let [before, after] = [account("before"), account("after")];
    for stream in [&before, &after] {
        fill(&*place.store, stream, 20).await;
    }
    let taker = taker(&place, AT_17);
    taker.take(&before, Version(20)).await.expect("nothing fails");
    for stream in [&before, &after] {
        place.store.delete(stream, Metadata::at(START)).await.expect("it can be deleted");
    }
    let done = taker.take(&after, Version(20)).await.expect("nothing fails");
    assert!(matches!(done, Taken::Unfolded(_)), "{done:?}");
    assert!(stored(&place, &after).await.is_none());

    let states = Snapshots::<_, _, Account>::new(Arc::clone(&place.store), place.snapshots.clone());
    let loaded = states.load(&before).await.expect("it can be read");
    assert_eq!(brief(&loaded.state), "version 0, balance 0", "its snapshot is no way back");
    states.remove(&before).await.expect("it can be removed");
    assert!(stored(&place, &before).await.is_none());
}

#[tokio::test]
async fn what_cannot_be_read_or_is_older_is_replaced_and_what_is_newer_is_left_alone() {
    let place = Place::new().await;
    let stream = account("a");
    fill(&*place.store, &stream, 20).await;
    taker(&place, AT_17).take(&stream, Version(20)).await.expect("nothing fails");
    let good: Value = serde_json::to_value(stored(&place, &stream).await).expect("plain");
    let with = |member: &str, value: Value| {
        let mut snapshot = good.clone();
        snapshot[member] = value;
        snapshot
    };
    let nonsense = json!({ "id": "account:a", "state": "nonsense" });
    for (found, replaced) in [
        (nonsense, true),
        (with("state", json!("nonsense")), true),
        (with("schema", json!(1)), true),
        (with("schema", json!(3)), false),
    ] {
        place.snapshots.remove("account:a").await.expect("it can be removed");
        place.snapshots.create("account:a", &found).await.expect("it can be written");
        let taken = taker(&place, AT_17).take(&stream, Version(20)).await.expect("nothing fails");
        assert_eq!(matches!(taken, Taken::Stored(Version(17))), replaced, "{found}: {taken:?}");
        let read = place.snapshots.read::<Value>("account:a").await.expect("it can be read");
        let schema = read.expect("it is there").document["schema"].as_u64();
        assert_eq!(schema, Some(if replaced { 2 } else { 3 }));
    }
}

#[tokio::test]
async fn a_snapshot_of_another_history_is_not_built_upon() {
    let place = Place::new().await;
    let stream = account("a");
    fill(&*place.store, &stream, 40).await;
    taker(&place, AT_17).take(&stream, Version(20)).await.expect("nothing fails");
    let mut lost = stored(&place, &stream).await.expect("it was taken");
    lost.event_id = "lost/0".into();
    lost.state = json!({ "balance": 1_000 });
    place.snapshots.remove("account:a").await.expect("it can be removed");
    place.snapshots.create("account:a", &lost).await.expect("it can be written");
    taker(&place, AT_17).take(&stream, Version(40)).await.expect("nothing fails");
    let taken = stored(&place, &stream).await.expect("it was taken");
    assert_eq!((taken.version, taken.state), (Version(34), json!({ "balance": 34 })));
}

#[tokio::test]
async fn the_state_is_the_same_by_either_way_of_appending_and_after_all_snapshots_are_gone() {
    let place = Place::new().await;
    for (name, store) in [("procedure", &place.store), ("batch", &place.batch)] {
        let stream = account(name);
        for command in ["c1", "c2"] {
            let known = store.load(&stream, Range::all()).await.expect("readable").version;
            let events = snapshots_checks::words::deposits(command, 60);
            let expected = event_store::Expected::Exact(known);
            store.append(&stream, expected, events).await.expect("nobody else writes");
        }
        let taken = taker(&place, Policy::default()).take(&stream, Version(120)).await;
        assert!(matches!(taken, Ok(Taken::Stored(Version(80)))), "{name}: {taken:?}");
        let states = Snapshots::<_, _, Account>::new(Arc::clone(store), place.snapshots.clone());
        let with = states.load(&stream).await.expect("readable").state;
        states.remove(&stream).await.expect("it can be removed");
        let without = states.load(&stream).await.expect("readable").state;
        assert_eq!(brief(&with), "version 120, balance 120", "{name}");
        assert_eq!(brief(&with), brief(&without), "{name}");
        assert_eq!(brief(&with), brief(&replayed(&**store, &stream).await), "{name}");
        assert_eq!(with.commands, without.commands, "{name}");
    }
}

#[tokio::test]
async fn a_stream_that_can_have_no_snapshot_is_not_folded_again_and_again() {
    let memory = Arc::new(event_store::MemoryEventStore::default());
    let stream: StreamId = "account:a".parse().expect("a name");
    let counted = Arc::new(Counted::new(memory));
    let documents = CountedDocuments::new(MemoryDocuments::default());
    let taker = Taker::<_, _, Account>::new(Arc::clone(&counted), documents.clone(), AT_17);
    let first = taker.take(&stream, Version(20)).await.expect("nothing fails");
    assert!(matches!(first, Taken::Unfolded(_)), "the feed tells of a stream that is gone");
    let _ = counted.take();
    taker.take(&stream, Version(21)).await.expect("nothing fails");
    assert_eq!((counted.take(), documents.writes()), (Asked::default(), 0));
}
