//! The inbox for filtered subscriptions: gaps are what was asked for.

use std::sync::Arc;

use integration_events_checks::meters::Meters;
use integration_events_checks::shaky::Shaky;
use integration_events_checks::words::{Statement, Statements, activated, meter, recorded};
use integration_events_checks::{
    Accepted, Filtered, Inbox, IntegrationEvent, Publications, SEEN, SeenDocument,
};
use projections::{Documents, MemoryFeed, Stored};

struct Scene {
    documents: Shaky,
    inbox: Filtered<Shaky, Statements>,
    told: Vec<IntegrationEvent>,
}

impl Scene {
    /// A stream of which so many events are told.
    async fn new(events: usize) -> Self {
        let publications = Publications::<_, Meters>::new(Arc::new(MemoryFeed::new(1)));
        let told = publications.of(&recorded(1, &vec![activated(); events])).await;
        let documents = Shaky::default();
        let inbox = Filtered::new(documents.clone(), Statements::default());
        Self { documents, inbox, told: told.expect("they can be mapped") }
    }

    async fn accept(&self, number: usize) -> Accepted {
        self.inbox.accept(&self.told[number]).await.expect("memory never fails")
    }

    async fn document(&self) -> SeenDocument<Statement> {
        let id = format!("statements:{}", meter(1));
        let read: Option<Stored<_>> = self.documents.read(&id).await.expect("memory never fails");
        read.expect("it was written").document
    }
}

#[tokio::test]
async fn messages_are_applied_once_as_they_come() {
    let scene = Scene::new(9).await;
    for (number, expected) in [(4, 1), (1, 1), (4, 0), (8, 1), (1, 0)] {
        let accepted = scene.accept(number).await;
        let expected = if expected == 1 { Accepted::Applied(1) } else { Accepted::Duplicate };
        assert_eq!(accepted, expected, "message {number}");
    }
    assert_eq!(scene.document().await.state.versions, [5, 2, 9]);
}

#[tokio::test]
async fn a_dead_letter_that_is_sent_again_is_known_though_its_id_is_new() {
    let scene = Scene::new(1).await;
    scene.accept(0).await;
    let resent =
        IntegrationEvent { id: format!("{}~7", scene.told[0].id), ..scene.told[0].clone() };
    let accepted = scene.inbox.accept(&resent).await.expect("memory never fails");
    assert_eq!(accepted, Accepted::Duplicate);
}

#[tokio::test]
async fn what_it_remembers_is_bounded() {
    let scene = Scene::new(SEEN + 5).await;
    for number in 0..SEEN + 5 {
        scene.accept(number).await;
    }
    assert_eq!(scene.document().await.seen.len(), SEEN);
    assert_eq!(scene.accept(5).await, Accepted::Duplicate, "one of the last {SEEN}");
    assert_eq!(scene.accept(4).await, Accepted::Applied(1), "it was forgotten, as documented");
}
