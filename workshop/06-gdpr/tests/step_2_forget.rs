//! Step 2. Forget

use gdpr_checks::hour::Hour;
use gdpr_checks::looked::{Asked, Looked};
use gdpr_checks::words::{POSTAL_CODE, REASON, erased, person, postal_code, seen, sent};
use gdpr_checks::{Erased, KeyError, KeyFile, Keys, Personal};
use projections::MemoryDocuments;
use serde_json::Value;

/// Processes with a memory each, on one container of keys.
struct World {
    documents: Looked,
    hour: Hour,
    file: KeyFile,
}

impl World {
    fn new() -> Self {
        let (documents, hour) = (Looked::default(), Hour::default());
        Self { documents, hour, file: KeyFile::in_memory() }
    }

    fn process(&self) -> Keys<Looked, KeyFile> {
        Keys::new(self.documents.clone(), self.file.clone(), self.hour.caching())
    }

    /// One whose reads and writes are not counted, and which nobody meddles with.
    fn quiet(&self) -> Keys<MemoryDocuments, KeyFile> {
        let documents = self.documents.behind().clone();
        Keys::new(documents, self.file.clone(), self.hour.caching())
    }

    /// A value of the person behind meter 1.
    async fn sealed(&self) -> Personal<String> {
        let key = self.quiet().for_sealing(&person("1")).await.expect("there is a key");
        postal_code(&key, "register")
    }

    fn stored(&self) -> Value {
        self.documents.behind().all().remove("meter:1").unwrap_or_default()
    }
}

async fn refused<W: gdpr_checks::Wrapping>(keys: &Keys<Looked, W>) -> bool {
    let made = keys.for_sealing(&person("1")).await;
    matches!(made, Err(KeyError::Erased { subject }) if subject == person("1"))
}

#[tokio::test]
async fn a_value_shows_until_its_key_is_erased_and_never_again() {
    let world = World::new();
    let sealed = world.sealed().await;
    let keys = world.process();
    assert_eq!(seen(&keys, &sealed).await, POSTAL_CODE);
    assert_eq!(keys.erase(&person("1"), &erased()).await.ok(), Some(true));
    assert_eq!(
        seen(&keys, &sealed).await,
        "Erased",
        "why: this process erased it, and keeps no key in memory that it knows to be gone"
    );
    let why = "why: a process that starts now finds the marker, and so it says that the person was forgotten";
    assert_eq!(seen(&world.process(), &sealed).await, "Erased", "{why}");
}

