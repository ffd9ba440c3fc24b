//! Partition splits, ordered through the handle and over HTTP, as the SDK and plain clients live through them.

use azure_data_cosmos::feed::ContinuationToken;
use azure_data_cosmos::models::ChangeFeedItem;
use azure_data_cosmos::options::{ChangeFeedOptions, ChangeFeedStartFrom};
use azure_data_cosmos::{FeedScope, Query};
use cosmos_local::{AdminError, CosmosLocal, Options, Storage};
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Plain, key};
use crate::world::{CONTAINER, Event, World};

const METERS: u32 = 12;

async fn store(world: &World, version: u32) {
    for meter in 0..METERS {
        world.store(&format!("meter:{meter}"), version..=version).await;
    }
}

async fn split(world: &World, range: u32) -> [u32; 2] {
    let halves = world.server.admin().split_range("meters", "events", range, None).await;
    halves.unwrap().map(|half| half.id)
}

/// Reads a scope until it has been quiet for a round of its ranges.
async fn read(
    world: &World,
    scope: FeedScope,
    token: Option<ContinuationToken>,
) -> (Vec<String>, ContinuationToken) {
    let mut options = ChangeFeedOptions::default();
    if let Some(token) = token {
        options = options.with_continuation_token(token);
    }
    let start = ChangeFeedStartFrom::Beginning;
    let feed = world.events.query_change_feed::<Event>(scope, start, Some(options));
    let mut feed = feed.await.unwrap();
    let ranges = world.server.admin().ranges("meters", "events").unwrap().len();
    let (mut ids, mut quiet) = (Vec::new(), 0);
    while quiet <= ranges {
        let page = feed.next().await.unwrap().unwrap();
        quiet = if page.items().is_empty() { quiet + 1 } else { 0 };
        let current = page.items().iter().filter_map(ChangeFeedItem::current);
        ids.extend(current.map(|event| event.id.clone()));
    }
    (ids, feed.to_continuation_token().unwrap())
}

fn assert_each_once_in_order(seen: &[String], versions: std::ops::RangeInclusive<u32>) {
    for meter in 0..METERS {
        let stream = format!("meter:{meter}:");
        let of_meter: Vec<_> = seen.iter().filter(|id| id.starts_with(&stream)).collect();
        let expected: Vec<_> =
            versions.clone().map(|version| format!("{stream}{version}")).collect();
        assert_eq!(of_meter, expected.iter().collect::<Vec<_>>());
    }
    assert_eq!(seen.len(), METERS as usize * versions.count());
}

#[tokio::test]
async fn a_continuation_of_the_whole_container_survives_splits() {
    let world = World::start().await;
    store(&world, 1).await;
    let (mut seen, token) = read(&world, FeedScope::full_container(), None).await;
    store(&world, 2).await;
    let [low, high] = split(&world, 0).await;
    store(&world, 3).await;
    let (more, token) = read(&world, FeedScope::full_container(), Some(token)).await;
    seen.extend(more);
    split(&world, low).await;
    split(&world, high).await;
    store(&world, 4).await;
    let (more, _) = read(&world, FeedScope::full_container(), Some(token)).await;
    seen.extend(more);
    assert_each_once_in_order(&seen, 1..=4);
}

// Feature: Partition splits by order
#[tokio::test]
async fn continuations_of_ranges_survive_the_split_of_their_range() {
    let world = World::with_partitions(2).await;
    store(&world, 1).await;
    let ranges = world.events.read_feed_ranges(None).await.unwrap();
    let (mut seen, mut tokens) = (Vec::new(), Vec::new());
    for range in &ranges {
        let (ids, token) = read(&world, FeedScope::range(range.clone()), None).await;
        seen.extend(ids);
        tokens.push(token);
    }
    store(&world, 2).await;
    split(&world, 0).await;
    store(&world, 3).await;
    for (range, token) in ranges.iter().zip(tokens) {
        seen.extend(read(&world, FeedScope::range(range.clone()), Some(token)).await.0);
    }
    assert_each_once_in_order(&seen, 1..=3);
}

