//! Whoever has read the events of a stream before it was deleted, and is late, brings nothing back.

use std::sync::Arc;

use aggregates::{Aggregate, AnyEvent, Recorded};
use event_store::{
    EventId, EventStore, Expected, MemoryEventStore, Metadata, NewEvent, Range, StreamId, Version,
};
use gdpr_checks::looked::Looked;
use gdpr_checks::words::{REASON, START, sent, stream};
use gdpr_checks::{Follows, Forgetting, Kept};
use integration_events::{
    Accepted, Archive, Filtered, Inbox, IntegrationEvent, Ordered, Properties, Subscriber, Told,
};
use projections::{
    Documents, Folder, Generation, Generations, Handler, Page, Projection, Source, Streams, ViewKey,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use snapshots::{Policy, SnapshotDocument, Taken, Taker};

/// A view for each event: which ones there are, nobody knows before it has seen the events.
struct Each;

impl Projection for Each {
    const NAME: &'static str = "each";
    const VERSION: u32 = 1;
    type Event = AnyEvent;
    type View = String;

    fn keys(event: &Recorded<AnyEvent>) -> Vec<ViewKey> {
        vec![format!("{}/{}", event.stream, event.version).as_str().into()]
    }

    fn apply(view: &mut Option<String>, event: &Recorded<AnyEvent>) {
        *view = Some(event.event.kind.clone());
    }
}

/// A stream of three events, and whatever is made of it.
#[derive(Clone, Default)]
struct Town {
    store: Arc<MemoryEventStore>,
    views: Looked,
    snapshots: Looked,
    kept: Looked,
}

impl Town {
    async fn new() -> Self {
        let town = Self::default();
        let event = |n| {
            let id = EventId::of_command("day", n);
            NewEvent::new(id, "Noted", &json!({}), Metadata::at(START)).expect("an event")
        };
        let events = (0..3).map(event).collect();
        town.store.append(&stream("1"), Expected::NoStream, events).await.expect("it is new");
        for projection in [Streams::NAME, Each::NAME] {
            let live = Generation { number: 1, version: 1 };
            let id = projection.to_owned();
            let generations = Generations { id, live, building: None, retired: vec![] };
            town.views.create(projection, &generations).await.expect("it is new");
        }
        town
    }

    /// The page that a worker has read.
    async fn page(&self, number: u64, range: Range) -> Page {
        let slice = self.store.load(&stream("1"), range).await.expect("memory");
        Page::new("0", number, slice.events)
    }

    /// Deletes the stream.
    fn deletion(&self) -> impl Future<Output = ()> + Send + 'static {
        let kept = |consumer| Kept { consumer, documents: self.kept.clone() };
        let forgetting = Forgetting {
            store: Arc::clone(&self.store),
            views: self.views.clone(),
            snapshots: self.snapshots.clone(),
            follows: vec![Follows::ended::<Streams>(), Follows::ended::<Each>()],
            kept: vec![kept(Notes::NAME)],
        };
        async move {
            let done = forgetting.delete_stream(&stream("1"), REASON, &sent("forget")).await;
            done.expect("it can be deleted");
        }
    }
}

/// What all documents hold that are no markers; the one that names the live generation is no view.
async fn left(documents: &Looked) -> Vec<Value> {
    let mut left = Vec::new();
    for id in documents.ids("").await.expect("memory") {
        let read = documents.read::<Value>(&id).await.expect("memory").expect("it is there");
        if read.document["ended"] != true && read.document["live"].is_null() {
            left.push(read.document);
        }
    }
    left
}

