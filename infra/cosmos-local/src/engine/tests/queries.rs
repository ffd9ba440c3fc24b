//! The rows a plan gets: order, bounds, places, a transaction's own writes.

use std::ops::Bound;

use super::super::{Epk, scan, scan_across};
use super::*;
use crate::query::{Access, Bounds, Row, Sieve};

fn all() -> Bounds {
    Bounds { from: Bound::Unbounded, to: Bound::Unbounded }
}

fn by(path: &[&str], bounds: Bounds, descending: bool) -> Access {
    let path = path.iter().map(|&name| name.to_owned()).collect();
    Access::Index { path, bounds, descending }
}

fn row_ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.document["id"].as_str().unwrap().to_owned()).collect()
}

/// The rows of an access, which must be the same when the scan stops after each row and goes on from there.
fn rows(transaction: &Transaction, access: &Access) -> Vec<Row> {
    let sieve = Sieve::of(None);
    let scan = |after| scan::partition_rows(transaction, access, &sieve, after).unwrap();
    let whole: Vec<Row> = scan(None).map(Result::unwrap).collect();
    assert!(whole.is_sorted_by(|one, next| one.place < next.place), "places order as rows do");
    for (position, row) in whole.iter().enumerate() {
        let rest: Vec<Row> = scan(Some(row.place.as_slice())).map(Result::unwrap).collect();
        assert_eq!(row_ids(&rest), row_ids(&whole[position + 1..]));
    }
    whole
}

fn query(transaction: &Transaction, access: &Access) -> Vec<String> {
    row_ids(&rows(transaction, access))
}

/// By an index, those with a value there.
pub async fn index_ids(account: &Account, stream: &str, path: &[&str]) -> Vec<String> {
    let defined = Bounds { from: Bound::Included(Value::Null), to: Bound::Unbounded };
    let access = by(path, defined, false);
    let found = account.transact(stream, move |transaction| {
        let found = query(&transaction, &access);
        Ok((transaction, found))
    });
    found.await.unwrap().value
}

fn versioned(id: &str, version: impl Into<Value>) -> Value {
    let mut body = event("a", id);
    body["version"] = version.into();
    body
}

