//! Streams are deleted, and what was made of them follows; keys are erased; and a search finds what is left.

use aggregates::readings::Day;
use event_store::{AppendError, EventStore, Range, StreamId, Version};
use gdpr_checks::erasure::{Event as Written, Way};
use gdpr_checks::meter::{Command, Meter};
use gdpr_checks::place::{CONTAINERS, Place};
use gdpr_checks::words::{CODE, POSTAL_CODE, REASON, erased, meter, person, sent, stream};
use gdpr_checks::{Follows, Gone, People, export, search};
use projections::{Documents, Streams};
use snapshots::{Policy, Taken, Taker};
use time::macros::date;

fn follows() -> Vec<Follows> {
    vec![Follows::ended::<Streams>()]
}

/// Two meters with readings, in the list of streams, the first one with a snapshot.
async fn town() -> (Place, impl Future<Output = ()>) {
    let place = Place::new().await;
    for number in ["1", "2"] {
        place.activated(number).await;
        let day = Day::example(date!(2020 - 05 - 01));
        place.execute(number, "day", Command::CollectReadings(day)).await;
    }
    let projector = place.projector();
    place.listed(&stream("1"), true).await;
    place.listed(&stream("2"), true).await;
    let taker = Taker::<_, _, Meter>::new(
        place.store.clone(),
        place.snapshots.clone(),
        Policy { every: 1, offset: 0 },
    );
    let done = taker.take(&stream("1"), Version(3)).await.expect("it can be written");
    assert!(matches!(done, Taken::Stored(_)), "{done:?}");
    (place, projector.stop())
}

async fn left(place: &Place, gone: &[Gone]) -> Vec<String> {
    let left = search(&place.cosmos, &CONTAINERS, gone).await.expect("containers can be read");
    let mut left: Vec<_> =
        left.into_iter().map(|it| format!("{}: {}", it.container, it.what)).collect();
    left.sort();
    left.dedup();
    left
}

#[tokio::test]
async fn a_deleted_stream_leaves_nothing_but_its_end() {
    let (place, stop) = town().await;
    let gone = [Gone::Stream(stream("1"))];
    let found = left(&place, &gone).await;
    let all = [
        "events: the event MeterActivated",
        "events: the event MeterReadingsCollected",
        "events: the event MeterRegistered",
        "snapshots: a document",
        "views: a view",
    ];
    assert_eq!(found, all, "why: a search that finds nothing before proves nothing after");
    let forgetting = place.forgetting(follows());
    let done = forgetting.delete_stream(&stream("1"), REASON, &sent("forget")).await;
    let done = done.expect("it can be deleted");
    assert_eq!((done.events, done.views.len()), (3, 1), "{done:?}");
    assert_eq!(left(&place, &gone).await, Vec::<String>::new());
    place.listed(&stream("1"), false).await;
    place.listed(&stream("2"), true).await;
    stop.await;
}

#[tokio::test]
async fn the_name_of_a_deleted_stream_is_never_used_again() {
    let (place, stop) = town().await;
    let forgetting = place.forgetting(follows());
    forgetting.delete_stream(&stream("1"), REASON, &sent("forget")).await.expect("deleted");
    let day = Day::example(date!(2020 - 05 - 02));
    let context = sent("late");
    let late = place.meters().execute(&meter("1"), Command::CollectReadings(day), &context).await;
    let refused = format!("{late:?}");
    assert!(late.is_err(), "{refused}");
    let registration = gdpr_checks::meter::Registration::seal(
        &gdpr_checks::words::registration("1"),
        &place.seal("1", "again").await,
    );
    let again = Command::Register(registration.expect("texts"));
    let again = place.meters().execute(&meter("1"), again, &sent("again")).await;
    let sealed = matches!(
        again,
        Err(aggregates::ExecuteError::Append(AppendError::Sealed { at: Version(3) }))
    );
    assert!(sealed, "{again:?}");
    stop.await;
}

#[tokio::test]
async fn deleting_is_written_down_once_with_who_and_why() {
    let (place, stop) = town().await;
    let forgetting = place.forgetting(follows());
    for _ in 0..2 {
        let done = forgetting.delete_stream(&stream("1"), REASON, &sent("forget")).await;
        done.expect("it can be repeated");
    }
    let id: StreamId = "erasure:meter:1".parse().expect("a name");
    let slice = place.store.load(&id, Range::all()).await.expect("it can be read");
    let actors: Vec<_> = slice.events.iter().map(|it| it.event.meta().actor.as_deref()).collect();
    assert_eq!(actors, [Some("clerk 7"); 2]);
    let written: Vec<Written> = slice
        .events
        .iter()
        .filter_map(|it| aggregates::decode(it.event.kind(), it.event.data()).expect("ours"))
        .collect();
    let reason = REASON.to_owned();
    let wanted = [
        Written::ErasureOrdered { way: Way::Stream, reason },
        Written::ErasureCompleted { way: Way::Stream },
    ];
    assert_eq!(written, wanted);
    stop.await;
}