#[tokio::test]
async fn a_part_of_a_range_is_followed_over_a_split_through_its_middle() {
    let world = World::start().await;
    store(&world, 1).await;
    let part = |min: &str, max: &str| -> azure_data_cosmos::feed::FeedRange {
        let value = json!({ "Range": {
            "min": min, "max": max, "isMinInclusive": true, "isMaxInclusive": false,
        }});
        serde_json::from_value(value).unwrap()
    };
    let parts = [part("", "10"), part("10", "30"), part("30", "FF")];
    let (mut seen, mut tokens) = (Vec::new(), Vec::new());
    for part in &parts {
        let (ids, token) = read(&world, FeedScope::range(part.clone()), None).await;
        seen.extend(ids);
        tokens.push(token);
    }
    store(&world, 2).await;
    // At 20, in the middle of the middle part.
    split(&world, 0).await;
    store(&world, 3).await;
    for (part, token) in parts.iter().zip(tokens) {
        seen.extend(read(&world, FeedScope::range(part.clone()), Some(token)).await.0);
    }
    assert_each_once_in_order(&seen, 1..=3);
}

#[tokio::test]
async fn a_logical_partition_is_followed_and_written_over_a_split() {
    let world = World::start().await;
    store(&world, 1).await;
    let scope = || FeedScope::partition("meter:3");
    let (first, token) = read(&world, scope(), None).await;
    split(&world, 0).await;
    store(&world, 2).await;
    let (second, _) = read(&world, scope(), Some(token)).await;
    assert_eq!((first, second), (vec!["meter:3:1".to_owned()], vec!["meter:3:2".to_owned()]));
    let found = world.events.read_item("meter:3", "meter:3:1", None).await.unwrap();
    assert_eq!(found.into_model::<Event>().unwrap(), Event::new("meter:3", 1));
}

#[tokio::test]
async fn a_query_across_partitions_finds_everything_after_a_split() {
    let world = World::start().await;
    store(&world, 1).await;
    let count = async || {
        let query = Query::from("SELECT * FROM c ORDER BY c.version");
        let items = world.events.query_items::<Event>(query, FeedScope::full_container(), None);
        let items: Vec<_> = items.await.unwrap().collect().await;
        items.into_iter().map(Result::unwrap).count()
    };
    assert_eq!(count().await, 12);
    split(&world, 0).await;
    assert_eq!(count().await, 12);
}