#[tokio::test]
async fn an_index_orders_mixed_types_and_every_document_is_in_it() {
    let account = Account::in_memory(1).await;
    let documents = vec![
        create(versioned("string", "a")),
        create(versioned("nul", "a\0b")),
        create(versioned("empty", "")),
        create(versioned("ten", 10)),
        create(versioned("two", 2)),
        create(versioned("minus", -3)),
        create(versioned("less", -3.5)),
        create(versioned("zero", 0)),
        create(versioned("true", true)),
        create(versioned("false", false)),
        create(versioned("null", json!(null))),
        create(versioned("list", json!([1]))),
        create(event("a", "absent")),
    ];
    account.all("a", documents).await.unwrap();
    account.one("b", create(event("b", "other"))).await.unwrap();
    let ascending = [
        "absent", "list", "null", "false", "true", "less", "minus", "zero", "two", "ten", "empty",
        "string", "nul",
    ];
    account
        .transact("a", move |transaction| {
            assert_eq!(query(&transaction, &by(&["version"], all(), false)), ascending);
            let descending = query(&transaction, &by(&["version"], all(), true));
            assert!(descending.iter().rev().eq(ascending.iter()));
            Ok((transaction, ()))
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn bounds_take_or_leave_all_documents_of_a_value() {
    let account = Account::in_memory(1).await;
    let versions = [("a", 1), ("b", 2), ("c", 2), ("d", 3)];
    let documents = versions.map(|(id, version)| create(versioned(id, version)));
    account.all("a", documents.into()).await.unwrap();
    account
        .transact("a", |transaction| {
            let between = |from, to, descending| {
                query(&transaction, &by(&["version"], Bounds { from, to }, descending)).concat()
            };
            let (open, two) = (Bound::Unbounded, || json!(2));
            assert_eq!(between(Bound::Included(two()), open.clone(), false), "bcd");
            assert_eq!(between(Bound::Excluded(two()), open.clone(), false), "d");
            assert_eq!(between(open.clone(), Bound::Included(two()), true), "cba");
            assert_eq!(between(open.clone(), Bound::Excluded(two()), true), "a");
            assert_eq!(between(Bound::Included(two()), Bound::Included(two()), true), "cb");
            assert_eq!(between(Bound::Excluded(two()), Bound::Excluded(two()), false), "");
            Ok((transaction, ()))
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn own_writes_are_merged_in_order() {
    let account = Account::in_memory(1).await;
    let versions = [("b", 2), ("d", 4), ("f", 6)];
    let documents = versions.map(|(id, version)| create(versioned(id, version)));
    account.all("a", documents.into()).await.unwrap();
    account
        .transact("a", |mut transaction| {
            transaction.apply(create(versioned("c", 9)))?;
            transaction.apply(create(versioned("a", 3)))?;
            transaction.apply(replace("b", versioned("b", 5)))?;
            transaction.apply(replace("b", versioned("b", 7)))?;
            transaction.apply(delete("d"))?;
            transaction.apply(create(versioned("x", 1)))?;
            transaction.apply(delete("x"))?;
            assert_eq!(query(&transaction, &Access::All).concat(), "abcf");
            assert_eq!(query(&transaction, &by(&["version"], all(), false)).concat(), "afbc");
            assert_eq!(query(&transaction, &by(&["version"], all(), true)).concat(), "cbfa");
            let id = |id: &str| query(&transaction, &Access::Id(id.to_owned())).concat();
            assert_eq!((id("b"), id("d"), id("f")), ("b".into(), String::new(), "f".into()));
            Ok((transaction, ()))
        })
        .await
        .unwrap();
    assert_eq!(index_ids(&account, "a", &["version"]).await.concat(), "afbc");
}

#[tokio::test]
async fn a_changed_indexing_policy_is_in_force_at_once() {
    let account = Account::in_memory(1).await;
    let body = json!({ "id": "1", "stream": "a", "n": 1, "version": 2 });
    account.one("a", create(body)).await.unwrap();
    let body = json!({ "id": "2", "stream": "a", "n": 2, "version": 1, "meta": { "event_id": 2 } });
    account.one("a", create(body)).await.unwrap();
    let mut changed = definition();
    changed["indexingPolicy"]["includedPaths"] = json!([{ "path": "/n/?" }, { "path": "/_ts/?" }]);
    account.engine.replace_container("daybook", "events", changed).await.unwrap();
    assert_eq!(index_ids(&account, "a", &["n"]).await, ["1", "2"]);
    assert_eq!(index_ids(&account, "a", &["_ts"]).await, ["1", "2"]);
    account.one("a", delete("2")).await.unwrap();
    assert_eq!(index_ids(&account, "a", &["n"]).await, ["1"]);
}

#[tokio::test]
async fn scopes_of_many_partitions_are_scanned_in_the_order_of_their_keys() {
    let account = Account::in_memory(4).await;
    for n in 0..20 {
        let stream = format!("s{n}");
        let documents = vec![create(event(&stream, "x")), create(event(&stream, &stream))];
        account.all(&stream, documents).await.unwrap();
    }
    let (container, snapshot) = account.engine.snapshot(&account.container).unwrap();
    let sieve = Sieve::of(None);
    let scan = |scope: &Scope, access: &Access, after: Option<&[u8]>| {
        let span = scope.span(&container).unwrap();
        let rows = scan_across::rows(&container, &snapshot, &span, access, &sieve, after).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    let whole = scan(&Scope::Container, &Access::All, None);
    assert_eq!(whole.len(), 40);
    let epks = whole.iter().map(|row| {
        container.epk(&container.key_of(row.document.as_object().unwrap()).unwrap()).unwrap()
    });
    assert!(epks.collect::<Vec<Epk>>().is_sorted());
    let rest = scan(&Scope::Container, &Access::All, Some(&whole[29].place));
    assert_eq!(row_ids(&rest), row_ids(&whole[30..]));
    let parts = (0..4).map(|id| scan(&Scope::Range(id), &Access::Id("x".into()), None).len());
    assert_eq!(parts.sum::<usize>(), 20);
}
