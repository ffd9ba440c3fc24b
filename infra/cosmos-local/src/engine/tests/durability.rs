//! What was acknowledged stays.

use super::super::{OpenError, storage};
use super::*;

fn on_disk(directory: &tempfile::TempDir) -> Storage {
    Storage::Directory(directory.path().join("data"))
}

async fn filled(storage: Storage) -> Account {
    let account = Account::open(storage, 4, definition()).await;
    account.all("a", vec![create(event("a", "1")), create(event("a", "2"))]).await.unwrap();
    account.one("a", delete("2")).await.unwrap();
    account.engine.store_procedure(&account.container, "p", "function() {}", false).await.unwrap();
    account
}

fn check(engine: &Engine, before: &Container) {
    let container = engine.container("daybook", "events").unwrap();
    assert_eq!(container.definition.json, before.definition.json);
    assert_eq!((&container.rid, &container.ranges), (&before.rid, &before.ranges));
    let found = engine.read(&container, &key("a"), "1").unwrap();
    assert_eq!(json_of(&found)["meta"]["event_id"], "1");
    assert!(engine.read(&container, &key("a"), "2").is_err());
    assert_eq!(engine.procedure(&container, "p").unwrap().body, "function() {}");
    let range = container.range_of(&container.epk(&key("a")).unwrap()).id;
    assert_eq!(engine.lsn(&container, range), 2);
}

#[tokio::test]
async fn a_restart_finds_everything_and_counts_on() {
    let directory = tempfile::tempdir().unwrap();
    let account = filled(on_disk(&directory)).await;
    let (before, procedure) = (
        Arc::clone(&account.container),
        account.engine.procedure(&account.container, "p").unwrap(),
    );
    drop(account);

    let engine = Engine::open(on_disk(&directory), 1, Clock::system()).unwrap();
    check(&engine, &before);
    let container = engine.container("daybook", "events").unwrap();
    let account = Account { engine, container };
    let taken = json!({ "id": "9", "stream": "a", "meta": { "event_id": "1" } });
    assert!(account.one("a", create(taken)).await.is_err());
    let committed = account.all("a", vec![create(event("a", "3"))]).await.unwrap();
    assert_eq!(committed.lsn, 3);
    let (one, three) = (account.read("a", "1").unwrap(), account.read("a", "3").unwrap());
    let rids = [json_of(&one)["_rid"].clone(), json_of(&three)["_rid"].clone()];
    assert!(rids[0] != rids[1] && !rids.contains(&json!(procedure.rid)));
    assert!(account.container.last_number.load(std::sync::atomic::Ordering::Relaxed) >= 4);
}

#[tokio::test]
async fn a_file_that_was_never_closed_has_every_acknowledged_write() {
    let directory = tempfile::tempdir().unwrap();
    let account = filled(on_disk(&directory)).await;
    // What the disk has at this moment is what a process killed now would leave.
    let copy = tempfile::tempdir().unwrap();
    let file = |directory: &tempfile::TempDir| directory.path().join("data/cosmos.redb");
    std::fs::create_dir(copy.path().join("data")).unwrap();
    std::fs::copy(file(&directory), file(&copy)).unwrap();

    check(&Engine::open(on_disk(&copy), 1, Clock::system()).unwrap(), &account.container);
}

#[tokio::test]
async fn data_that_is_open_elsewhere_is_locked() {
    let directory = tempfile::tempdir().unwrap();
    let _open = Engine::open(on_disk(&directory), 1, Clock::system()).unwrap();
    let Err(OpenError::Locked { path, .. }) = Engine::open(on_disk(&directory), 1, Clock::system())
    else {
        panic!("opened twice");
    };
    assert!(path.ends_with("cosmos.redb"));
}

#[tokio::test]
async fn data_of_another_layout_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(on_disk(&directory)).await);
    let file = redb::Database::open(directory.path().join("data/cosmos.redb")).unwrap();
    let transaction = file.begin_write().unwrap();
    transaction.open_table(storage::META).unwrap().insert("layout", 99).unwrap();
    transaction.commit().unwrap();
    drop(file);
    let Err(OpenError::Layout { found: 99, .. }) =
        Engine::open(on_disk(&directory), 1, Clock::system())
    else {
        panic!("opened data of another layout");
    };
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let Err(OpenError::Storage { path, .. }) =
        Engine::open(Storage::Directory(file.clone()), 1, Clock::system())
    else {
        panic!("opened a file as a folder");
    };
    assert_eq!(path, file);
}
