//! The feed of all versions and deletes.

use std::time::Duration;

use super::super::ChangeKind;
use super::*;

async fn account() -> (Account, Clock) {
    let mut definition = definition();
    definition["changeFeedPolicy"] = json!({ "retentionDuration": 60 });
    definition["defaultTtl"] = json!(-1);
    let clock = Clock::manual(1_000_000);
    (Account::at(&clock, definition).await, clock)
}

fn feed(account: &Account, range: u32, start: FeedStart) -> Result<FeedPage, Failure> {
    let mode = FeedMode::AllVersionsAndDeletes;
    account.engine.changes(&account.container, &Scope::Range(range), mode, start, 100)
}

fn kinds(page: &FeedPage) -> Vec<(String, ChangeKind)> {
    let kind = |change: &super::super::Change| (id_in(&change.body), change.kind.unwrap());
    page.changes.iter().map(kind).collect()
}

fn happened<const N: usize>(list: [(&str, ChangeKind); N]) -> Vec<(String, ChangeKind)> {
    list.map(|(id, kind)| (id.to_owned(), kind)).to_vec()
}

#[tokio::test]
async fn every_version_and_every_end_is_shown() {
    use ChangeKind::{Created, Deleted, Expired, Replaced};
    let (account, clock) = account().await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    account.one("a", replace("1", event("a", "1"))).await.unwrap();
    account.one("a", delete("1")).await.unwrap();
    let mut short = event("a", "2");
    short["ttl"] = json!(5);
    account.one("a", create(short)).await.unwrap();
    clock.advance(Duration::from_secs(5));
    account.engine.sweep().await.unwrap();
    let page = feed(&account, 0, FeedStart::After(0)).unwrap();
    let expected =
        [("1", Created), ("1", Replaced), ("1", Deleted), ("2", Created), ("2", Expired)];
    assert_eq!(kinds(&page), happened(expected));
    let identity: Value = serde_json::from_slice(&page.changes[2].body).unwrap();
    assert_eq!(identity, json!({ "id": "1", "partitionKey": { "stream": "a" } }));
    assert_eq!(page.next, 5);
    assert!(account.feed(FeedStart::Beginning, 10).changes.is_empty());
}

#[tokio::test]
async fn it_begins_now_or_at_a_continuation_and_where_versions_are_kept() {
    let (account, _) = account().await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    for start in [FeedStart::Beginning, FeedStart::Since(0)] {
        assert!(matches!(feed(&account, 0, start), Err(Failure::Invalid { .. })));
    }
    assert_eq!(feed(&account, 0, FeedStart::Now).unwrap().next, 1);
    let plain = Account::in_memory(1).await;
    let refused = feed(&plain, 0, FeedStart::Now).unwrap_err();
    assert!(refused.to_string().contains("retentionDuration"));
}

#[tokio::test]
async fn versions_are_forgotten_after_their_time_and_older_continuations_refused() {
    let (account, clock) = account().await;
    for id in ["1", "2"] {
        account.one("a", create(event("a", id))).await.unwrap();
        clock.advance(Duration::from_secs(1801));
    }
    account.engine.sweep().await.unwrap();
    let refused = feed(&account, 0, FeedStart::After(0)).unwrap_err();
    assert!(refused.to_string().contains("older"), "{refused}");
    let page = feed(&account, 0, FeedStart::After(1)).unwrap();
    assert_eq!(kinds(&page), happened([("2", ChangeKind::Created)]));
    assert_eq!(ids(&account.feed(FeedStart::Beginning, 10)), ["1", "2"]);
}

#[tokio::test]
async fn it_goes_on_over_a_split() {
    let (account, _) = account().await;
    let streams = ["a", "b", "c", "d", "e"];
    for stream in streams {
        account.one(stream, create(event(stream, stream))).await.unwrap();
    }
    let halves = account.engine.split_range(&account.container, 0, None).await.unwrap();
    for stream in streams {
        account.one(stream, delete(stream)).await.unwrap();
    }
    let mut seen = Vec::new();
    for half in halves {
        seen.extend(kinds(&feed(&account, half.id, FeedStart::After(0)).unwrap()));
    }
    seen.sort_by(|left, right| left.0.cmp(&right.0));
    let expected = streams.iter().flat_map(|stream| {
        [ChangeKind::Created, ChangeKind::Deleted].map(|kind| (String::from(*stream), kind))
    });
    assert_eq!(seen, expected.collect::<Vec<_>>());
}
