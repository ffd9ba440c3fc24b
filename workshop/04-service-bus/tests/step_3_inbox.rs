//! Step 3. The inbox: once, in order, gaps filled

use std::sync::Arc;

use integration_events_checks::meters::Meters;
use integration_events_checks::place::within_10_s;
use integration_events_checks::shaky::Shaky;
use integration_events_checks::words::{Statement, Statements, append, life, meter, published};
use integration_events_checks::{Accepted, Error, Inbox, IntegrationEvent, Ordered, Publications};
use projections::MemoryFeed;
use tokio::sync::Barrier;

type Inboxed = Ordered<Shaky, Publications<MemoryFeed, Meters>, Statements>;

/// What a meter tells: versions 3, 5, 6 and 7. And the inbox of a consumer of it.
struct Scene {
    documents: Shaky,
    store: Arc<MemoryFeed>,
    told: Vec<IntegrationEvent>,
    inbox: Inboxed,
}

impl Scene {
    async fn new() -> Self {
        let (documents, store) = (Shaky::default(), Arc::new(MemoryFeed::new(1)));
        append(&*store, 1, "life", &life()).await;
        let told = published(&store, 1).await;
        let inbox = inbox(&documents, &store);
        Self { documents, store, told, inbox }
    }

    async fn accept(&self, number: usize) -> Result<Accepted, Error> {
        accept(&self.inbox, &self.told[number]).await
    }

    async fn accept_all(&self, numbers: &[usize]) -> Vec<Accepted> {
        let mut accepted = Vec::new();
        for number in numbers {
            accepted.push(self.accept(*number).await.expect("nothing fails"));
        }
        accepted
    }

    async fn statement(&self) -> Statement {
        self.inbox.document(&meter(1)).await.expect("memory never fails").state
    }
}

fn inbox(documents: &Shaky, store: &Arc<MemoryFeed>) -> Inboxed {
    let archive = Publications::new(Arc::clone(store));
    Ordered::new(documents.clone(), archive, Statements::default())
}

async fn accept(inbox: &Inboxed, event: &IntegrationEvent) -> Result<Accepted, Error> {
    within_10_s("the event is accepted", inbox.accept(event)).await
}