#[tokio::test]
async fn what_stays_is_a_marker_that_says_who_and_why() {
    let world = World::new();
    world.sealed().await;
    world.process().erase(&person("1"), &erased()).await.expect("documents in memory");
    insta::with_settings!({ description => "the key is gone, and because of the marker no command makes a new one" }, {
        insta::assert_json_snapshot!(world.stored(), @r#"
        {
          "id": "meter:1",
          "erased": {
            "at": "2020-04-30T09:00:00Z",
            "by": "clerk 7",
            "reason": "asked for it on 12 May"
          }
        }
        "#);
    });
}

#[tokio::test]
async fn no_key_is_ever_made_again() {
    let world = World::new();
    world.sealed().await;
    let keys = world.process();
    keys.erase(&person("1"), &erased()).await.expect("documents in memory");
    assert!(refused(&keys).await, "why: what is sealed now would be held on a forgotten person");
    assert!(refused(&world.process()).await, "why: a new process finds the marker");
}

#[tokio::test]
async fn somebody_who_never_had_a_key_is_forgotten_all_the_same() {
    let world = World::new();
    let done = world.process().erase(&person("1"), &erased()).await.ok();
    assert_eq!(done, Some(true), "why: the marker is new, though there was no key to erase");
    assert!(refused(&world.process()).await, "why: the next event would make one");
}

#[tokio::test]
async fn a_key_that_is_made_at_the_same_moment_is_erased_as_well() {
    let world = World::new();
    let quiet = world.quiet();
    world.documents.before_the_next_write(async move {
        quiet.for_sealing(&person("1")).await.expect("there was none");
    });
    assert_eq!(world.process().erase(&person("1"), &erased()).await.ok(), Some(true));
    assert!(world.stored()["key"].is_null(), "why: it was there before the marker");
    assert!(refused(&world.process()).await, "why: the marker keeps a new key from being made");
}

#[tokio::test]
async fn a_key_that_is_wrapped_anew_at_the_same_moment_is_erased_as_well() {
    let world = World::new();
    world.sealed().await;
    let mut file = world.file.clone();
    file.rotate().expect("in memory");
    let documents = world.documents.behind().clone();
    let operator = Keys::new(documents, file, world.hour.caching());
    world.documents.before_the_next_write(async move {
        operator.rewrap().await.expect("both keys are there");
    });
    assert_eq!(world.process().erase(&person("1"), &erased()).await.ok(), Some(true));
    assert!(world.stored()["key"].is_null(), "why: somebody was faster, so begin again");
}

#[tokio::test]
async fn the_first_erasure_counts() {
    let world = World::new();
    world.sealed().await;
    world.process().erase(&person("1"), &erased()).await.expect("documents in memory");
    let later = Erased::by(&sent("later"), "again");
    let done = world.process().erase(&person("1"), &later).await.ok();
    assert_eq!(done, Some(false), "why: nothing was left to erase, and the first marker stays");
    assert_eq!(world.stored()["erased"]["reason"], REASON, "why: it was done then, and not now");
}

#[tokio::test]
async fn nobody_else_is_forgotten() {
    let world = World::new();
    let sealed = world.sealed().await;
    world.process().erase(&person("2"), &erased()).await.expect("documents in memory");
    let why = "why: each person has a key of their own";
    assert_eq!(seen(&world.process(), &sealed).await, POSTAL_CODE, "{why}");
}

#[tokio::test]
async fn a_key_in_memory_is_not_fetched_again() {
    let world = World::new();
    let sealed = world.sealed().await;
    let keys = world.process();
    seen(&keys, &sealed).await;
    let why = "why: the key is fetched once, when it is needed for the first time";
    assert_eq!(world.documents.take(), Asked { reads: 1, writes: 0 }, "{why}");
    seen(&keys, &sealed).await;
    world.hour.passes(59);
    seen(&keys, &sealed).await;
    assert_eq!(world.documents.take(), Asked::default(), "why: it was fetched within the minute");
}

#[tokio::test]
async fn another_process_stops_showing_within_a_minute() {
    let world = World::new();
    let sealed = world.sealed().await;
    let other = world.process();
    assert_eq!(seen(&other, &sealed).await, POSTAL_CODE);
    world.process().erase(&person("1"), &erased()).await.expect("documents in memory");
    world.hour.passes(59);
    assert_eq!(seen(&other, &sealed).await, POSTAL_CODE, "why: the key is still in its memory");
    world.hour.passes(1);
    let why = "why: after 60 seconds a key is fetched again, or an erasure is never noticed";
    assert_eq!(seen(&other, &sealed).await, "Erased", "{why}");
}

#[tokio::test]
async fn whoever_looks_again_and_again_does_not_keep_a_key_alive() {
    let world = World::new();
    let sealed = world.sealed().await;
    let other = world.process();
    seen(&other, &sealed).await;
    world.process().erase(&person("1"), &erased()).await.expect("documents in memory");
    for _ in 0..2 {
        world.hour.passes(30);
        seen(&other, &sealed).await;
    }
    let why = "why: the minute begins when the key is fetched, not when it is used";
    assert_eq!(seen(&other, &sealed).await, "Erased", "{why}");
}

#[tokio::test]
async fn erasing_takes_a_read_and_a_write_whatever_there_is() {
    let world = World::new();
    world.sealed().await;
    world.process().erase(&person("1"), &erased()).await.expect("documents in memory");
    let why = "why: one document is all there is to change, however many copies there are";
    assert_eq!(world.documents.take(), Asked { reads: 1, writes: 1 }, "{why}");
}
