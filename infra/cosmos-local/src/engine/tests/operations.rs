//! What each operation on a document does, needs and refuses.

use super::super::{Kind, resource_id};
use super::*;

#[tokio::test]
async fn a_created_document_reads_back_with_its_system_properties() {
    let account = Account::in_memory(1).await;
    let body = json!({ "id": "1", "stream": "a", "_ts": "mine", "_etag": "mine", "n": u64::MAX });
    let created = account.one("a", create(body)).await.unwrap();

    let stored = account.read("a", "1").unwrap();
    let json = json_of(&stored);
    assert_eq!(stored.body, document_of(created).body);
    assert_eq!(json["n"], json!(u64::MAX));
    assert_eq!(json["_etag"], format!("\"{}\"", stored.etag));
    assert_eq!(json["_attachments"], "attachments/");
    assert!(json["_ts"].as_i64().unwrap() > 1_600_000_000);
    let rid = resource_id::of_part(account.container.number, resource_id::Part::Document, 1);
    assert_eq!(json["_rid"], rid);
    let parent = account.container.definition.json["_self"].as_str().unwrap();
    assert_eq!(json["_self"], format!("{parent}docs/{rid}/"));
    assert_eq!(stored.lsn, 1);
}

#[tokio::test]
async fn a_taken_id_is_a_conflict() {
    let account = Account::in_memory(1).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    let again = account.one("a", create(event("a", "1"))).await;
    assert!(matches!(again, Err(Failure::Conflict { .. })), "{again:?}");
    account.one("b", create(event("b", "1"))).await.expect("ids belong to their partition");
}

#[tokio::test]
async fn an_upsert_creates_then_replaces_and_keeps_the_resource_id() {
    let account = Account::in_memory(1).await;
    let first = account.one("a", upsert(event("a", "1"))).await.unwrap();
    let second = account.one("a", upsert(event("a", "1"))).await.unwrap();
    assert!(matches!(first, Outcome::Created(_)));
    assert!(matches!(second, Outcome::Replaced(_)));
    let (first, second) = (document_of(first), document_of(second));
    assert_ne!(first.etag, second.etag);
    assert_eq!(json_of(&first)["_rid"], json_of(&second)["_rid"]);
}

