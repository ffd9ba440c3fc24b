//! Offers, and what happens when their throughput is used up.

use azure_data_cosmos::models::{ContainerProperties, ThroughputProperties};
use azure_data_cosmos::options::CreateContainerOptions;
use cosmos_local::{CosmosLocal, Options};
use reqwest::Method;
use serde_json::json;

use crate::support::{Plain, key};
use crate::world::{CONTAINER, Event, World, connect};

// Feature: Provisioned and autoscale throughput
#[tokio::test]
async fn the_sdk_reads_and_replaces_the_throughput_of_a_container() {
    let world = World::start().await;
    let database = world.client.database_client("meters");
    let options =
        CreateContainerOptions::default().with_throughput(ThroughputProperties::manual(700));
    let properties = ContainerProperties::new("views", "/key".into());
    database.create_container(properties, Some(options)).await.unwrap();
    let views = database.container_client("views", None).await.unwrap();
    let read = views.read_throughput(None).await.unwrap().unwrap();
    assert_eq!(read.throughput(), Some(700));
    let events = world.events.read_throughput(None).await.unwrap().unwrap();
    assert_eq!(events.throughput(), Some(400));
}

#[tokio::test]
async fn an_offer_is_found_read_and_replaced() {
    let world = World::start().await;
    let list = world.plain.send(Method::GET, "/offers", &[], "").await.json();
    let offer = list["Offers"][0].clone();
    let container = world.plain.send(Method::GET, CONTAINER, &[], "").await.json();
    assert_eq!(offer["resource"], container["_self"]);
    assert_eq!(offer["offerResourceId"], container["_rid"]);
    let path = format!("/offers/{}", offer["id"].as_str().unwrap());
    let replace = async |content: serde_json::Value| {
        let mut changed = offer.clone();
        changed["content"] = content;
        world.plain.send(Method::PUT, &path, &[], changed.to_string()).await
    };
    assert_eq!(replace(json!({ "offerThroughput": 1000 })).await.status, 200);
    let autoscale = json!({ "offerAutopilotSettings": { "maxThroughput": 4000 } });
    let replaced = replace(autoscale).await.json();
    assert_eq!(replaced["content"]["offerAutopilotSettings"]["maxThroughput"], 4000);
    let read = world.plain.send(Method::GET, &path, &[], "").await.json();
    assert_eq!(read["content"], replaced["content"]);
    for content in [json!({}), json!({ "offerThroughput": 401 }), json!({ "offerThroughput": 100 })]
    {
        assert_eq!(replace(content).await.status, 400);
    }
    assert_eq!(world.plain.send(Method::GET, "/offers/none", &[], "").await.status, 404);
}

#[tokio::test]
async fn containers_share_the_throughput_of_their_database_unless_they_ask_for_their_own() {
    let server =
        CosmosLocal::start(Options { throttle: true, ..Options::default() }).await.unwrap();
    let plain = Plain::new(server.endpoint(), server.key());
    let own = [("x-ms-offer-throughput", "500")];
    let create = async |path: &str, id: &str, headers: &[(&str, &str)]| {
        let body = json!({"id": id, "partitionKey": {"paths": ["/pk"], "kind": "Hash"}});
        let made = plain.send(Method::POST, path, headers, body.to_string()).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()
    };
    let database = create("/dbs", "shared", &own).await;
    create("/dbs/shared/colls", "one", &[]).await;
    create("/dbs/shared/colls", "two", &[]).await;
    let rich = create("/dbs/shared/colls", "rich", &[("x-ms-offer-throughput", "9000")]).await;
    let offers = plain.send(Method::GET, "/offers", &[], "").await.json();
    let offers = offers["Offers"].as_array().unwrap();
    let of = |offer: &serde_json::Value| offer["offerResourceId"].clone();
    let owners: Vec<_> = offers.iter().map(of).collect();
    assert_eq!(owners, [database["_rid"].clone(), rich["_rid"].clone()]);
    let path = format!("/offers/{}", offers[0]["id"].as_str().unwrap());
    let mut changed = offers[0].clone();
    changed["content"] = json!({ "offerThroughput": 400 });
    let replaced = plain.send(Method::PUT, &path, &[], changed.to_string()).await;
    assert_eq!((replaced.status, &replaced.json()["content"]), (200, &changed["content"]));
    let key = key("p");
    let keyed = ("x-ms-documentdb-partitionkey", key.as_str());
    let read = async |container: &str| {
        let path = format!("/dbs/shared/colls/{container}/docs/none");
        plain.send(Method::GET, &path, &[keyed], "").await.status
    };
    // Its price is several seconds' worth, so what follows is refused on the slowest machine.
    let text = "x".repeat(19_000);
    let create = |id: u32| {
        let item = json!({"id": id.to_string(), "pk": "p", "text": text});
        json!({"operationType": "Create", "resourceBody": item})
    };
    let batch = json!((0..100).map(create).collect::<Vec<_>>()).to_string();
    let all = [keyed, ("x-ms-cosmos-is-batch-request", "True")];
    let spent = plain.send(Method::POST, "/dbs/shared/colls/one/docs", &all, batch).await;
    assert_eq!(spent.status, 200, "{spent:?}");
    assert_eq!([read("one").await, read("two").await, read("rich").await], [429, 429, 404]);
}

// Feature: Rate limiting (429)
#[tokio::test]
async fn what_is_used_up_is_refused_until_it_is_made_up_for() {
    let options = Options { throttle: true, ..Options::default() };
    let server = CosmosLocal::start(options).await.unwrap();
    let client = connect(&server, true).await;
    client.create_database("meters", None).await.unwrap();
    let database = client.database_client("meters");
    let properties = ContainerProperties::new("events", "/stream".into());
    database.create_container(properties, None).await.unwrap();
    let plain = Plain::new(server.endpoint(), server.key());
    let key = key("meter:1");
    let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
    let docs = format!("{CONTAINER}/docs");
    let mut batch = Vec::new();
    for version in 1..=100 {
        let event = serde_json::to_value(Event::new("meter:1", version)).unwrap();
        batch.push(json!({ "operationType": "Create", "resourceBody": event }));
    }
    let all = [headers[0], ("x-ms-cosmos-is-batch-request", "True")];
    let spent = plain.send(Method::POST, &docs, &all, json!(batch).to_string()).await;
    assert_eq!(spent.status, 200);
    assert!(spent.charge() > 450.0, "more than a second's worth: {}", spent.charge());
    let refused =
        plain.send(Method::POST, &docs, &headers, Event::new("meter:1", 101).json()).await;
    assert_eq!((refused.status, refused.sub_status.as_deref()), (429, Some("3200")));
    assert!(refused.header("x-ms-retry-after-ms").parse::<u64>().unwrap() > 0);
    // The SDK waits as it is told and comes again.
    let events = database.container_client("events", None).await.unwrap();
    let event = Event::new("meter:1", 101);
    events.create_item("meter:1", &event.id, &event, None).await.unwrap();
}
