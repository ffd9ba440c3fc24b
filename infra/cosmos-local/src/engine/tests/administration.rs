//! Databases, containers and procedures.

use redb::ReadableTableMetadata as _;

use super::super::{Epk, Kind, garbage};
use super::*;

#[tokio::test]
async fn databases_are_created_listed_and_deleted() {
    let engine = Engine::open(Storage::Memory, 1, Clock::system()).unwrap();
    let created = engine.create_database("b").await.unwrap();
    engine.create_database("a").await.unwrap();
    let taken = engine.create_database("b").await;
    assert!(matches!(taken, Err(Failure::Conflict { .. })), "{taken:?}");
    let names: Vec<_> = engine.databases().into_iter().map(|database| database.id).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(engine.database("b").unwrap().rid, created.rid);
    engine.delete_database("b").await.unwrap();
    let gone = engine.delete_database("b").await;
    assert!(matches!(gone, Err(Failure::NotFound { kind: Kind::Database, .. })), "{gone:?}");
    let again = engine.create_database("b").await.unwrap();
    assert_ne!(again.rid, created.rid, "resource ids are never given again");
}

#[tokio::test]
async fn names_that_would_break_an_address_are_refused() {
    let engine = Engine::open(Storage::Memory, 1, Clock::system()).unwrap();
    for name in ["", "a/b", "a\\b", "a?b", "a#b", "a ", &"x".repeat(256)] {
        let refused = engine.create_database(name).await;
        assert!(matches!(refused, Err(Failure::Invalid { .. })), "{name}");
    }
    engine.create_database(&"é".repeat(255)).await.unwrap();
}

#[tokio::test]
async fn what_a_missing_database_should_hold_has_no_parent() {
    let engine = Engine::open(Storage::Memory, 1, Clock::system()).unwrap();
    let missing = |failure| {
        assert!(matches!(failure, Failure::ParentNotFound { kind: Kind::Database, .. }));
    };
    missing(engine.create_container("no", definition()).await.unwrap_err());
    missing(engine.container("no", "c").unwrap_err());
    missing(engine.containers("no").unwrap_err());
    missing(engine.delete_container("no", "c").await.unwrap_err());
}

#[tokio::test]
async fn a_container_reads_as_clients_expect() {
    let account = Account::with(json!({ "id": "c", "partitionKey": { "paths": ["/k"] } })).await;
    let database = account.engine.database("daybook").unwrap();
    let container = &account.container;
    let json = &container.definition.json;
    assert_eq!(json["_rid"], container.rid);
    assert_eq!(json["_self"], format!("dbs/{}/colls/{}/", database.rid, container.rid));
    assert_eq!(json["partitionKey"], json!({ "paths": ["/k"], "kind": "Hash" }));
    assert_eq!(json["_docs"], "docs/");
    assert_eq!(json["_conflicts"], "conflicts/");
    assert_eq!(json["indexingPolicy"]["includedPaths"], json!([{ "path": "/*" }]));
    assert_eq!(json["conflictResolutionPolicy"]["conflictResolutionPath"], "/_ts");
    assert_eq!(json["geospatialConfig"]["type"], "Geography");
    assert!(json["_etag"].as_str().unwrap().starts_with('"'));
    assert!(container.definition.indexed.is_empty());
    let taken = account.engine.create_container("daybook", json.clone()).await;
    assert!(matches!(taken, Err(Failure::Conflict { .. })), "{taken:?}");
}

#[tokio::test]
async fn ranges_tile_the_whole_space() {
    let account = Account::in_memory(4).await;
    let ranges = &account.container.ranges;
    let ids: Vec<u32> = ranges.iter().map(|range| range.id).collect();
    assert_eq!(ids, [0, 1, 2, 3]);
    assert_eq!((&ranges[0].min, &ranges[3].max), (&Epk::min(), &Epk::max()));
    assert_eq!(ranges[1].min.0, format!("1{}", "0".repeat(31)));
    for pair in ranges.windows(2) {
        assert_eq!(pair[0].max, pair[1].min);
        assert_eq!(account.container.range_of(&pair[1].min).id, pair[1].id);
    }
}

