//! The change feed: order, whole transactions, latest version, scopes.

use super::super::Epk;
use super::*;

async fn batch(account: &Account, stream: &str, ids: std::ops::RangeInclusive<u32>) {
    let creates = ids.map(|id| create(event(stream, &id.to_string()))).collect();
    account.all(stream, creates).await.unwrap();
}

#[tokio::test]
async fn changes_come_in_the_order_of_the_operations() {
    let account = Account::in_memory(1).await;
    batch(&account, "a", 8..=12).await;
    batch(&account, "b", 1..=1).await;
    let page = account.feed(FeedStart::Beginning, 100);
    assert_eq!(ids(&page), ["8", "9", "10", "11", "12", "1"]);
    let lsns: Vec<u64> = page.changes.iter().map(|change| change.lsn).collect();
    assert_eq!((lsns, page.next), (vec![1, 1, 1, 1, 1, 2], 2));
    assert_eq!(
        json!(page.changes[0].at),
        serde_json::from_slice::<Value>(&page.changes[0].body).unwrap()["_ts"]
    );
}

#[tokio::test]
async fn a_page_never_splits_a_transaction() {
    let account = Account::in_memory(1).await;
    batch(&account, "a", 1..=12).await;
    batch(&account, "b", 1..=3).await;
    batch(&account, "c", 1..=1).await;
    let sizes = |max_items| {
        let (mut start, mut sizes) = (FeedStart::Beginning, Vec::new());
        loop {
            let page = account.feed(start, max_items);
            if page.changes.is_empty() {
                return sizes;
            }
            sizes.push(page.changes.len());
            start = FeedStart::After(page.next);
        }
    };
    assert_eq!(sizes(0), [12, 3, 1]);
    assert_eq!(sizes(5), [12, 4]);
    assert_eq!(sizes(13), [15, 1]);
    assert_eq!(sizes(100), [16]);
}

#[tokio::test]
async fn only_the_latest_version_is_shown_and_no_deletes() {
    let account = Account::in_memory(1).await;
    for id in 1..=5 {
        batch(&account, "a", id..=id).await;
    }
    account.one("a", replace("2", event("a", "2"))).await.unwrap();
    account.one("a", delete("4")).await.unwrap();
    let page = account.feed(FeedStart::Beginning, 100);
    assert_eq!(ids(&page), ["1", "3", "5", "2"]);
    assert_eq!(page.next, 7);
}

#[tokio::test]
async fn a_document_written_twice_in_a_transaction_comes_once_at_its_last_place() {
    let account = Account::in_memory(1).await;
    let operations = vec![
        create(event("a", "1")),
        create(event("a", "2")),
        replace("1", event("a", "1")),
        create(event("a", "3")),
        delete("3"),
    ];
    account.all("a", operations).await.unwrap();
    assert_eq!(ids(&account.feed(FeedStart::Beginning, 100)), ["2", "1"]);
}

#[tokio::test]
async fn now_is_a_place_to_go_on_from() {
    let account = Account::in_memory(1).await;
    batch(&account, "a", 1..=2).await;
    let now = account.feed(FeedStart::Now, 100);
    assert!(now.changes.is_empty());
    assert_eq!(now.next, 1);
    batch(&account, "a", 3..=3).await;
    let page = account.feed(FeedStart::After(now.next), 100);
    assert_eq!((ids(&page), page.next), (vec!["3".to_owned()], 2));
    let empty = account.feed(FeedStart::After(page.next), 100);
    assert_eq!((empty.changes.len(), empty.next), (0, 2));
}

#[tokio::test]
async fn a_point_in_time_leaves_out_what_was_before() {
    let account = Account::in_memory(1).await;
    batch(&account, "a", 1..=2).await;
    let at = account.feed(FeedStart::Beginning, 1).changes[0].at;
    assert_eq!(account.feed(FeedStart::Since(at), 100).changes.len(), 2);
    let later = account.feed(FeedStart::Since(at + 100), 100);
    assert_eq!((later.changes.len(), later.next), (0, 1));
}

#[tokio::test]
async fn a_partition_has_a_feed_of_its_own_that_passes_the_others_by() {
    let account = Account::in_memory(1).await;
    batch(&account, "a", 1..=1).await;
    batch(&account, "b", 2..=3).await;
    batch(&account, "a", 4..=4).await;
    batch(&account, "b", 5..=5).await;
    let feed = |start, max_items| {
        let scope = Scope::Partition(key("a"));
        account.engine.changes(&account.container, &scope, LATEST, start, max_items).unwrap()
    };
    assert_eq!(ids(&feed(FeedStart::Beginning, 100)), ["1", "4"]);
    assert_eq!(feed(FeedStart::Beginning, 100).next, 4);
    let first = feed(FeedStart::Beginning, 1);
    assert_eq!((ids(&first), first.next), (vec!["1".to_owned()], 2));
    assert_eq!(ids(&feed(FeedStart::After(first.next), 1)), ["4"]);
}

#[tokio::test]
async fn ranges_and_their_parts_cover_everything_once() {
    let account = Account::in_memory(4).await;
    for n in 0..40 {
        let stream = format!("s{n}");
        account.one(&stream, create(event(&stream, &stream))).await.unwrap();
    }
    let feed = |scope: Scope| {
        ids(&account
            .engine
            .changes(&account.container, &scope, LATEST, FeedStart::Beginning, 100)
            .unwrap())
    };
    let mut seen = Vec::new();
    for range in &account.container.ranges {
        let whole = feed(Scope::Range(range.id));
        let (id, middle) = (range.id, Epk::parse(&format!("{id}8", id = range.id)).unwrap());
        let part = |min: &Epk, max: &Epk| {
            feed(Scope::SubRange { range: id, min: min.clone(), max: max.clone() })
        };
        let (low, high) = (part(&range.min, &middle), part(&middle, &range.max));
        assert!(!low.is_empty() && !high.is_empty());
        assert_eq!(low.len() + high.len(), whole.len());
        for stream in &low {
            let epk = account.container.epk(&key(stream)).unwrap();
            assert!(epk < middle && account.container.range_of(&epk) == range);
        }
        seen.extend(whole);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 40);
}

#[tokio::test]
async fn ranges_have_lsns_of_their_own() {
    let account = Account::in_memory(4).await;
    let mut expected = [0; 4];
    for n in 0..20 {
        let stream = format!("s{n}");
        let committed = account.all(&stream, vec![create(event(&stream, &stream))]).await.unwrap();
        let lsn = &mut expected[committed.range as usize];
        *lsn += 1;
        assert_eq!(committed.lsn, *lsn);
    }
    for (id, lsn) in (0..).zip(expected) {
        assert_eq!(account.engine.lsn(&account.container, id), lsn);
    }
}

#[tokio::test]
async fn what_is_no_range_has_no_feed() {
    let account = Account::in_memory(4).await;
    let feed =
        |scope| account.engine.changes(&account.container, &scope, LATEST, FeedStart::Now, 1);
    assert!(matches!(feed(Scope::Container), Err(Failure::Invalid { .. })));
    assert!(matches!(feed(Scope::Range(4)), Err(Failure::RangeGone { .. })));
    let beyond = Scope::SubRange { range: 0, min: Epk::min(), max: Epk::max() };
    assert!(matches!(feed(beyond), Err(Failure::RangeGone { .. })));
}