#[tokio::test]
async fn without_a_reason_nothing_is_done() {
    let (place, stop) = town().await;
    let done = place.forgetting(follows()).delete_stream(&stream("1"), " ", &sent("forget")).await;
    assert!(done.is_err(), "{done:?}");
    let slice = place.store.load(&stream("1"), Range::all()).await.expect("it can be read");
    assert_eq!(slice.events.len(), 3);
    stop.await;
}

#[tokio::test]
async fn views_of_several_streams_are_built_anew() {
    let (place, stop) = town().await;
    let several = vec![Follows::rebuilt::<Streams>()];
    let done = place.forgetting(several).delete_stream(&stream("1"), REASON, &sent("forget")).await;
    assert_eq!(done.expect("deleted").rebuilt, ["streams"]);
    place.listed(&stream("1"), false).await;
    place.listed(&stream("2"), true).await;
    stop.await;
}

#[tokio::test]
async fn an_erased_key_leaves_a_stream_that_loads_and_shows_nobody() {
    let (place, stop) = town().await;
    let secrets = [Gone::Text(POSTAL_CODE.to_owned()), Gone::Text(CODE.to_owned())];
    assert_eq!(left(&place, &secrets).await, Vec::<String>::new(), "why: it was never plain");
    assert_eq!(left(&place, &[Gone::Key(person("1"))]).await, ["keys: a key"]);
    let forgetting = place.forgetting(follows());
    let done = forgetting.erase_key(&place.keys, &person("1"), REASON, &sent("forget")).await;
    assert_eq!(done.ok(), Some(true));
    assert_eq!(left(&place, &[Gone::Key(person("1"))]).await, Vec::<String>::new());
    let day = Day::example(date!(2020 - 05 - 02));
    place.execute("1", "next day", Command::CollectReadings(day)).await;
    stop.await;
}

#[tokio::test]
async fn everything_that_is_held_on_a_person_is_in_one_file() {
    let (place, stop) = town().await;
    stop.await;
    let people = People::<_, serde_json::Value>::new(place.people.clone());
    let name = serde_json::json!({ "name": "Ada Lovelace" });
    people.put(&person("1"), name).await.expect("entered");
    let ring = place.keys.ring([person("1")]).await.expect("keys can be fetched");
    let context = sent("export");
    let file = export(&place.cosmos, &CONTAINERS, &person("1"), &ring, &context).await;
    let file = file.expect("everything can be opened");
    let text = file.to_string();
    for told in [POSTAL_CODE, CODE, "Ada Lovelace", "2020-05-01T00:15:00Z"] {
        assert!(text.contains(told), "{told} is missing in {text}");
    }
    assert!(!text.contains("meter:2") && !text.contains("wrapped"), "{text}");
    let containers: Vec<_> = file["held"].as_object().expect("by container").keys().collect();
    assert_eq!(containers, ["events", "views", "snapshots", "keys", "people"]);
    place.keys.erase(&person("1"), &erased()).await.expect("erased");
    people.remove(&person("1"), &erased()).await.expect("removed");
    let ring = place.keys.ring([person("1")]).await.expect("keys can be fetched");
    let file = export(&place.cosmos, &CONTAINERS, &person("1"), &ring, &context).await;
    let text = file.expect("it still loads").to_string();
    for told in [POSTAL_CODE, CODE, "Ada Lovelace"] {
        assert!(!text.contains(told), "{told} is in {text}");
    }
    assert!(text.contains("Erased") && text.contains("2020-05-01T00:15:00Z"), "{text}");
}

#[tokio::test]
async fn a_plain_text_is_found_also_in_a_snapshot_that_was_compressed() {
    let place = Place::new().await;
    let long = "what compresses well ".repeat(20_000);
    let restored = snapshots::Restored {
        state: aggregates::State {
            aggregate: Careless(format!("{long} Ada Lovelace")),
            version: Version(1),
            ..aggregates::State::default()
        },
        event_id: "c/0".into(),
    };
    let document = snapshots::SnapshotDocument::of(&stream("9"), &restored).expect("it fits");
    assert!(document.packed, "why: the point is that nobody can see it with grep");
    place.snapshots.create(&document.id, &document).await.expect("it is new");
    let found = left(&place, &[Gone::Text("Ada Lovelace".to_owned())]).await;
    assert_eq!(found, ["snapshots: a plain text"]);
}

/// What is not sealed is found.
#[derive(Debug, Default, Clone, serde::Serialize, serde::Deserialize)]
struct Careless(String);

impl aggregates::Aggregate for Careless {
    const CATEGORY: &'static str = "careless";
    type Id = String;
    type Command = ();
    type Event = Written;
    type Error = std::fmt::Error;

    fn decide(&self, _command: ()) -> Result<Vec<Written>, std::fmt::Error> {
        Ok(vec![])
    }

    fn evolve(&mut self, _event: &Written) {}
}

impl snapshots::Snapshot for Careless {
    const SCHEMA: u32 = 1;
}