#[tokio::test]
async fn a_stale_etag_is_refused_and_nothing_changes() {
    let account = Account::in_memory(1).await;
    let old = document_of(account.one("a", create(event("a", "1"))).await.unwrap());
    let current = document_of(account.one("a", upsert(event("a", "1"))).await.unwrap());
    let stale = || Precondition::IfMatch(old.etag.clone());
    let body = || object(event("a", "1"));
    for operation in [
        Operation::Replace { id: "1".into(), body: body(), precondition: stale() },
        Operation::Upsert { body: body(), precondition: stale() },
        Operation::Delete { id: "1".into(), precondition: stale() },
        Operation::Upsert { body: body(), precondition: Precondition::IfNoneMatch("*".into()) },
    ] {
        let refused = account.one("a", operation).await;
        assert!(matches!(refused, Err(Failure::PreconditionFailed)), "{refused:?}");
    }
    assert_eq!(account.read("a", "1").unwrap().etag, current.etag);
    let fresh = Precondition::IfMatch(current.etag);
    let operation = Operation::Delete { id: "1".into(), precondition: fresh };
    account.one("a", operation).await.unwrap();
    assert!(account.read("a", "1").is_err());
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whatever_the_precondition() {
    let account = Account::in_memory(1).await;
    let any = || Precondition::IfMatch("*".into());
    let body = object(event("a", "1"));
    for operation in [
        Operation::Replace { id: "1".into(), body, precondition: any() },
        Operation::Delete { id: "1".into(), precondition: any() },
        read("1", any()),
    ] {
        let missing = account.one("a", operation).await;
        let Err(Failure::NotFound { kind: Kind::Document, id }) = missing else {
            panic!("{missing:?}");
        };
        assert_eq!(id, "1");
    }
}

#[tokio::test]
async fn a_read_of_what_the_reader_has_is_not_modified() {
    let account = Account::in_memory(1).await;
    let document = document_of(account.one("a", create(event("a", "1"))).await.unwrap());
    let same = read("1", Precondition::IfNoneMatch(document.etag));
    assert!(matches!(account.one("a", same).await.unwrap(), Outcome::NotModified(_)));
    let other = read("1", Precondition::IfNoneMatch("other".into()));
    assert!(matches!(account.one("a", other).await.unwrap(), Outcome::Read(_)));
}

#[tokio::test]
async fn a_document_of_another_partition_is_a_key_mismatch() {
    let account = Account::in_memory(1).await;
    for body in [event("b", "1"), json!({ "id": "1" }), json!({ "id": "1", "stream": null })] {
        let refused = account.one("a", create(body)).await;
        assert!(matches!(refused, Err(Failure::KeyMismatch { .. })), "{refused:?}");
    }
    let two = PartitionKey(vec![Component::Null, Component::Null]);
    let refused = account.engine.read(&account.container, &two, "1");
    assert!(matches!(refused, Err(Failure::KeyMismatch { .. })), "{refused:?}");
}

#[tokio::test]
async fn undefined_null_and_numbers_are_partitions_of_their_own() {
    let account = Account::in_memory(1).await;
    let documents = [
        ("[{}]", json!({ "id": "1" })),
        ("[null]", json!({ "id": "1", "stream": null })),
        ("[1]", json!({ "id": "1", "stream": 1.0 })),
        ("[true]", json!({ "id": "1", "stream": true })),
        ("[\"1\"]", json!({ "id": "1", "stream": "1" })),
    ];
    for (header, body) in documents {
        let key = PartitionKey::from_header(header).unwrap();
        let work = |mut transaction: Transaction| {
            let outcome = transaction.apply(create(body))?;
            Ok::<_, Failure>((transaction, outcome))
        };
        let stored = account.engine.transact(&account.container, key.clone(), work).await.unwrap();
        let read = account.engine.read(&account.container, &key, "1").unwrap();
        assert_eq!(document_of(stored.value).body, read.body, "{header}");
    }
}

#[tokio::test]
async fn headers_that_are_no_partition_key_are_refused() {
    for header in ["", "a", "\"a\"", "[[1]]", "[{\"a\":1}]"] {
        let refused = PartitionKey::from_header(header);
        assert!(matches!(refused, Err(Failure::Invalid { .. })), "{header}: {refused:?}");
    }
    let longest = |bytes: usize| PartitionKey::from_header(&json!(["x".repeat(bytes)]).to_string());
    assert!(longest(2048).is_ok());
    assert!(longest(2049).is_err());
}

#[tokio::test]
async fn documents_beyond_the_limits_are_refused() {
    let account = Account::in_memory(1).await;
    let too_deep = (0..127).fold(json!(0), |inner, _| json!([inner]));
    let refused = [
        json!({ "stream": "a" }),
        json!({ "stream": "a", "id": 7 }),
        json!({ "stream": "a", "id": "" }),
        json!({ "stream": "a", "id": "x".repeat(1024) }),
        json!({ "stream": "a", "id": "a/b" }),
        json!({ "stream": "a", "id": "a\\b" }),
        json!({ "stream": "a", "id": "a?b" }),
        json!({ "stream": "a", "id": "a#b" }),
        json!({ "stream": "a", "id": "1", "deep": too_deep }),
    ];
    for body in refused {
        let outcome = account.one("a", create(body)).await;
        assert!(matches!(outcome, Err(Failure::Invalid { .. })), "{outcome:?}");
    }
    let deepest = (0..126).fold(json!(0), |inner, _| json!([inner]));
    let body = json!({ "stream": "a", "id": "x".repeat(1023), "deep": deepest });
    account.one("a", create(body)).await.unwrap();
}

#[tokio::test]
async fn a_document_has_at_most_two_megabytes() {
    let account = Account::in_memory(1).await;
    let body = |id: &str, text: usize| json!({ "id": id, "stream": "a", "t": "x".repeat(text) });
    let frame = body("1", 0).to_string().len();
    let limit = 2 * 1024 * 1024;
    account.one("a", create(body("1", limit - frame))).await.unwrap();
    let refused = account.one("a", create(body("2", limit - frame + 1))).await;
    let Err(Failure::TooLarge { bytes, limit: told, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((bytes, told), (limit + 1, limit));
}

#[tokio::test]
async fn a_replacement_cannot_rename() {
    let account = Account::in_memory(1).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    let renamed = account.one("a", replace("1", event("a", "2"))).await;
    assert!(matches!(renamed, Err(Failure::Invalid { .. })), "{renamed:?}");
}
