//! The owner of a meter is forgotten, by each of the three ways.

use axum::http::{HeaderMap, StatusCode, header};
use daybook::gdpr::erasure::Way;
use time::macros::date;

use super::client::{Answer, Client, until};
use super::pages::fill;

const REASON: &str = "reason=asked+for+it";

/// A meter with readings, whose owner is also known by name.
async fn owned() -> Client {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "000-000").await;
    client.activate("1", "542-484").await;
    client.import("1", date!(2020 - 05 - 01)).await;
    let entered = fill(&client, "/meters/1/privacy", "/meters/1/owner", "name=Ada+Lovelace").await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    client
}

async fn forgotten(client: &Client, way: &str) -> Answer {
    let form = format!("way={way}&{REASON}");
    fill(client, "/meters/1/privacy", "/meters/1/privacy", &form).await
}

async fn shown(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn the_address_is_stored_sealed_and_shown_to_those_who_may() {
    let client = owned().await;
    let stored = shown(&client, "/api/streams/meter:1").await;
    for plain in ["1000 AA", "542-484", "000-000"] {
        assert!(!stored.contains(plain), "{plain} is in {stored}");
    }
    assert_eq!(client.state("1").await["postal_code"], "1000 AA");
    assert!(shown(&client, "/cockpit/streams/meter:1").await.contains("in district 10"));
    let page = shown(&client, "/meters/1/privacy").await;
    assert!(page.contains("sealed/") && page.contains("1000 AA") && page.contains("Ada Lovelace"));
}

#[tokio::test]
async fn once_the_key_is_erased_everything_shows_erased_and_still_loads() {
    let client = owned().await;
    assert_eq!(forgotten(&client, "key").await.status, StatusCode::SEE_OTHER);
    let state = client.state("1").await;
    assert_eq!(
        (&state["postal_code"], &state["house_number"]),
        (&"Erased".into(), &"Erased".into())
    );
    assert_eq!(state["district"], "10", "why: it is not personal, and overviews need it");
    client.import("1", date!(2020 - 05 - 02)).await;
    assert_eq!(client.state("1").await["latest_reading_date"], "2020-05-02");
    let page = shown(&client, "/meters/1/privacy?verify=yes").await;
    assert!(page.contains("found nothing"), "{page}");
    assert!(page.contains("erasing the key ordered: asked for it"), "{page}");
}

#[tokio::test]
async fn a_forgotten_owner_registers_and_activates_nothing_more() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(forgotten(&client, "key").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.activate("1", "542-484").await.status, StatusCode::GONE);
    assert_eq!(client.register("1").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_deleted_meter_leaves_the_list_and_the_overviews() {
    let client = owned().await;
    client.register("2").await;
    assert_eq!(client.listed().await, ["1", "2"]);
    assert_eq!(forgotten(&client, "stream").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.listed().await, ["2"]);
    assert_eq!(client.get("/api/meters/1").await.status, StatusCode::NOT_FOUND);
    until("views of several meters are built anew", async || {
        let totals = client.somebody_else().get("/api/totals").await.json();
        (totals["registered"] == 1 && totals["activated"] == 0).then_some(())
    })
    .await;
    let id = daybook::aggregates::registration::MeterId::parse("1").expect("a number");
    until("nothing is left of the stream", async || {
        let left = client.app.privacy.left(&id, &[Way::Stream], &[]).await.expect("searched");
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_removed_person_is_gone_and_the_meter_stays() {
    let client = owned().await;
    assert_eq!(forgotten(&client, "person").await.status, StatusCode::SEE_OTHER);
    let page = shown(&client, "/meters/1/privacy").await;
    assert!(!page.contains("Ada") && page.contains("1000 AA"), "{page}");
    let again = fill(&client, "/meters/1/privacy", "/meters/1/owner", "name=Ada").await;
    assert_eq!(again.status, StatusCode::GONE);
}

#[tokio::test]
async fn everything_that_is_held_comes_as_a_file() {
    let client = owned().await;
    let answer = client.get("/meters/1/held").await;
    let headers: &HeaderMap = &answer.headers;
    let name = "attachment; filename=\"meter-1.json\"";
    assert_eq!(headers[header::CONTENT_DISPOSITION], name);
    for held in ["1000 AA", "542-484", "000-000", "Ada Lovelace", "MeterReadingsCollected"] {
        assert!(answer.body.contains(held), "{held} is missing in {}", answer.body);
    }
    assert!(!answer.body.contains("wrapped"), "why: the key is not theirs to have");
}

#[tokio::test]
async fn nobody_is_forgotten_without_a_reason() {
    let client = owned().await;
    let refused = fill(&client, "/meters/1/privacy", "/meters/1/privacy", "way=key&reason=+").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.state("1").await["postal_code"], "1000 AA");
}
