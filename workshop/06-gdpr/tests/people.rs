//! Personal data outside the events.

use gdpr_checks::looked::Looked;
use gdpr_checks::words::{erased, person};
use gdpr_checks::{Opened, People, PersonError};

type Addresses = People<Looked, String>;

async fn shown(people: &Addresses, number: &str) -> String {
    people.get(&person(number)).await.expect("documents in memory").to_string()
}

#[tokio::test]
async fn whoever_is_entered_is_found_and_can_move() {
    let people = Addresses::new(Looked::default());
    people.put(&person("1"), "1000 AA".to_owned()).await.expect("entered");
    people.put(&person("1"), "2000 BB".to_owned()).await.expect("moved");
    assert_eq!(shown(&people, "1").await, "2000 BB");
}

#[tokio::test]
async fn an_event_may_be_written_and_its_person_gone() {
    let people = Addresses::new(Looked::default());
    let never = people.get(&person("1")).await.expect("no failure");
    assert!(matches!(never, Opened::Erased), "why: the page shows the rest of the event");
}

#[tokio::test]
async fn whoever_was_removed_is_not_entered_again() {
    let people = Addresses::new(Looked::default());
    people.put(&person("1"), "1000 AA".to_owned()).await.expect("entered");
    assert_eq!(people.remove(&person("1"), &erased()).await.ok(), Some(true));
    assert_eq!(people.remove(&person("1"), &erased()).await.ok(), Some(false));
    assert_eq!(shown(&people, "1").await, "Erased");
    let again = people.put(&person("1"), "1000 AA".to_owned()).await;
    assert!(matches!(again, Err(PersonError::Erased { .. })), "{again:?}");
}

#[tokio::test]
async fn a_move_at_the_moment_of_the_removal_is_removed_too() {
    let documents = Looked::default();
    let people = Addresses::new(documents.clone());
    people.put(&person("1"), "1000 AA".to_owned()).await.expect("entered");
    let moving = Addresses::new(documents.clone());
    documents.before_the_next_write(async move {
        moving.put(&person("1"), "2000 BB".to_owned()).await.expect("it is there");
    });
    assert_eq!(people.remove(&person("1"), &erased()).await.ok(), Some(true));
    assert_eq!(shown(&people, "1").await, "Erased");
    let left = documents.behind().all()["meter:1"].to_string();
    assert!(!left.contains("BB"), "{left}");
}
