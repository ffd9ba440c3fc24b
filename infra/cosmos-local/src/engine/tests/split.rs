//! A split range: its halves, its log, its readers and its writers.

use super::super::{Epk, KeyRange};
use super::*;
use crate::query::Request;

const STREAMS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

async fn write(account: &Account, version: u32) {
    for stream in STREAMS {
        let id = format!("{stream}{version}");
        account.one(stream, create(event(stream, &id))).await.unwrap();
    }
}

async fn split(account: &Account, range: u32) -> [KeyRange; 2] {
    account.engine.split_range(&account.container, range, None).await.unwrap()
}

/// Reads a range of the feed to its end, in pages of at most two.
fn follow(account: &Account, range: u32, mut after: u64) -> (Vec<String>, u64) {
    let mut seen = Vec::new();
    loop {
        let start = FeedStart::After(after);
        let page =
            account.engine.changes(&account.container, &Scope::Range(range), LATEST, start, 2);
        let page = page.unwrap();
        seen.extend(ids(&page));
        after = page.next;
        if page.changes.is_empty() {
            return (seen, after);
        }
    }
}

/// The ids of all streams in versions, those of a stream in order.
fn assert_each_once_in_order(seen: &[String], versions: std::ops::RangeInclusive<u32>) {
    for stream in STREAMS {
        let of_stream: Vec<_> = seen.iter().filter(|id| id.starts_with(stream)).cloned().collect();
        let expected: Vec<_> = versions.clone().map(|each| format!("{stream}{each}")).collect();
        assert_eq!(of_stream, expected);
    }
    assert_eq!(seen.len(), STREAMS.len() * versions.count());
}

#[tokio::test]
async fn halves_take_the_place_of_the_range_and_know_where_they_come_from() {
    let account = Account::in_memory(1).await;
    let [low, high] = split(&account, 0).await;
    let middle = Epk(format!("2{}", "0".repeat(31)));
    assert_eq!((low.id, &low.min, &low.max), (1, &Epk::min(), &middle));
    assert_eq!((high.id, &high.min, &high.max), (2, &middle, &Epk::max()));
    let [_, highest] = split(&account, 2).await;
    assert_eq!((highest.id, highest.parents), (4, vec![0, 2]));
    let ids: Vec<_> = account.engine.container("daybook", "events").unwrap().ranges.clone();
    assert_eq!(ids.iter().map(|range| range.id).collect::<Vec<_>>(), [1, 3, 4]);
    let twice = account.engine.split_range(&account.container, 0, None).await;
    assert!(matches!(twice, Err(Failure::RangeGone { .. })));
}

#[tokio::test]
async fn a_range_is_split_where_it_is_told_to_and_only_inside() {
    let account = Account::in_memory(1).await;
    let at = |text: &str| Some(Epk::parse(text).unwrap());
    for border in ["", "FF"] {
        let outside = account.engine.split_range(&account.container, 0, at(border)).await;
        assert!(matches!(outside, Err(Failure::Invalid { .. })));
    }
    let [low, high] = account.engine.split_range(&account.container, 0, at("0A")).await.unwrap();
    assert_eq!((low.max, high.min), (Epk("0A".to_owned()), Epk("0A".to_owned())));
}

#[tokio::test]
async fn the_first_hash_version_is_split_in_its_middle_too() {
    let mut definition = definition();
    definition["partitionKey"]["version"] = json!(1);
    let account = Account::with(definition).await;
    let [low, high] = split(&account, 0).await;
    let [lowest, _] = split(&account, low.id).await;
    let borders = super::super::epk::cuts(4, super::super::epk::HashVersion::V1);
    assert_eq!((&high.min, &lowest.max), (&borders[1], &borders[0]));
}

#[tokio::test]
async fn a_place_in_the_feed_goes_on_in_both_halves_without_loss_or_repetition() {
    let account = Account::in_memory(1).await;
    write(&account, 1).await;
    let (mut seen, place) = follow(&account, 0, 0);
    write(&account, 2).await;
    let [low, high] = split(&account, 0).await;
    write(&account, 3).await;
    let gone =
        account.engine.changes(&account.container, &Scope::Range(0), LATEST, FeedStart::Now, 1);
    assert!(matches!(gone, Err(Failure::RangeGone { .. })));

    let [lower, higher] = split(&account, high.id).await;
    write(&account, 4).await;
    for half in [&low, &lower, &higher] {
        let (more, _) = follow(&account, half.id, place);
        assert!(!more.is_empty(), "the streams are spread over the halves");
        seen.extend(more);
    }
    assert_each_once_in_order(&seen, 1..=4);
}

#[tokio::test]
async fn what_was_written_before_is_read_from_the_beginning_and_changed_in_its_place() {
    let account = Account::in_memory(1).await;
    write(&account, 1).await;
    let [low, high] = split(&account, 0).await;
    account.one("a", replace("a1", event("a", "a1"))).await.unwrap();
    account.one("b", delete("b1")).await.unwrap();
    let mut seen: Vec<_> =
        [low, high].iter().flat_map(|half| follow(&account, half.id, 0).0).collect();
    seen.sort();
    assert_eq!(seen, ["a1", "c1", "d1", "e1", "f1", "g1", "h1"]);
}

