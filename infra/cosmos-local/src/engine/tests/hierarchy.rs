//! Hierarchical partition keys.

use super::super::Epk;
use super::*;
use crate::query::Request;

fn definition() -> Value {
    json!({
        "id": "events",
        "partitionKey": { "paths": ["/tenant", "/user", "/session"], "kind": "MultiHash" },
    })
}

fn levels(levels: &[&str]) -> PartitionKey {
    PartitionKey(levels.iter().map(|level| Component::String((*level).to_owned())).collect())
}

async fn filled(partitions: u32) -> Account {
    let account = Account::open(Storage::Memory, partitions, definition()).await;
    for tenant in ["t1", "t2", "t3"] {
        for user in ["u1", "u2"] {
            for session in ["s1", "s2"] {
                let id = format!("{tenant}{user}{session}");
                let body = json!({ "id": id, "tenant": tenant, "user": user, "session": session });
                let key = levels(&[tenant, user, session]);
                account.engine.apply(&account.container, key, create(body)).await.unwrap();
            }
        }
    }
    account
}

fn found(account: &Account, scope: &Scope) -> Vec<String> {
    let request = Request { text: "SELECT VALUE c.id FROM c".to_owned(), ..Request::default() };
    let page = account.engine.query(&account.container, scope, &request).unwrap();
    let mut ids: Vec<_> = page.results.iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_document_is_found_by_all_levels_of_its_key() {
    let account = filled(1).await;
    let whole = levels(&["t2", "u1", "s2"]);
    assert!(account.engine.read(&account.container, &whole, "t2u1s2").is_ok());
    assert_eq!(found(&account, &Scope::Partition(whole)), ["t2u1s2"]);
    let part = account.engine.read(&account.container, &levels(&["t2", "u1"]), "t2u1s2");
    assert!(matches!(part, Err(Failure::KeyMismatch { .. })));
    assert_eq!(account.container.definition.json["partitionKey"]["version"], 2);
}

#[tokio::test]
async fn a_prefix_finds_all_keys_that_begin_so() {
    for partitions in [1, 4] {
        let account = filled(partitions).await;
        let under = |prefix: &[&str]| found(&account, &Scope::Prefix(levels(prefix)));
        assert_eq!(under(&["t2"]), ["t2u1s1", "t2u1s2", "t2u2s1", "t2u2s2"]);
        assert_eq!(under(&["t2", "u2"]), ["t2u2s1", "t2u2s2"]);
        assert!(under(&["t4"]).is_empty());
    }
}

#[tokio::test]
async fn a_level_that_is_missing_in_a_document_is_undefined() {
    let account = filled(1).await;
    let mut key = levels(&["t1", "u1"]);
    key.0.push(Component::Undefined);
    let body = json!({ "id": "x", "tenant": "t1", "user": "u1" });
    account.engine.apply(&account.container, key.clone(), create(body)).await.unwrap();
    assert_eq!(found(&account, &Scope::Partition(key)), ["x"]);
    assert_eq!(found(&account, &Scope::Prefix(levels(&["t1", "u1"]))), ["t1u1s1", "t1u1s2", "x"]);
}

#[tokio::test]
async fn a_prefix_may_be_split_over_ranges() {
    let account = filled(1).await;
    // Between the users of the first tenant.
    let of = |user| account.container.epk(&levels(&["t1", user, "s1"])).unwrap();
    let border = of("u1").max(of("u2"));
    account.engine.split_range(&account.container, 0, Some(border)).await.unwrap();
    assert_eq!(found(&account, &Scope::Prefix(levels(&["t1"]))).len(), 4);
    let parts: Vec<usize> = [1, 2].map(|range| found(&account, &Scope::Range(range)).len()).into();
    assert_eq!(parts.iter().sum::<usize>(), 12);
    let prefix = Epk::of(&levels(&["t1"]), account.container.definition.hash);
    let account_ranges = account.engine.container("daybook", "events").unwrap().ranges.clone();
    assert!(account_ranges[1].min > prefix && account_ranges[1].min < prefix.end_of_prefix());
}