#[tokio::test]
async fn definitions_that_cannot_be_kept_are_refused() {
    let engine = Engine::open(Storage::Memory, 1, Clock::system()).unwrap();
    engine.create_database("d").await.unwrap();
    let key = json!({ "paths": ["/k"] });
    let invalid = [
        json!([]),
        json!({ "partitionKey": key }),
        json!({ "id": "c" }),
        json!({ "id": "c", "partitionKey": {} }),
        json!({ "id": "c", "partitionKey": { "paths": [] } }),
        json!({ "id": "c", "partitionKey": { "paths": ["k"] } }),
        json!({ "id": "c", "partitionKey": { "paths": ["/k"], "version": 3 } }),
        json!({ "id": "c", "partitionKey": { "paths": ["/k"], "kind": "Range" } }),
        json!({ "id": "c", "partitionKey": { "paths": ["/a", "/b"] } }),
        json!({ "id": "c", "partitionKey": {
            "paths": ["/a", "/b", "/c", "/d"], "kind": "MultiHash" } }),
        json!({ "id": "c", "partitionKey": {
            "paths": ["/a"], "kind": "MultiHash", "version": 1 } }),
        json!({ "id": "a/b", "partitionKey": key }),
        json!({ "id": "c", "partitionKey": key, "defaultTtl": 0 }),
        json!({ "id": "c", "partitionKey": key, "changeFeedPolicy": {} }),
        json!({ "id": "c", "partitionKey": key, "indexingPolicy": { "includedPaths": 1 } }),
        json!({ "id": "c", "partitionKey": key, "uniqueKeyPolicy": { "uniqueKeys": [{}] } }),
        json!({ "id": "c", "partitionKey": key, "uniqueKeyPolicy": {
            "uniqueKeys": vec![json!({ "paths": ["/a"] }); 11] } }),
        json!({ "id": "c", "partitionKey": key, "uniqueKeyPolicy": {
            "uniqueKeys": [{ "paths": vec!["/a"; 17] }] } }),
    ];
    for definition in invalid {
        let refused = engine.create_container("d", definition.clone()).await;
        assert!(matches!(refused, Err(Failure::Invalid { .. })), "{definition}: {refused:?}");
    }
    let missing =
        [json!({ "id": "c", "partitionKey": key, "computedProperties": [{ "name": "x" }] })];
    for definition in missing {
        let refused = engine.create_container("d", definition.clone()).await;
        assert!(matches!(refused, Err(Failure::NotImplemented { .. })), "{definition}");
    }
    assert!(engine.containers("d").unwrap().is_empty());
}

#[tokio::test]
async fn a_replacement_keeps_key_and_unique_keys() {
    let account = Account::in_memory(1).await;
    let replace = |definition| account.engine.replace_container("daybook", "events", definition);
    for (field, value) in [
        ("id", json!("other")),
        ("partitionKey", json!({ "paths": ["/other"], "version": 2 })),
        ("partitionKey", json!({ "paths": ["/stream"], "version": 1 })),
        ("uniqueKeyPolicy", json!({ "uniqueKeys": [] })),
    ] {
        let mut changed = definition();
        changed[field] = value;
        let refused = replace(changed).await;
        assert!(matches!(refused, Err(Failure::Invalid { .. })), "{field}: {refused:?}");
    }
    let mut without = definition();
    without.as_object_mut().unwrap().remove("uniqueKeyPolicy");
    let replaced = replace(without).await.unwrap();
    assert_eq!(replaced.definition.unique_keys, [[["meta", "event_id"]]]);
    assert_eq!(replaced.rid, account.container.rid);
    assert_ne!(replaced.definition.json["_etag"], account.container.definition.json["_etag"]);
    account.one("a", create(event("a", "1"))).await.expect("older handles go on working");
}

#[tokio::test]
async fn procedures_are_stored_replaced_and_deleted() {
    let account = Account::in_memory(1).await;
    let (engine, container) = (&account.engine, &account.container);
    let first = engine.store_procedure(container, "p", "1", false).await.unwrap();
    let taken = engine.store_procedure(container, "p", "2", false).await;
    assert!(matches!(taken, Err(Failure::Conflict { .. })), "{taken:?}");
    let second = engine.store_procedure(container, "p", "2", true).await.unwrap();
    assert_eq!(first.rid, second.rid);
    assert_ne!(first.etag, second.etag);
    let absent = engine.store_procedure(container, "q", "2", true).await;
    assert!(matches!(absent, Err(Failure::NotFound { kind: Kind::Procedure, .. })));
    assert_eq!(engine.procedure(container, "p").unwrap().body, "2");
    assert_eq!(engine.procedures(container).unwrap().len(), 1);
    engine.delete_procedure(container, "p").await.unwrap();
    assert!(engine.procedure(container, "p").is_err());
    assert!(engine.delete_procedure(container, "p").await.is_err());
}

#[tokio::test]
async fn the_data_of_what_is_deleted_is_removed_from_the_file() {
    let account = Account::in_memory(1).await;
    let creates = (0..1500).map(|n| create(event("a", &n.to_string()))).collect();
    account.all("a", creates).await.unwrap();
    let other = account.engine.create_container(
        "daybook",
        json!({
            "id": "other", "partitionKey": { "paths": ["/stream"] },
        }),
    );
    let other = Account { engine: account.engine.clone(), container: other.await.unwrap() };
    other.one("a", create(event("a", "1"))).await.unwrap();

    account.engine.delete_container("daybook", "events").await.unwrap();
    // Every change lets the committer remove a piece.
    let mut changes = 0;
    while garbage::is_left(&account.engine.shared.catalogue) {
        other.one("a", upsert(event("a", "1"))).await.unwrap();
        changes += 1;
        assert!(changes < 100, "the garbage does not shrink");
    }
    let (_, snapshot) = other.engine.snapshot(&other.container).unwrap();
    assert_eq!(snapshot.documents.len().unwrap(), 1);
    assert_eq!(snapshot.log.len().unwrap(), 1);
    assert_eq!(snapshot.index.len().unwrap(), 0);
    assert_eq!(snapshot.unique.len().unwrap(), 0);
    other.read("a", "1").unwrap();

    account.engine.delete_database("daybook").await.unwrap();
    assert!(account.engine.container("daybook", "other").is_err());
    assert!(other.read("a", "1").is_err());
}
