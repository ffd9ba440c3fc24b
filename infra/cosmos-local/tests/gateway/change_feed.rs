//! The change feed through the SDK, and its wire format over plain HTTP.

use std::time::Duration;

use azure_data_cosmos::feed::ContinuationToken;
use azure_data_cosmos::models::{ChangeFeedItem, ChangeFeedPolicy, ContainerProperties};
use azure_data_cosmos::options::{ChangeFeedMode, ChangeFeedOptions, ChangeFeedStartFrom};
use azure_data_cosmos::{FeedScope, TransactionalBatch};
use futures::StreamExt as _;
use reqwest::Method;

use crate::support::Answered;
use crate::world::{CONTAINER, Event, World, status};

/// Reads pages until every range has said that nothing is new, and returns the ids and where to go on.
async fn read(
    world: &World,
    start: ChangeFeedStartFrom,
    token: Option<ContinuationToken>,
) -> (Vec<String>, ContinuationToken) {
    let mut options = ChangeFeedOptions::default();
    if let Some(token) = token {
        options = options.with_continuation_token(token);
    }
    let scope = FeedScope::full_container();
    let feed = world.events.query_change_feed::<Event>(scope, start, Some(options));
    let mut feed = feed.await.unwrap();
    let ranges = world.events.read_feed_ranges(None).await.unwrap().len();
    let (mut ids, mut quiet) = (Vec::new(), 0);
    while quiet <= ranges {
        let page = feed.next().await.unwrap().unwrap();
        quiet = if page.items().is_empty() { quiet + 1 } else { 0 };
        let current = page.items().iter().filter_map(ChangeFeedItem::current);
        ids.extend(current.map(|event| event.id.clone()));
    }
    (ids, feed.to_continuation_token().unwrap())
}

async fn plain(world: &World, headers: &[(&str, &str)]) -> Answered {
    let mut all = vec![("a-im", "Incremental Feed")];
    all.extend(headers);
    let path = format!("{CONTAINER}/docs");
    world.plain.send(Method::GET, &path, &all, "").await
}

// Feature: Change feed, latest version mode
#[tokio::test]
async fn the_feed_begins_at_the_beginning_and_goes_on_where_it_stopped() {
    let world = World::start().await;
    world.store("meter:1", 1..=3).await;
    let (ids, token) = read(&world, ChangeFeedStartFrom::Beginning, None).await;
    assert_eq!(ids, ["meter:1:1", "meter:1:2", "meter:1:3"]);
    world.store("meter:1", 4..=5).await;
    let (ids, _) = read(&world, ChangeFeedStartFrom::Beginning, Some(token)).await;
    assert_eq!(ids, ["meter:1:4", "meter:1:5"]);
}

#[tokio::test]
async fn from_now_on_means_what_comes_later() {
    let world = World::with_partitions(4).await;
    world.store("meter:1", 1..=3).await;
    let (ids, token) = read(&world, ChangeFeedStartFrom::Now, None).await;
    assert!(ids.is_empty(), "{ids:?}");
    world.store("meter:1", 4..=4).await;
    let (ids, _) = read(&world, ChangeFeedStartFrom::Now, Some(token)).await;
    assert_eq!(ids, ["meter:1:4"]);
}

