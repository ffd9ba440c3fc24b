//! Queries, and the feed of all items.

use std::num::NonZeroU32;

use azure_data_cosmos::feed::QueryFeedPage;
use azure_data_cosmos::options::{MaxItemCountHint, QueryOptions};
use azure_data_cosmos::{FeedScope, Query};
use futures::TryStreamExt as _;
use reqwest::Method;
use serde_json::Value;

use crate::support::key;
use crate::world::{CONTAINER, Event, World, status};

async fn run(world: &World, query: Query, scope: FeedScope) -> Vec<Value> {
    let items = world.events.query_items::<Value>(query, scope, None);
    items.await.unwrap().try_collect().await.unwrap()
}

fn stream() -> FeedScope {
    FeedScope::partition("meter:1")
}

// Feature: Parameterized queries
#[tokio::test]
async fn a_partition_is_filtered_by_parameters_and_put_in_order() {
    let world = World::start().await;
    world.store("meter:1", 1..=5).await;
    world.store("meter:2", 1..=5).await;
    let text = "SELECT VALUE c.version FROM c WHERE c.version > @after ORDER BY c.version DESC";
    let query = Query::from(text).with_parameter("@after", 2).unwrap();
    assert_eq!(run(&world, query, stream()).await, [5, 4, 3]);
}

// Feature: GROUP BY and aggregate functions
#[tokio::test]
async fn aggregates_are_answered_for_a_partition() {
    let world = World::start().await;
    world.store("meter:1", 1..=5).await;
    let maximum = Query::from("SELECT VALUE MAX(c.version) FROM c");
    assert_eq!(run(&world, maximum, stream()).await, [5]);
    let count = Query::from("SELECT VALUE COUNT(1) FROM c");
    assert_eq!(run(&world, count, stream()).await, [5]);
    let last = Query::from("SELECT TOP 1 * FROM c ORDER BY c.version DESC");
    assert_eq!(run(&world, last, stream()).await[0]["id"], "meter:1:5");
}

// Feature: Pagination with continuation tokens
#[tokio::test]
async fn pages_have_the_size_asked_for_and_lose_nothing() {
    let world = World::start().await;
    world.store("meter:1", 1..=7).await;
    let limit = MaxItemCountHint::Limit(NonZeroU32::new(3).unwrap());
    let options = QueryOptions::default().with_max_item_count(limit);
    let query = "SELECT * FROM c ORDER BY c.version";
    let items = world.events.query_items::<Event>(query, stream(), Some(options));
    let pages: Vec<_> = items.await.unwrap().into_pages().try_collect().await.unwrap();
    let sizes: Vec<usize> = pages.iter().map(|page| page.items().len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 7);
    assert!(sizes.iter().all(|size| *size <= 3), "{sizes:?}");
    let versions = pages.iter().flat_map(QueryFeedPage::items).map(|event| event.version);
    assert_eq!(versions.collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_query_over_all_ranges_finds_every_partition() {
    let world = World::with_partitions(4).await;
    for meter in 0..20 {
        world.store(&format!("meter:{meter}"), 1..=1).await;
    }
    let query = Query::from("SELECT VALUE c.stream FROM c");
    let mut found = run(&world, query, FeedScope::full_container()).await;
    found.sort_by_key(Value::to_string);
    found.dedup();
    assert_eq!(found.len(), 20);
}

// Feature: Cross-partition queries
#[tokio::test]
async fn the_client_merges_the_ranges_of_an_ordered_query() {
    let world = World::with_partitions(4).await;
    for meter in 0..8 {
        world.store(&format!("meter:{meter}"), 1..=3).await;
    }
    let query = Query::from("SELECT VALUE c.token FROM c WHERE c.version < 3 ORDER BY c.token");
    let found = run(&world, query, FeedScope::full_container()).await;
    let expected = (0..8).flat_map(|meter| [1, 2].map(|n| format!("meter:{meter}/{n}").into()));
    assert_eq!(found, expected.collect::<Vec<Value>>());
}

#[tokio::test]
async fn a_query_that_is_none_is_400_and_says_where() {
    let world = World::start().await;
    let items = world.events.query_items::<Value>("SELECT FROM WHERE", stream(), None);
    let result: Result<Vec<_>, _> = match items.await {
        Ok(items) => items.try_collect().await,
        Err(error) => Err(error),
    };
    assert_eq!(status(result), 400);
}

#[tokio::test]
async fn the_feed_of_all_items_pages() {
    let world = World::start().await;
    world.store("meter:1", 1..=3).await;
    let path = format!("{CONTAINER}/docs");
    let first = [("x-ms-max-item-count", "2")];
    let page = world.plain.send(Method::GET, &path, &first, "").await;
    assert_eq!(page.json()["_count"], 2);
    let next =
        [("x-ms-max-item-count", "2"), ("x-ms-continuation", page.header("x-ms-continuation"))];
    let page = world.plain.send(Method::GET, &path, &next, "").await;
    assert_eq!(page.json()["_count"], 1);
    assert!(page.headers.get("x-ms-continuation").is_none());
}

#[tokio::test]
async fn a_client_that_merges_ranges_itself_is_told_how() {
    let world = World::start().await;
    let path = format!("{CONTAINER}/docs");
    let headers = [("x-ms-cosmos-is-query-plan-request", "True")];
    let query = r#"{"query":"SELECT TOP 2 * FROM c ORDER BY c.version"}"#;
    let plan = world.plain.send(Method::POST, &path, &headers, query).await;
    assert_eq!(plan.status, 200);
    assert_eq!(plan.json()["queryInfo"]["top"], 2);
    assert_eq!(plan.json()["queryRanges"][0]["max"], "FF");
    let wrong = world.plain.send(Method::POST, &path, &headers, r#"{"query":"SELEC"}"#).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn an_unknown_range_is_gone() {
    let world = World::start().await;
    let path = format!("{CONTAINER}/docs");
    let headers =
        [("x-ms-documentdb-isquery", "True"), ("x-ms-documentdb-partitionkeyrangeid", "42")];
    let body = r#"{"query":"SELECT * FROM c"}"#;
    let answer = world.plain.send(Method::POST, &path, &headers, body).await;
    assert_eq!((answer.status, answer.sub_status.as_deref()), (410, Some("1002")));
}

#[tokio::test]
async fn a_query_that_looks_at_more_costs_more() {
    let world = World::start().await;
    world.store("meter:1", 1..=30).await;
    let path = format!("{CONTAINER}/docs");
    let partition = key("meter:1");
    let charge = async |query: &str| {
        let headers = [
            ("x-ms-documentdb-isquery", "True"),
            ("x-ms-documentdb-partitionkey", partition.as_str()),
        ];
        let body = serde_json::json!({ "query": query }).to_string();
        let answer = world.plain.send(Method::POST, &path, &headers, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.charge()
    };
    let one = charge("SELECT * FROM c WHERE c.id = 'meter:1:7'").await;
    let all = charge("SELECT * FROM c").await;
    assert!(one >= 2.8 && all > one + 1.0, "{one} and {all}");
}