#[tokio::test]
async fn events_that_come_in_order_are_applied_one_by_one() {
    let scene = Scene::new().await;
    assert_eq!(scene.accept_all(&[0, 1, 2, 3]).await, [Accepted::Applied(1); 4]);
    let found = scene.inbox.document(&meter(1)).await.expect("memory never fails");
    insta::with_settings!({ description => "the effect and how far it goes are one document, so they are written together" }, {
        insta::assert_json_snapshot!(found, @r#"
        {
          "id": "statements:meter:1",
          "consumer": "statements",
          "stream": "meter:1",
          "last": 7,
          "state": {
            "versions": [
              3,
              5,
              6,
              7
            ],
            "total": 264
          }
        }
        "#);
    });
}

#[tokio::test]
async fn an_event_that_comes_again_changes_nothing() {
    let scene = Scene::new().await;
    scene.accept_all(&[0, 1]).await;
    let written = scene.documents.written();
    let why = "why: what is not above `last` is in the statement already";
    assert_eq!(scene.accept_all(&[1, 0]).await, [Accepted::Duplicate; 2], "{why}");
    assert_eq!(scene.documents.written(), written, "writes: why: there is nothing to save");
    assert_eq!(scene.statement().await.versions, [3, 5]);
}

#[tokio::test]
async fn what_was_not_sent_is_fetched_and_comes_first() {
    let scene = Scene::new().await;
    let accepted = scene.accept_all(&[0, 3]).await;
    let why = "versions in the statement: why: 7 came with `previous` 6 when `last` was 3, so 5 and 6 are missing";
    assert_eq!(scene.statement().await.versions, [3, 5, 6, 7], "{why}");
    let why = "why: `Applied` counts what was fetched, too";
    assert_eq!(accepted, [Accepted::Applied(1), Accepted::Applied(3)], "{why}");
}

#[tokio::test]
async fn what_comes_late_was_fetched_already() {
    let scene = Scene::new().await;
    let accepted = scene.accept_all(&[3, 1, 0, 2]).await;
    assert_eq!(accepted[1..], [Accepted::Duplicate; 3], "why: they were fetched to fill the gap");
    assert_eq!(scene.statement().await.versions, [3, 5, 6, 7], "why: each is applied once");
}

#[tokio::test]
async fn a_gap_is_filled_in_one_write() {
    let scene = Scene::new().await;
    scene.accept(3).await.expect("nothing fails");
    let why = "writes: why: effect and `last` are one document, and whoever crashes between two writes loses an \
               event or counts it twice";
    assert_eq!(scene.documents.written(), 1, "{why}");
}

#[tokio::test]
async fn private_versions_are_no_gap() {
    let scene = Scene::new().await;
    let archive = Publications::<_, Meters>::new(Arc::new(MemoryFeed::new(1)));
    let inbox = Ordered::new(scene.documents.clone(), archive, Statements::default());
    for event in &scene.told {
        let accepted = within_10_s("the event is accepted", inbox.accept(event)).await;
        let (version, previous) = (event.version, event.previous);
        assert!(
            accepted.is_ok(),
            "version {version} with previous {previous} was taken for a gap\n\
             why: versions in between were never published, and `previous` says so"
        );
    }
}

#[tokio::test]
async fn a_gap_that_cannot_be_filled_yet_changes_nothing() {
    let scene = Scene::new().await;
    let archive = Publications::<_, Meters>::new(Arc::new(MemoryFeed::new(1)));
    let behind = Ordered::new(scene.documents.clone(), archive, Statements::default());
    let refused = within_10_s("the event is refused", behind.accept(&scene.told[1])).await;
    assert!(matches!(refused, Err(Error::Unfilled { .. })), "{refused:?}");
    assert_eq!(scene.accept_all(&[1]).await, [Accepted::Applied(2)], "why: it comes again");
}

#[tokio::test]
async fn whoever_crashes_after_any_write_has_applied_all_or_nothing() {
    for writes in 0..3 {
        let scene = Scene::new().await;
        let dying = inbox(&scene.documents.failing_after(writes), &scene.store);
        for event in &scene.told {
            if accept(&dying, event).await.is_err() {
                break;
            }
        }
        scene.accept_all(&[0, 1, 2, 3]).await;
        let versions = scene.statement().await.versions;
        assert_eq!(versions, [3, 5, 6, 7], "why: version and effect are one write, not two");
    }
}

/// Two consumers read the same document, and then both write.
async fn together(scene: &Scene, one: usize, other: usize) {
    let barrier = Arc::new(Barrier::new(2));
    let consumer = |number: usize| {
        let inbox = inbox(&scene.documents.writing_together(&barrier), &scene.store);
        async move { accept(&inbox, &scene.told[number]).await }
    };
    let (one, other) = tokio::join!(consumer(one), consumer(other));
    one.and(other).expect("the second one begins again");
}

#[tokio::test]
async fn two_consumers_that_create_the_same_document_lose_nothing() {
    for (one, other) in [(0, 1), (1, 0)] {
        let scene = Scene::new().await;
        together(&scene, one, other).await;
        let versions = scene.statement().await.versions;
        assert_eq!(versions, [3, 5], "versions in the statement: why: who is refused loads again");
    }
}

#[tokio::test]
async fn two_consumers_that_replace_the_same_document_lose_nothing() {
    for (one, other) in [(2, 3), (3, 2), (3, 3)] {
        let scene = Scene::new().await;
        scene.accept_all(&[0, 1]).await;
        together(&scene, one, other).await;
        let versions = scene.statement().await.versions;
        assert_eq!(
            versions,
            [3, 5, 6, 7],
            "versions in the statement: why: who is refused loads again"
        );
    }
}