#[tokio::test]
async fn a_view_that_is_folded_during_the_deletion_stays_blank() {
    let town = Town::new().await;
    let folder = Folder::<Streams, _>::new(town.views.clone(), 1);
    folder.handle(&town.page(1, Range::all().limit(2)).await).await.expect("folded");
    assert_eq!(left(&town.views).await.len(), 1, "why: there is a view to be brought back");
    let late = town.page(2, Range::after(Version(2))).await;
    town.views.before_the_next_write(town.deletion());
    folder.handle(&late).await.expect("there is nothing to be done");
    assert_eq!(left(&town.views).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_view_that_was_not_there_yet_does_not_come_after_the_deletion() {
    let town = Town::new().await;
    let late = town.page(1, Range::all()).await;
    let folder = Folder::<Each, _>::new(town.views.clone(), 1);
    town.views.before_the_next_write(town.deletion());
    folder.handle(&late).await.expect("there is nothing to be done");
    assert_eq!(left(&town.views).await, Vec::<Value>::new());
    assert_eq!(town.views.ids("each@1:").await.expect("memory").len(), 3, "a marker for each");
}

#[tokio::test]
async fn views_that_are_being_built_are_built_without_the_stream() {
    let town = Town::new().await;
    projections::rebuild(&town.views, Each::NAME).await.expect("memory").expect("it was run");
    let late = town.page(1, Range::all()).await;
    let folder = Folder::<Each, _>::new(town.views.clone(), 2);
    town.views.before_the_next_write(town.deletion());
    folder.handle(&late).await.expect("there is nothing to be done");
    assert_eq!(left(&town.views).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_generation_that_has_read_what_is_gone_is_started_over() {
    let town = Town::new().await;
    let building = projections::rebuild(&town.views, Streams::NAME).await.expect("memory");
    let forgetting = Forgetting {
        store: Arc::clone(&town.store),
        views: town.views.clone(),
        snapshots: town.snapshots.clone(),
        follows: vec![Follows::rebuilt::<Streams>()],
        kept: vec![],
    };
    let building_now = async || {
        let found = town.views.read::<Generations>(Streams::NAME).await.expect("memory");
        found.expect("it is there").document.building
    };
    for _ in 0..2 {
        let done = forgetting.delete_stream(&stream("1"), REASON, &sent("forget")).await;
        assert_eq!(done.expect("it can be deleted").rebuilt, [Streams::NAME]);
        let number = building_now().await.map(|building| building.number);
        assert_eq!((building.map(|it| it.number), number), (Some(2), Some(3)), "started over once");
    }
}

#[tokio::test]
async fn a_snapshot_that_is_taken_during_the_deletion_is_not_stored() {
    let town = Town::new().await;
    let policy = Policy { every: 1, offset: 0 };
    let taker = Taker::<_, _, Counter>::new(town.store.clone(), town.snapshots.clone(), policy);
    town.snapshots.before_the_next_write(town.deletion());
    let done = taker.take(&stream("1"), Version(3)).await.expect("memory");
    assert!(matches!(done, Taken::Overtaken), "{done:?}");
    let done = taker.take(&stream("1"), Version(3)).await.expect("memory");
    assert!(matches!(done, Taken::NotDue), "{done:?}");
    let found = town.snapshots.read::<SnapshotDocument>(stream("1").as_str()).await;
    assert!(found.expect("memory").expect("a marker").document.ended);
}

/// A message is being handled when the stream is deleted, and another one comes after that.
async fn told_during_and_after(town: &Town, inbox: &impl Inbox) {
    inbox.accept(&noted(1)).await.expect("it is taken");
    assert_eq!(left(&town.kept).await.len(), 1, "why: there is something to be brought back");
    town.kept.before_the_next_write(town.deletion());
    for version in [2, 3] {
        let accepted = inbox.accept(&noted(version)).await.expect("it is of no interest");
        assert_eq!(accepted, Accepted::Duplicate);
    }
    assert_eq!(left(&town.kept).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_message_that_is_handled_during_the_deletion_leaves_nothing() {
    let town = Town::new().await;
    told_during_and_after(&town, &Ordered::new(town.kept.clone(), Nothing, Notes)).await;
    let town = Town::new().await;
    told_during_and_after(&town, &Filtered::new(town.kept.clone(), Notes)).await;
}

#[tokio::test]
async fn a_message_whose_stream_was_deleted_before_it_came_leaves_nothing() {
    let town = Town::new().await;
    town.deletion().await;
    // What came before it is gone, so an inbox that asked for it would wait for ever.
    let inbox = Ordered::new(town.kept.clone(), Nothing, Notes);
    assert_eq!(inbox.accept(&noted(3)).await.ok(), Some(Accepted::Duplicate));
    assert_eq!(left(&town.kept).await, Vec::<Value>::new());
}

fn noted(version: u64) -> IntegrationEvent {
    IntegrationEvent {
        stream: stream("1"),
        version: Version(version),
        previous: Version(version - 1),
        id: format!("m-{version}"),
        kind: "Noted".to_owned(),
        data: RawValue::from_string("{}".to_owned()).expect("JSON"),
        properties: Properties::new(),
        correlation_id: None,
    }
}

/// What others are told.
#[derive(Debug, serde::Deserialize)]
enum Note {
    Noted {},
}

/// A consumer that counts.
struct Notes;

impl Subscriber for Notes {
    const NAME: &'static str = "notes";
    type Event = Note;
    type State = u64;

    fn apply(&self, notes: &mut u64, told: &Told<Note>) -> Result<(), Source> {
        let Note::Noted {} = told.event;
        *notes += 1;
        Ok(())
    }
}

/// An archive from which everything is gone.
struct Nothing;

impl Archive for Nothing {
    async fn between(
        &self,
        stream: &StreamId,
        after: Version,
        up_to: Version,
    ) -> Result<Vec<IntegrationEvent>, integration_events::Error> {
        if after < up_to {
            let (stream, version) = (stream.clone(), up_to);
            return Err(integration_events::Error::Unfilled { stream, version });
        }
        Ok(vec![])
    }
}

/// An aggregate that has a snapshot.
#[derive(Debug, Default, Clone, serde::Serialize, serde::Deserialize)]
struct Counter(u64);

#[derive(serde::Serialize, serde::Deserialize)]
enum Counted {
    Noted {},
}

impl Aggregate for Counter {
    const CATEGORY: &'static str = "meter";
    type Id = String;
    type Command = ();
    type Event = Counted;
    type Error = std::fmt::Error;

    fn decide(&self, _command: ()) -> Result<Vec<Counted>, std::fmt::Error> {
        Ok(vec![])
    }

    fn evolve(&mut self, _event: &Counted) {
        self.0 += 1;
    }
}

impl snapshots::Snapshot for Counter {
    const SCHEMA: u32 = 1;
}
