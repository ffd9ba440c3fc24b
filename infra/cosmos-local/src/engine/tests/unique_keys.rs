//! Unique keys hold within a logical partition.

use super::*;

fn with_key(stream: &str, id: &str, event_id: Value) -> Value {
    json!({ "id": id, "stream": stream, "meta": { "event_id": event_id } })
}

async fn account_with_one() -> Account {
    let account = Account::in_memory(1).await;
    account
        .one("a", create(with_key("a", "1", json!("e"))))
        .await
        .unwrap();
    account
}

fn is_conflict<T: std::fmt::Debug>(outcome: &Result<T, Failure>) -> bool {
    matches!(outcome, Err(Failure::Conflict { reason }) if reason.contains("/meta/event_id"))
}

#[tokio::test]
async fn a_taken_key_is_a_conflict_however_it_is_written() {
    let account = account_with_one().await;
    account
        .one("a", create(with_key("a", "2", json!("f"))))
        .await
        .unwrap();
    for operation in [
        create(with_key("a", "3", json!("e"))),
        upsert(with_key("a", "3", json!("e"))),
        replace("2", with_key("a", "2", json!("e"))),
    ] {
        let refused = account.one("a", operation).await;
        assert!(is_conflict(&refused), "{refused:?}");
    }
    account
        .one("b", create(with_key("b", "1", json!("e"))))
        .await
        .unwrap();
    account
        .one("a", replace("1", with_key("a", "1", json!("e"))))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_is_free_again_when_its_document_goes_or_gives_it_up() {
    let account = account_with_one().await;
    account
        .one("a", replace("1", with_key("a", "1", json!("f"))))
        .await
        .unwrap();
    account
        .one("a", create(with_key("a", "2", json!("e"))))
        .await
        .unwrap();
    account.one("a", delete("2")).await.unwrap();
    account
        .one("a", create(with_key("a", "3", json!("e"))))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_key_is_checked_against_the_transaction_itself() {
    let account = account_with_one().await;
    let twice = vec![
        create(with_key("a", "2", json!("f"))),
        create(with_key("a", "3", json!("f"))),
    ];
    assert!(is_conflict(&account.all("a", twice).await));

    let swapped = vec![
        replace("1", with_key("a", "1", json!("x"))),
        create(with_key("a", "2", json!("e"))),
        delete("1"),
        create(with_key("a", "3", json!("x"))),
    ];
    account.all("a", swapped).await.unwrap();
    let refused = account
        .one("a", create(with_key("a", "4", json!("e"))))
        .await;
    assert!(is_conflict(&refused), "{refused:?}");
    let refused = account
        .one("a", create(with_key("a", "4", json!("x"))))
        .await;
    assert!(is_conflict(&refused), "{refused:?}");
}

#[tokio::test]
async fn a_missing_value_is_null_and_null_is_a_value() {
    let account = Account::in_memory(1).await;
    account
        .one("a", create(json!({ "id": "1", "stream": "a" })))
        .await
        .unwrap();
    let refused = account
        .one("a", create(with_key("a", "2", json!(null))))
        .await;
    assert!(is_conflict(&refused), "{refused:?}");
    account
        .one("a", create(with_key("a", "2", json!("null"))))
        .await
        .unwrap();
    account
        .one("a", create(with_key("a", "3", json!([1]))))
        .await
        .unwrap();
    account
        .one("a", create(with_key("a", "4", json!([2]))))
        .await
        .unwrap();
    account
        .one("a", create(with_key("a", "5", json!("[1]"))))
        .await
        .unwrap();
}
