//! A transaction happens whole or not at all.

use super::*;

#[tokio::test]
async fn a_transaction_gets_one_lsn_and_the_next_transaction_the_next() {
    let account = Account::in_memory(1).await;
    let first = account
        .all("a", vec![create(event("a", "1")), create(event("a", "2"))])
        .await
        .unwrap();
    let second = account
        .all("b", vec![create(event("b", "1"))])
        .await
        .unwrap();
    assert_eq!((first.lsn, second.lsn), (1, 2));
    assert_eq!(account.read("a", "1").unwrap().lsn, 1);
    assert_eq!(account.read("a", "2").unwrap().lsn, 1);
    assert_eq!(account.engine.lsn(&account.container, 0), 2);
}

#[tokio::test]
async fn an_error_commits_nothing() {
    let account = Account::in_memory(1).await;
    account.one("a", create(event("a", "2"))).await.unwrap();
    let failed = account
        .all("a", vec![create(event("a", "1")), create(event("a", "2"))])
        .await;
    assert!(
        matches!(failed, Err(Failure::Conflict { .. })),
        "{failed:?}"
    );
    assert!(account.read("a", "1").is_err());
    assert_eq!(account.engine.lsn(&account.container, 0), 1);
}

#[tokio::test]
async fn a_failed_operation_leaves_the_transaction_as_it_was() {
    let account = Account::in_memory(1).await;
    let committed = account
        .transact("a", |mut transaction| {
            transaction.apply(create(event("a", "1")))?;
            let taken = json!({ "id": "2", "stream": "a", "meta": { "event_id": "1" } });
            assert!(transaction.apply(create(taken.clone())).is_err());
            assert!(transaction.apply(replace("1", event("a", "9"))).is_err());
            // Neither the id nor the unique key of what failed is taken.
            transaction.apply(create(event("a", "2")))?;
            Ok((transaction, ()))
        })
        .await
        .unwrap();
    assert_eq!(committed.lsn, 1);
    assert_eq!(
        json_of(&account.read("a", "2").unwrap())["meta"]["event_id"],
        "2"
    );
}

#[tokio::test]
async fn a_transaction_sees_its_own_writes() {
    let account = Account::in_memory(1).await;
    let operations = vec![
        create(event("a", "1")),
        read("1", Precondition::None),
        replace("1", json!({ "id": "1", "stream": "a", "n": 2 })),
        read("1", Precondition::None),
        delete("1"),
        create(json!({ "id": "1", "stream": "a", "n": 3 })),
    ];
    let outcomes = account.all("a", operations).await.unwrap().value;
    let Outcome::Read(document) = &outcomes[3] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(
        (json_of(document)["n"].clone(), document.lsn),
        (json!(2), 0)
    );
    assert_eq!(json_of(&account.read("a", "1").unwrap())["n"], 3);
}

#[tokio::test]
async fn what_cancels_out_or_only_reads_takes_no_lsn() {
    let account = Account::in_memory(1).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    let nothing = account
        .all("a", vec![create(event("a", "2")), delete("2")])
        .await
        .unwrap();
    let reading = account
        .all("a", vec![read("1", Precondition::None)])
        .await
        .unwrap();
    assert_eq!((nothing.lsn, reading.lsn), (1, 1));
    assert_eq!(account.engine.lsn(&account.container, 0), 1);
}

#[tokio::test]
async fn a_panic_commits_nothing_and_frees_the_partition() {
    let account = Account::in_memory(1).await;
    let panicked = account
        .transact::<()>("a", |mut transaction| {
            transaction.apply(create(event("a", "1")))?;
            panic!("as a defect would")
        })
        .await;
    assert!(
        matches!(panicked, Err(Failure::Storage { .. })),
        "{panicked:?}"
    );
    assert!(account.read("a", "1").is_err());
    account.one("a", create(event("a", "1"))).await.unwrap();
}
