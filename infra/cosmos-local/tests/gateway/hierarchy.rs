//! Hierarchical partition keys through the SDK.

use azure_data_cosmos::models::ContainerProperties;
use azure_data_cosmos::{ContainerClient, FeedScope, Query};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::Plain;
use crate::world::{World, status};

#[derive(Debug, Serialize, Deserialize)]
struct Visit {
    id: String,
    tenant: String,
    user: String,
    session: String,
}

const LEVELS: [(&str, &str, &str); 6] = [
    ("t1", "u1", "s1"),
    ("t1", "u1", "s2"),
    ("t1", "u2", "s1"),
    ("t2", "u1", "s1"),
    ("t2", "u2", "s1"),
    ("t3", "u1", "s1"),
];

async fn visits(world: &World) -> ContainerClient {
    let key: Value = json!({
        "paths": ["/tenant", "/user", "/session"], "kind": "MultiHash", "version": 2,
    });
    let key = serde_json::from_value(key).unwrap();
    let database = world.client.database_client("meters");
    database.create_container(ContainerProperties::new("visits", key), None).await.unwrap();
    let visits = database.container_client("visits", None).await.unwrap();
    for level in LEVELS {
        let (tenant, user, session) = level;
        let [tenant, user, session] = [tenant, user, session].map(str::to_owned);
        let id = format!("{tenant}{user}{session}");
        let visit = Visit { id, tenant, user, session };
        visits.create_item(level, &visit.id, &visit, None).await.unwrap();
    }
    visits
}

async fn found(visits: &ContainerClient, scope: FeedScope) -> Vec<String> {
    let query = Query::from("SELECT * FROM c");
    let items = visits.query_items::<Visit>(query, scope, None).await.unwrap();
    let mut ids: Vec<_> = items.map(|item| item.unwrap().id).collect().await;
    ids.sort();
    ids
}

// Feature: Hierarchical partition keys
#[tokio::test]
async fn the_sdk_reads_by_the_whole_key_and_queries_by_prefixes() {
    for partitions in [1, 4] {
        let world = World::with_partitions(partitions).await;
        let visits = visits(&world).await;
        let read = visits.read_item(("t1", "u2", "s1"), "t1u2s1", None).await;
        assert_eq!(read.unwrap().into_model::<Visit>().unwrap().user, "u2");
        let other = visits.read_item(("t1", "u1", "s1"), "t1u2s1", None).await;
        assert_eq!(status(other), 404);
        assert_eq!(
            found(&visits, FeedScope::partition("t1")).await,
            ["t1u1s1", "t1u1s2", "t1u2s1"]
        );
        let users = FeedScope::partition(("t1", "u1"));
        assert_eq!(found(&visits, users).await, ["t1u1s1", "t1u1s2"]);
        let whole = FeedScope::partition(("t1", "u1", "s2"));
        assert_eq!(found(&visits, whole).await, ["t1u1s2"]);
        assert_eq!(found(&visits, FeedScope::full_container()).await.len(), 6);
    }
}

#[tokio::test]
async fn a_prefix_in_the_key_header_alone_is_enough() {
    let world = World::with_partitions(4).await;
    visits(&world).await;
    let plain: &Plain = &world.plain;
    let headers =
        [("x-ms-documentdb-partitionkey", r#"["t1"]"#), ("x-ms-documentdb-isquery", "True")];
    let query = r#"{"query":"SELECT VALUE COUNT(1) FROM c"}"#;
    let docs = "/dbs/meters/colls/visits/docs";
    let answer = plain.send(reqwest::Method::POST, docs, &headers, query).await;
    assert_eq!(answer.json()["Documents"], json!([3]));
}