#[tokio::test]
async fn the_halves_count_on_from_the_last_number_of_the_range() {
    let account = Account::in_memory(1).await;
    write(&account, 1).await;
    let halves = split(&account, 0).await;
    for half in &halves {
        assert_eq!(account.engine.lsn(&account.container, half.id), 8);
    }
    let committed = account.all("a", vec![create(event("a", "a2"))]).await.unwrap();
    assert_eq!(committed.lsn, 9);
    let other = halves.iter().find(|half| half.id != committed.range).unwrap();
    assert_eq!(account.engine.lsn(&account.container, other.id), 8);
}

#[tokio::test]
async fn a_split_is_still_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let storage = || Storage::Directory(directory.path().join("data"));
    let account = Account::open(storage(), 1, definition()).await;
    write(&account, 1).await;
    let (mut seen, place) = follow(&account, 0, 0);
    write(&account, 2).await;
    split(&account, 0).await;
    drop(account);

    let engine = Engine::open(storage(), 1, Clock::system()).unwrap();
    let container = engine.container("daybook", "events").unwrap();
    let account = Account { engine, container };
    write(&account, 3).await;
    for half in [1, 2] {
        seen.extend(follow(&account, half, place).0);
    }
    assert_each_once_in_order(&seen, 1..=3);
}

#[tokio::test]
async fn a_transaction_that_began_before_a_split_lands_in_a_half() {
    let account = Account::in_memory(1).await;
    account.one("a", create(event("a", "a1"))).await.unwrap();
    let (container, engine) = (Arc::clone(&account.container), account.engine.clone());
    let runtime = tokio::runtime::Handle::current();
    let committed = account
        .transact("a", move |mut transaction| {
            let outcome = transaction.apply(replace("a1", event("a", "a1")))?;
            let split = runtime.block_on(engine.split_range(&container, 0, None));
            split.map(|_| (transaction, outcome))
        })
        .await
        .unwrap();
    assert_eq!((committed.lsn, committed.range > 0), (2, true));
    assert_eq!(follow(&account, committed.range, 0).0, ["a1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_that_race_with_splits_lose_nothing() {
    const VERSIONS: u32 = 40;
    let account = Account::in_memory(1).await;
    let writers = STREAMS.map(|stream| {
        let (engine, container) = (account.engine.clone(), Arc::clone(&account.container));
        tokio::spawn(async move {
            for version in 1..=VERSIONS {
                let create = create(event(stream, &format!("{stream}{version}")));
                engine.apply(&container, key(stream), create).await.unwrap();
            }
        })
    });
    let mut next = vec![0];
    for _ in 0..3 {
        let mut halves = Vec::new();
        for range in next {
            halves.extend(split(&account, range).await.map(|half| half.id));
        }
        next = halves;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let seen: Vec<_> = next.iter().flat_map(|&range| follow(&account, range, 0).0).collect();
    assert_each_once_in_order(&seen, 1..=VERSIONS);
}

#[tokio::test]
async fn a_query_goes_on_in_the_halves() {
    let account = Account::in_memory(1).await;
    write(&account, 1).await;
    let page = |range, continuation| {
        let text = "SELECT VALUE c.id FROM c".to_owned();
        let request = Request { text, max_items: Some(3), continuation, ..Request::default() };
        account.engine.query(&account.container, &Scope::Range(range), &request).unwrap()
    };
    let first = page(0, None);
    let [low, high] = split(&account, 0).await;
    let mut seen = first.results;
    for half in [low, high] {
        let mut continuation = first.continuation.clone();
        while continuation.is_some() {
            let next = page(half.id, continuation);
            seen.extend(next.results);
            continuation = next.continuation;
        }
    }
    let mut ids: Vec<_> = seen.iter().map(|id| id.as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, STREAMS.map(|stream| format!("{stream}1")));
}

#[tokio::test]
async fn results_counted_off_do_not_go_on_in_a_half() {
    let account = Account::in_memory(1).await;
    write(&account, 1).await;
    let page = |scope: Scope, continuation| {
        let text = "SELECT DISTINCT VALUE c.id FROM c".to_owned();
        let request = Request { text, max_items: Some(3), continuation, ..Request::default() };
        account.engine.query(&account.container, &scope, &request)
    };
    let first = page(Scope::Range(0), None).unwrap();
    let whole = page(Scope::Container, None).unwrap();
    let [low, _] = split(&account, 0).await;
    let refused = page(Scope::Range(low.id), first.continuation);
    assert!(matches!(refused, Err(Failure::Invalid { .. })), "{refused:?}");
    assert_eq!(page(Scope::Container, whole.continuation).unwrap().results.len(), 3);
}