#[tokio::test]
async fn four_ranges_give_every_item_once_and_each_stream_in_order() {
    let world = World::with_partitions(4).await;
    assert_eq!(world.events.read_feed_ranges(None).await.unwrap().len(), 4);
    for meter in 0..8 {
        world.store(&format!("meter:{meter}"), 1..=3).await;
    }
    let (ids, _) = read(&world, ChangeFeedStartFrom::Beginning, None).await;
    assert_eq!(ids.len(), 24);
    for meter in 0..8 {
        let stream = format!("meter:{meter}:");
        let of_stream: Vec<_> = ids.iter().filter(|id| id.starts_with(&stream)).collect();
        assert_eq!(
            of_stream,
            ["1", "2", "3"].map(|n| format!("{stream}{n}")).iter().collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn one_logical_partition_can_be_followed() {
    let world = World::with_partitions(4).await;
    world.store("meter:1", 1..=2).await;
    world.store("meter:2", 1..=2).await;
    let feed = world.events.query_change_feed::<Event>(
        FeedScope::partition("meter:2"),
        ChangeFeedStartFrom::Beginning,
        None,
    );
    let mut feed = feed.await.unwrap();
    let page = feed.next().await.unwrap().unwrap();
    let current = page.items().iter().filter_map(ChangeFeedItem::current);
    let ids: Vec<_> = current.map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["meter:2:1", "meter:2:2"]);
}

#[tokio::test]
async fn a_transaction_is_never_split_and_keeps_its_order() {
    let world = World::start().await;
    let mut batch = TransactionalBatch::new("meter:1");
    for version in 1..=12 {
        batch = batch.create_item(Event::new("meter:1", version)).unwrap();
    }
    world.events.execute_transactional_batch(batch, None).await.unwrap();
    let page = plain(&world, &[("x-ms-max-item-count", "5")]).await;
    let json = page.json();
    let documents = json["Documents"].as_array().unwrap();
    let versions: Vec<_> = documents.iter().map(|each| each["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=12).collect::<Vec<_>>());
    assert!(documents.iter().all(|document| document["_lsn"] == documents[0]["_lsn"]));
    assert_eq!(page.header("etag"), "\"1\"");
}

#[tokio::test]
async fn nothing_new_is_304_with_a_token_to_go_on() {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    let now = plain(&world, &[("if-none-match", "*")]).await;
    assert_eq!((now.status, now.text.as_str()), (304, ""));
    let etag = now.header("etag").to_owned();
    assert!(now.headers.contains_key("x-ms-session-token"));
    assert_eq!(plain(&world, &[("if-none-match", &etag)]).await.status, 304);
    world.store("meter:1", 2..=2).await;
    let next = plain(&world, &[("if-none-match", &etag)]).await;
    assert_eq!(next.json()["Documents"][0]["id"], "meter:1:2");
    assert_eq!(next.json()["_count"], 1);
}

#[tokio::test]
async fn an_overwritten_item_is_seen_once_at_its_latest_place() {
    let world = World::start().await;
    world.store("meter:1", 1..=3).await;
    let event = Event::new("meter:1", 2);
    world.events.replace_item("meter:1", &event.id, &event, None).await.unwrap();
    let (ids, _) = read(&world, ChangeFeedStartFrom::Beginning, None).await;
    assert_eq!(ids, ["meter:1:1", "meter:1:3", "meter:1:2"]);
}

// Feature: Feed ranges
#[tokio::test]
async fn a_range_of_hashes_within_a_range_is_a_scope() {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    let half = |min, max| {
        [
            ("x-ms-documentdb-partitionkeyrangeid", "0"),
            ("x-ms-start-epk", min),
            ("x-ms-end-epk", max),
            ("x-ms-read-key-type", "EffectivePartitionKeyRange"),
        ]
    };
    let low = plain(&world, &half("", "20")).await;
    let high = plain(&world, &half("20", "FF")).await;
    let statuses = [low.status, high.status];
    assert!(statuses.contains(&200) && statuses.contains(&304), "{statuses:?}");
    let untyped = [("x-ms-start-epk", ""), ("x-ms-end-epk", "20")];
    assert_eq!(plain(&world, &untyped).await.status, 400);
}

#[tokio::test]
async fn a_point_in_time_lies_before_or_after_a_change() {
    let world = World::start().await;
    world.store("meter:1", 1..=2).await;
    let before = [("if-modified-since", "Tue, 01 Nov 1994 08:12:31 GMT")];
    assert_eq!(plain(&world, &before).await.json()["_count"], 2);
    let after = [("if-modified-since", "Fri, 01 Nov 2199 08:12:31 GMT")];
    assert_eq!(plain(&world, &after).await.status, 304);
    let never = [("if-modified-since", "yesterday")];
    assert_eq!(plain(&world, &never).await.status, 400);
}

#[tokio::test]
async fn a_token_that_this_feed_did_not_give_out_is_refused() {
    let world = World::start().await;
    for token in ["\"nonsense\"", "\"99\""] {
        let answer = plain(&world, &[("if-none-match", token)]).await;
        assert_eq!(answer.status, 400, "{token}");
        assert!(answer.text.contains("if-none-match"));
    }
}

#[tokio::test]
async fn all_versions_and_deletes_are_refused_where_they_are_not_kept() {
    let world = World::start().await;
    let options = ChangeFeedOptions::default().with_mode(ChangeFeedMode::AllVersionsAndDeletes);
    let scope = FeedScope::full_container();
    let start = ChangeFeedStartFrom::Now;
    let feed = world.events.query_change_feed::<Event>(scope, start, Some(options));
    let mut feed = feed.await.unwrap();
    let page = feed.next().await.unwrap();
    assert_eq!(status(page.map(|page| page.items().len())), 400);
}

// Feature: Change feed, all versions and deletes mode
#[tokio::test]
async fn all_versions_and_deletes_come_with_what_happened() {
    use azure_data_cosmos::models::ChangeFeedOperationType::{Create, Delete, Replace};
    let world = World::start().await;
    let policy = ChangeFeedPolicy::default().with_retention_duration(Duration::from_hours(1));
    let properties =
        ContainerProperties::new("kept", "/stream".into()).with_change_feed_policy(policy);
    let database = world.client.database_client("meters");
    database.create_container(properties, None).await.unwrap();
    let kept = database.container_client("kept", None).await.unwrap();

    let options = || ChangeFeedOptions::default().with_mode(ChangeFeedMode::AllVersionsAndDeletes);
    let (scope, start) = (FeedScope::full_container(), ChangeFeedStartFrom::Now);
    let feed = kept.query_change_feed::<Event>(scope, start, Some(options())).await;
    let mut feed = feed.unwrap();
    assert!(feed.next().await.unwrap().unwrap().items().is_empty());
    let mut event = Event::new("meter:1", 1);
    kept.create_item("meter:1", &event.id, &event, None).await.unwrap();
    event.version = 2;
    kept.replace_item("meter:1", &event.id, &event, None).await.unwrap();
    kept.delete_item("meter:1", &event.id, None).await.unwrap();
    let page = feed.next().await.unwrap().unwrap();
    let seen = page.items().iter().map(|item| {
        let version = item.current().map(|event| event.version);
        (version, item.metadata().unwrap().operation_type().unwrap())
    });
    let expected = [(Some(1), Create), (Some(2), Replace), (None, Delete)];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    let deleted = page.items()[2].metadata().unwrap();
    assert_eq!(deleted.id(), Some("meter:1:1"));
    assert_eq!(deleted.partition_key(), Some(&serde_json::json!({ "stream": "meter:1" })));
    assert_eq!(deleted.time_to_live_expired(), Some(false));
}
