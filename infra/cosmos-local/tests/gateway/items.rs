//! Items: create, read, upsert, replace, delete.

use azure_data_cosmos::options::{
    ContentResponseOnWrite, ItemReadOptions, ItemWriteOptions, OperationOptionsBuilder,
    Precondition,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::key;
use crate::world::{CONTAINER, Event, World, connect, status};

// Feature: Point reads and writes
#[tokio::test]
async fn an_item_is_read_back_as_it_was_written() {
    let world = World::start().await;
    let event = Event::new("meter:1", 1);
    let created = world.events.create_item("meter:1", &event.id, &event, None);
    let created = created.await.unwrap();
    assert!(created.headers().request_charge().unwrap().value() > 5.0);
    assert_eq!(created.headers().lsn(), Some(1));
    let etag = created.headers().etag().unwrap().clone();

    let read = world.events.read_item("meter:1", &event.id, None).await.unwrap();
    assert_eq!(read.headers().etag(), Some(&etag));
    assert_eq!(read.into_model::<Event>().unwrap(), event);
}

#[tokio::test]
async fn a_write_returns_the_document_only_when_asked_to() {
    let world = World::start().await;
    let event = Event::new("meter:1", 1);
    let options = OperationOptionsBuilder::new()
        .with_content_response_on_write(ContentResponseOnWrite::Enabled)
        .build();
    let options = ItemWriteOptions::default().with_operation_options(options);
    let created =
        world.events.create_item("meter:1", &event.id, &event, Some(options)).await.unwrap();
    let stored: Value = created.into_model().unwrap();
    assert_eq!(stored["version"], 1);
    assert!(stored["_etag"].is_string() && stored["_ts"].is_u64());

    let silent = Event::new("meter:1", 2);
    let created = world.events.create_item("meter:1", &silent.id, &silent, None);
    assert!(created.await.unwrap().into_model::<Value>().is_err());
}

#[tokio::test]
async fn text_bodies_do_what_binary_ones_do() {
    let world = World::start().await;
    let client = connect(&world.server, false).await;
    let database = client.database_client("meters");
    let events = database.container_client("events", None).await.unwrap();
    let event = Event::new("meter:ü", 1);
    events.create_item("meter:ü", &event.id, &event, None).await.unwrap();
    let read = world.events.read_item("meter:ü", &event.id, None).await.unwrap();
    assert_eq!(read.into_model::<Event>().unwrap(), event);
}

#[tokio::test]
async fn a_taken_id_is_a_conflict_in_its_partition_only() {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    let again = Event::new("meter:1", 1);
    let result = world.events.create_item("meter:1", &again.id, &again, None);
    assert_eq!(status(result.await), 409);
    let elsewhere = Event { stream: "meter:2".to_owned(), ..again };
    let result = world.events.create_item("meter:2", &elsewhere.id, &elsewhere, None);
    assert!(result.await.is_ok());
}

// Feature: Unique key constraints
#[tokio::test]
async fn a_unique_key_is_kept_within_its_partition() {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    let mut twin = Event::new("meter:1", 2);
    twin.token = "meter:1/1".to_owned();
    let result = world.events.create_item("meter:1", &twin.id, &twin, None);
    assert_eq!(status(result.await), 409);
    twin.stream = "meter:2".to_owned();
    let result = world.events.create_item("meter:2", &twin.id, &twin, None);
    assert!(result.await.is_ok());
}

// Feature: Optimistic concurrency control (ETags)
#[tokio::test]
async fn a_stale_etag_is_refused_and_nothing_changes() {
    let world = World::start().await;
    let mut event = Event::new("meter:1", 1);
    let created = world.events.create_item("meter:1", &event.id, &event, None);
    let stale = created.await.unwrap().headers().etag().unwrap().clone();
    let if_match = || {
        Some(ItemWriteOptions::default().with_precondition(Precondition::IfMatch(stale.clone())))
    };
    event.version = 2;
    let replaced = world.events.replace_item("meter:1", &event.id, &event, if_match());
    assert!(replaced.await.is_ok());

    event.version = 3;
    let replaced = world.events.replace_item("meter:1", &event.id, &event, if_match());
    assert_eq!(status(replaced.await), 412);
    let deleted = world.events.delete_item("meter:1", &event.id, if_match());
    assert_eq!(status(deleted.await), 412);
    let read = world.events.read_item("meter:1", &event.id, None).await.unwrap();
    assert_eq!(read.into_model::<Event>().unwrap().version, 2);
}

#[tokio::test]
async fn a_read_of_what_the_client_has_is_304() {
    let world = World::start().await;
    let event = Event::new("meter:1", 1);
    let created = world.events.create_item("meter:1", &event.id, &event, None);
    let etag = created.await.unwrap().headers().etag().unwrap().clone();
    let options = ItemReadOptions::default().with_precondition(Precondition::IfNoneMatch(etag));
    let read = world.events.read_item("meter:1", &event.id, Some(options)).await;
    let seen = match read {
        Ok(read) => u16::from(read.status().status_code()),
        Err(error) => u16::from(error.status().status_code()),
    };
    assert_eq!(seen, 304);
}

#[tokio::test]
async fn an_upsert_says_whether_it_created() {
    let world = World::start().await;
    let event = Event::new("meter:1", 1);
    let upsert = async || {
        let done = world.events.upsert_item("meter:1", &event.id, &event, None);
        u16::from(done.await.unwrap().status().status_code())
    };
    assert_eq!(upsert().await, 201);
    assert_eq!(upsert().await, 200);
}

#[tokio::test]
async fn a_deleted_item_is_gone() {
    let world = World::start().await;
    world.store("meter:1", 1..=1).await;
    world.events.delete_item("meter:1", "meter:1:1", None).await.unwrap();
    assert_eq!(status(world.events.read_item("meter:1", "meter:1:1", None).await), 404);
    assert_eq!(status(world.events.delete_item("meter:1", "meter:1:1", None).await), 404);
}

// Feature: Session consistency
#[tokio::test]
async fn a_session_token_of_a_write_lets_its_read_pass_and_one_ahead_does_not() {
    let world = World::start().await;
    let event = Event::new("meter:1", 1);
    let created = world.events.create_item("meter:1", &event.id, &event, None);
    let token = created.await.unwrap().headers().session_token().unwrap().to_string();
    let partition = key("meter:1");
    let path = format!("{CONTAINER}/docs/{}", event.id);
    let read = async |token: &str| {
        let headers =
            [("x-ms-documentdb-partitionkey", partition.as_str()), ("x-ms-session-token", token)];
        world.plain.send(Method::GET, &path, &headers, "").await
    };
    assert_eq!(read(&token).await.status, 200);
    let ahead = read("0:0#999#0=999").await;
    assert_eq!((ahead.status, ahead.sub_status.as_deref()), (404, Some("1002")));
}

// Feature: Request unit charges
#[tokio::test]
async fn the_price_of_a_write_grows_slower_than_the_document() {
    let world = World::start().await;
    let charge = async |id: &str, bytes: usize| {
        let body = json!({"id": id, "stream": "meter:1", "token": id, "data": "x".repeat(bytes)});
        let headers = [("x-ms-documentdb-partitionkey", r#"["meter:1"]"#)];
        let path = format!("{CONTAINER}/docs");
        let created = world.plain.send(Method::POST, &path, &headers, body.to_string());
        let created = created.await;
        assert_eq!(created.status, 201);
        created.charge()
    };
    let small = charge("small", 900).await;
    let large = charge("large", 100_000).await;
    assert!(large > 5.0 * small && large < 50.0 * small, "{small} and {large}");
}
