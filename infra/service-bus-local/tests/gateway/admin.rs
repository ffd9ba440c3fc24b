//! Administration, and who may use it.

use reqwest::Method;
use serde_json::json;

use crate::support::answered;
use crate::world::World;

#[tokio::test]
async fn entities_are_created_changed_and_counted() {
    let World { plain, .. } = &World::start().await;
    let topic = json!({"Topics": [{"Name": "news", "Subscriptions": [{"Name": "all"}]}]});
    assert_eq!(plain.admin(Method::PUT, "entities", &topic.to_string()).await.status, 200);
    plain.send("news", &[], "a").await;
    let entities = plain.admin(Method::GET, "entities", "").await.json();
    let all = entities["entities"].as_array().unwrap();
    let counted = all.iter().find(|it| it["path"] == "news/subscriptions/all").unwrap();
    let expected = json!({"path": "news/subscriptions/all", "kind": "subscription",
        "active": 1, "locked": 0, "scheduled": 0, "dead_lettered": 0});
    assert_eq!(counted, &expected);
    let bad = json!({"Topics": [{"Name": "news", "Subscriptions": []}]});
    let refused = plain.admin(Method::PUT, "entities", &bad.to_string()).await;
    assert!(refused.status == 400 && refused.text.contains("topic 'news'"), "{refused:?}");
}

#[tokio::test]
async fn messages_are_shown_a_page_at_a_time_and_stay() {
    let World { plain, .. } = &World::start().await;
    for n in 1..=5 {
        plain
            .send("q", &[("brokerproperties", &json!({"Label": n.to_string()}).to_string())], "x")
            .await;
    }
    plain.lock("q").await;
    let page = plain.admin(Method::GET, "entities/q/messages?after=0&limit=2", "").await.json();
    let states: Vec<_> =
        page["messages"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["locked", "active"]);
    let page = plain.admin(Method::GET, "entities/Q/messages?after=4", "").await.json();
    assert_eq!(page["messages"][0]["label"], "5");
    assert_eq!(page["messages"][0]["enqueued_at"], "2026-03-01T12:00:00Z");
}

#[tokio::test]
async fn the_clock_is_moved_and_everything_is_removed() {
    let World { plain, .. } = &World::start().await;
    plain.send("q", &[], "a").await;
    plain.lock("q").await;
    let moved = plain.admin(Method::POST, "clock", r#"{"advance":"PT30S"}"#).await;
    assert_eq!(moved.json()["now"], "2026-03-01T12:00:30Z");
    assert_eq!(plain.lock("q").await.broker()["DeliveryCount"], 2);
    assert_eq!(plain.admin(Method::POST, "reset", "").await.status, 200);
    assert_eq!(plain.lock("q").await.status, 204);
    plain.send("q", &[], "b").await;
    assert_eq!(plain.lock("q").await.broker()["SequenceNumber"], 1);
    assert_eq!(plain.admin(Method::POST, "clock", r#"{"advance":"soon"}"#).await.status, 400);
}

#[tokio::test]
async fn web_pages_and_other_names_of_this_machine_may_not_administer() {
    let World { plain, .. } = &World::start().await;
    let entities = || plain.unsigned(Method::GET, "/_admin/entities");
    assert_eq!(answered(entities()).await.status, 200);
    assert_eq!(answered(entities().header("origin", "http://evil.example")).await.status, 403);
    assert_eq!(answered(entities().header("host", "evil.example")).await.status, 403);
    let health = || plain.unsigned(Method::GET, "/_admin/health");
    assert_eq!(answered(health()).await.json()["administration"], true);
    let elsewhere = answered(health().header("host", "bus:5300")).await.json();
    assert_eq!(
        (&elsewhere["namespace"], &elsewhere["administration"]),
        (&json!("sbemulatorns"), &json!(false))
    );
    let unknown = answered(plain.unsigned(Method::GET, "/_admin/unknown")).await;
    assert_eq!(unknown.status, 400);
}