#[tokio::test]
async fn a_range_that_was_split_is_gone_and_the_list_of_ranges_has_changed() {
    let world = World::start().await;
    store(&world, 1).await;
    let ranges = format!("{CONTAINER}/pkranges");
    let before = world.plain.send(Method::GET, &ranges, &[], "").await;
    let etag = before.header("etag").to_owned();
    let token = world.plain.send(Method::GET, &format!("{CONTAINER}/docs"), &[], "").await;
    let token = token.header("x-ms-session-token").to_owned();
    let order = "/_admin/split/dbs/meters/colls/events/pkranges/0";
    let answer = world.plain.send(Method::POST, order, &[], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["PartitionKeyRanges"][1]["parents"], json!(["0"]));

    let known = [("if-none-match", etag.as_str()), ("a-im", "Incremental Feed")];
    let after = world.plain.send(Method::GET, &ranges, &known, "").await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), etag);
    assert_eq!(after.json()["PartitionKeyRanges"].as_array().map(Vec::len), Some(2));
    let docs = format!("{CONTAINER}/docs");
    for feed in [&[("a-im", "Incremental Feed")][..], &[]] {
        let headers = [&[("x-ms-documentdb-partitionkeyrangeid", "0")][..], feed].concat();
        let gone = world.plain.send(Method::GET, &docs, &headers, "").await;
        assert_eq!((gone.status, gone.sub_status.as_deref()), (410, Some("1002")));
    }
    // What a client has seen of the range that was split holds for its halves.
    let item = format!("{docs}/meter:1:1");
    let key = key("meter:1");
    let read = |token: &str| {
        let headers =
            [("x-ms-documentdb-partitionkey", key.as_str()), ("x-ms-session-token", token)];
        let (plain, item, headers) = (world.plain.clone(), item.clone(), headers.map(owned));
        async move {
            let headers: Vec<_> = headers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            plain.send(Method::GET, &item, &headers, "").await
        }
    };
    assert_eq!(read(&token).await.status, 200);
    assert_eq!(read("0:0#99#0=99").await.sub_status.as_deref(), Some("1002"));
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn a_split_is_ordered_with_the_account_key_and_in_its_own_words() {
    let world = World::start().await;
    let order = "/_admin/split/dbs/meters/colls/events/pkranges/0";
    let wrong = Plain::new(world.server.endpoint(), "d3Jvbmc=");
    assert_eq!(wrong.send(Method::POST, order, &[], "").await.status, 401);
    assert_eq!(world.plain.unsigned(order).await.status, 401);
    for (path, body, status) in [
        (order, r#"{"at":"zz"}"#, 400),
        (order, r#"{"where":"20"}"#, 400),
        ("/_admin/split/dbs/meters/colls/events/pkranges/7", "", 410),
        ("/_admin/split/dbs/meters/colls/nothing/pkranges/0", "", 404),
        (order, r#"{"at":"0A"}"#, 200),
    ] {
        assert_eq!(world.plain.send(Method::POST, path, &[], body).await.status, status, "{path}");
    }
    let admin = world.server.admin();
    assert_eq!(admin.ranges("meters", "events").unwrap()[0].max, "0A");
    let gone = admin.split_range("meters", "events", 0, None).await.unwrap_err();
    assert!(matches!(gone, AdminError::NotFound { .. }));
    let home = admin.range_of("meters", "events", "meter:1").unwrap();
    assert!([1, 2].contains(&home.id) && home.parents == [0]);
}

#[tokio::test]
async fn a_token_survives_a_split_and_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options {
        storage: Storage::Directory(directory.path().to_owned()),
        ..Options::default()
    };
    let server = CosmosLocal::start(options()).await.unwrap();
    let plain = Plain::new(server.endpoint(), server.key());
    plain.send(Method::POST, "/dbs", &[], r#"{"id":"meters"}"#).await;
    let container =
        json!({ "id": "events", "partitionKey": { "paths": ["/stream"], "version": 2 } });
    plain.send(Method::POST, "/dbs/meters/colls", &[], container.to_string()).await;
    store_plain(&plain, 1).await;
    let docs = format!("{CONTAINER}/docs");
    let now =
        plain.send(Method::GET, &docs, &[("a-im", "Incremental Feed"), ("if-none-match", "*")], "");
    let etag = now.await.header("etag").to_owned();
    store_plain(&plain, 2).await;
    server.admin().split_range("meters", "events", 0, None).await.unwrap();
    server.stop().await;

    let server = CosmosLocal::start(options()).await.unwrap();
    let plain = Plain::new(server.endpoint(), server.key());
    store_plain(&plain, 3).await;
    let mut seen = Vec::new();
    for range in ["1", "2"] {
        let headers = [
            ("a-im", "Incremental Feed"),
            ("if-none-match", etag.as_str()),
            ("x-ms-documentdb-partitionkeyrangeid", range),
        ];
        let page = plain.send(Method::GET, &docs, &headers, "").await.json();
        let ids = page["Documents"].as_array().unwrap().iter();
        seen.extend(ids.map(|document| document["id"].as_str().unwrap().to_owned()));
    }
    assert_each_once_in_order(&seen, 2..=3);
}

async fn store_plain(plain: &Plain, version: u32) {
    for meter in 0..METERS {
        let event: Value =
            serde_json::to_value(Event::new(&format!("meter:{meter}"), version)).unwrap();
        let key = key(event["stream"].as_str().unwrap());
        let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
        let path = format!("{CONTAINER}/docs");
        let stored = plain.send(Method::POST, &path, &headers, event.to_string()).await;
        assert_eq!(stored.status, 201);
    }
}
