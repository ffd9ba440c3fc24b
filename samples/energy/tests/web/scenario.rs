//! The talk's scenario gives the talk's totals, wherever it is kept.

use daybook::cosmos::{Place, Settings};
use serde_json::json;

use super::client::Client;

fn weeks(totals: [u64; 3]) -> Vec<(String, u64)> {
    ["2020-W18", "2020-W19", "2020-W20"].map(str::to_owned).into_iter().zip(totals).collect()
}

async fn shows_the_totals(client: &Client) {
    assert_eq!(client.weeks("87000001").await, weeks([552, 940, 936]));
    assert_eq!(client.weeks("87000002").await, weeks([408, 940, 540]));
    assert_eq!(client.kinds("meter:87000001").await.len(), 20);
    assert_eq!(client.kinds("meter:87000002").await.len(), 16);
    assert_eq!(client.listed().await, ["87000001", "87000002"]);
    assert_eq!(client.get("/api/totals").await.json()["activated"], 2);
}

#[tokio::test]
async fn it_gives_the_totals_also_when_it_is_played_twice() {
    let client = Client::played().await;
    shows_the_totals(&client).await;
    client.play().await;
    shows_the_totals(&client).await;
}

#[tokio::test]
async fn a_delivery_of_module_00_does_not_keep_it_from_being_played() {
    let client = Client::without_worker(&Settings::ephemeral()).await;
    client.delivered().await;
    assert!(client.nothing_happened().await, "a delivery is no meter");
    client.play().await;
    assert!(!client.nothing_happened().await, "there are meters");
}

#[tokio::test]
async fn every_day_has_its_total() {
    let client = Client::played().await;
    let weeks = client.get("/api/meters/87000001/weeks").await.json();
    let first = json!({
        "week": "2020-W18", "total": 552,
        "days": { "2020-04-30": 144, "2020-05-01": 124, "2020-05-02": 144, "2020-05-03": 140 },
    });
    assert_eq!(weeks[0], first);
}

#[tokio::test]
async fn a_meter_is_shown_as_of_a_version_and_as_of_a_time() {
    let client = Client::played().await;
    let second = client.state("87000001?version=2").await;
    assert_eq!(
        (&second["status"], &second["latest_reading_date"]),
        (&json!("active"), &json!(null))
    );
    for at in ["2020-05-05", "2020-05-05T23:59:59Z", "2020-05-06T01:59:59%2B02:00"] {
        let then = client.state(&format!("87000001?at={at}")).await;
        let found = (&then["version"], &then["latest_reading_date"]);
        assert_eq!(found, (&json!(8), &json!("2020-05-05")), "{at}");
    }
}

#[tokio::test]
async fn it_gives_the_totals_also_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Some(folder.path().to_owned());
    let settings = Settings { place: Place::Embedded { data }, ..Settings::ephemeral() };
    let client = Client::without_worker(&settings).await;
    client.play().await;
    let client = client.working().await;
    shows_the_totals(&client).await;
    client.stop().await;
    let client = Client::on_cosmos(&settings).await;
    shows_the_totals(&client).await;
    client.play().await;
    shows_the_totals(&client).await;
}
