//! Databases and containers.

use azure_data_cosmos::Query;
use azure_data_cosmos::models::{ContainerProperties, DatabaseProperties};
use futures::TryStreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{CONTAINER, Event, World, status};

#[tokio::test]
async fn databases_are_found_by_query_and_cannot_be_created_twice() {
    let world = World::start().await;
    assert_eq!(
        status(world.client.create_database("meters", None).await),
        409
    );
    let query = Query::from("SELECT * FROM c WHERE c.id = @id").with_parameter("@id", "meters");
    let found = world
        .client
        .query_databases(query.unwrap(), None)
        .await
        .unwrap();
    let found: Vec<DatabaseProperties> = found.try_collect().await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn a_container_is_read_as_it_was_defined() {
    let world = World::start().await;
    let read = world.events.read(None).await.unwrap();
    let properties: ContainerProperties = read.into_model().unwrap();
    assert_eq!(properties.id, "events");
    let list = world
        .plain
        .send(Method::GET, "/dbs/meters/colls", &[], "")
        .await;
    assert_eq!(
        list.json()["DocumentCollections"][0]["partitionKey"]["paths"],
        json!(["/stream"])
    );
}

#[tokio::test]
async fn a_deleted_container_is_gone_and_its_items_have_no_parent() {
    let world = World::start().await;
    world.events.delete(None).await.unwrap();
    let read = world.plain.send(Method::GET, CONTAINER, &[], "").await;
    assert_eq!((read.status, read.sub_status), (404, None));
    let path = format!("{CONTAINER}/docs/x");
    let key = [("x-ms-documentdb-partitionkey", r#"["a"]"#)];
    let read = world.plain.send(Method::GET, &path, &key, "").await;
    assert_eq!(
        (read.status, read.sub_status.as_deref()),
        (404, Some("1003"))
    );
}

#[tokio::test]
async fn a_client_follows_a_container_that_was_created_anew() {
    let world = World::start().await;
    world.store("meter:1", 1..=3).await;
    let definition = world.plain.send(Method::GET, CONTAINER, &[], "").await.text;
    assert_eq!(
        world
            .plain
            .send(Method::DELETE, CONTAINER, &[], "")
            .await
            .status,
        204
    );
    let created = world
        .plain
        .send(Method::POST, "/dbs/meters/colls", &[], definition)
        .await;
    assert_eq!(created.status, 201, "{created:?}");
    // The SDK still knows the old container; it is told, opens the new one and goes on.
    let event = Event::new("meter:1", 1);
    world
        .events
        .create_item("meter:1", &event.id, &event, None)
        .await
        .unwrap();
    let read = world
        .events
        .read_item("meter:1", &event.id, None)
        .await
        .unwrap();
    assert_eq!(read.into_model::<Event>().unwrap(), event);
}

#[tokio::test]
async fn ranges_are_told_once_and_then_not_modified() {
    let world = World::with_partitions(4).await;
    let path = format!("{CONTAINER}/pkranges");
    let ranges = world.plain.send(Method::GET, &path, &[], "").await;
    let json = ranges.json();
    let list = json["PartitionKeyRanges"].as_array().unwrap();
    assert_eq!(
        (
            list[0]["minInclusive"].as_str(),
            list[3]["maxExclusive"].as_str()
        ),
        (Some(""), Some("FF"))
    );
    let etag = [("if-none-match", ranges.header("etag"))];
    let again = world.plain.send(Method::GET, &path, &etag, "").await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn a_database_may_be_called_like_a_keyword() {
    let world = World::start().await;
    let create = async |path: &str, body: Value| {
        let created = world
            .plain
            .send(Method::POST, path, &[], body.to_string())
            .await;
        assert_eq!(created.status, 201, "{created:?}");
    };
    create("/dbs", json!({"id": "colls"})).await;
    let container = json!({"id": "docs", "partitionKey": {"paths": ["/pk"], "kind": "Hash"}});
    create("/dbs/colls/colls/", container).await;
    let read = world
        .plain
        .send(Method::GET, "/dbs/colls/colls/docs/", &[], "")
        .await;
    assert_eq!(read.json()["id"], "docs");
}

#[tokio::test]
async fn a_container_without_a_partition_key_is_refused() {
    let world = World::start().await;
    let created = world
        .plain
        .send(Method::POST, "/dbs/meters/colls", &[], r#"{"id":"x"}"#)
        .await;
    assert_eq!(created.status, 400);
    assert!(created.text.contains("partitionKey"), "{created:?}");
}
