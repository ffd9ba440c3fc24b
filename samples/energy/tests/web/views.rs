//! What is answered from the views: filtered, sorted, paged, and never behind the reader's own commands.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use daybook::cosmos::Settings;
use daybook::projections::{Documents, Generations, Parked, Stored, ViewDocument};
use serde_json::{Value, json};

use super::client::{Client, request, until};
use super::pages::fill;

/// Five meters, two of them active, one deregistered.
async fn five() -> Client {
    let client = Client::new().await;
    for id in ["1", "2", "3", "4", "5"] {
        client.register(id).await;
    }
    client.activate("2", "542-484").await;
    client.activate("4", "542-484").await;
    client.delete("/api/meters/5").await;
    client
}

fn ids(page: &Value) -> Vec<String> {
    let meters = page["meters"].as_array().expect("a list").iter();
    meters.map(|one| one["meter_id"].as_str().expect("a number").to_owned()).collect()
}

#[tokio::test]
async fn meters_are_filtered_and_sorted() {
    let client = five().await;
    let list = async |query: &str| ids(&client.get(&format!("/api/meters?{query}")).await.json());
    assert_eq!(list("status=active").await, ["2", "4"]);
    assert_eq!(list("status=registered&sort=-meter_id").await, ["3", "1"]);
    assert_eq!(list("district=10").await.len(), 5);
    assert_eq!(list("district=99").await, [""; 0]);
    assert_eq!(list("sort=-recorded_at&limit=1").await, ["5"]);
    let page = client.get("/?status=active").await.body;
    assert_eq!(page.matches("<span class=\"word active\">").count(), 2);
    assert_eq!(page.matches("<span class=\"word registered\">").count(), 0);
}

#[tokio::test]
async fn a_list_is_turned_page_by_page_also_where_many_are_alike() {
    let client = five().await;
    let mut found = vec![];
    let mut next = Some("/api/meters?sort=status&limit=2".to_owned());
    while let Some(path) = next {
        let page = client.get(&path).await.json();
        found.extend(ids(&page));
        next = page["next"].as_str().map(str::to_owned);
    }
    found.sort();
    assert_eq!(found, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_names_the_field() {
    let client = Client::new().await;
    for (query, field) in [
        ("status=on", "status"),
        ("district=12345678901234567", "district"),
        ("sort=colour", "sort"),
        ("sort=--meter_id", "sort"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("after=nonsense", "after"),
    ] {
        let answer = client.get(&format!("/api/meters?{query}")).await;
        assert_eq!(answer.problem(), (400, field.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn what_was_done_is_in_the_next_answer() {
    let client = Client::new().await;
    for number in 1..=10 {
        client.register(&number.to_string()).await;
        assert_eq!(client.listed().await.len(), number);
    }
    client.activate("7", "542-484").await;
    assert_eq!(client.get("/api/totals").await.json()["activated"], 1);
    let answer = client.get("/api/districts").await;
    assert_eq!(answer.json()[0]["registered"], 10);
    assert_eq!(answer.headers["daybook-views"], "current");
}

#[tokio::test]
async fn a_browser_sees_on_the_next_page_what_its_form_did() {
    let client = Client::new().await.somebody_else();
    let form = "meter_id=1&postal_code=1000+AA&house_number=25&activation_code=542-484";
    let sent = fill(&client, "/", "/meters", form).await;
    let cookie = sent.headers[header::SET_COOKIE].to_str().expect("a text");
    let (cookie, attributes) = cookie.split_once(';').expect("attributes");
    assert!(attributes.contains("HttpOnly"), "{attributes}");
    let home = request(Method::GET, "/").header(header::COOKIE, cookie);
    let home = client.send_alone(home.body(Body::empty()).expect("a request")).await.body;
    assert!(home.contains("<a href=\"/meters/1\">1</a>"));
    assert!(home.contains("<b>1</b> registered"));
}

#[tokio::test]
async fn without_a_worker_pages_say_so_and_go_on() {
    let client = Client::without_worker(&Settings::ephemeral()).await;
    client.register("1").await;
    let before = tokio::time::Instant::now();
    let home = client.get("/").await;
    assert!(before.elapsed() < Duration::from_secs(20), "it does not hang");
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("Views are behind"), "{}", home.body);
    assert!(home.body.contains("no worker runs"));
    assert!(home.body.contains("MeterRegistered"), "what happened here is known");
    let list = client.get("/api/meters").await;
    assert_eq!(list.headers["daybook-views"], "behind");
    assert_eq!(client.state("1").await["status"], "registered", "a stream needs no view");
    let health = client.get("/health").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.json()["projections"][0]["standing"], "not run");
    for path in ["/districts", "/failures", "/cockpit", "/cockpit/feed", "/cockpit/views"] {
        assert_eq!(client.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn health_tells_how_each_projection_stands() {
    let client = Client::played().await;
    let health = client.get("/health").await.json();
    assert_eq!((&health["role"], &health["cosmos"]["reachable"]), (&json!("all"), &json!(true)));
    let projections = health["projections"].as_array().expect("a list");
    let names: Vec<_> = projections.iter().map(|one| one["name"].as_str()).collect();
    let expected = ["streams", "meters", "weeks", "activated", "districts", "failures"];
    assert_eq!(names, expected.map(Some));
    for one in projections {
        let found = (&one["standing"], &one["behind"], &one["worker"]);
        assert_eq!(found, (&json!("live"), &json!(0), &json!(true)), "{one}");
    }
    assert!(health.get("publisher").is_none(), "there is no bus: {health}");
}

#[tokio::test]
async fn health_tells_how_the_publisher_stands() {
    let client = Client::new().await.telling().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    client.told("1", |told| !told.texts.texts.is_empty()).await;
    let publisher = until("the publisher is done", async || {
        let health = client.get("/health").await.json();
        Some(health["publisher"].clone()).filter(|one| one["standing"] == "live")
    })
    .await;
    assert_eq!(publisher["name"], "energy-events");
    assert_eq!((&publisher["behind"], &publisher["worker"]), (&json!(0), &json!(true)));
}

#[tokio::test]
async fn failed_activations_are_listed_without_their_codes() {
    let client = Client::new().await;
    client.register("1").await;
    client.register("2").await;
    client.activate("1", "wrong-1").await;
    for _ in 0..5 {
        client.activate("2", "wrong-2").await;
    }
    let page = client.get("/failures").await.body;
    let place = |id: &str| page.find(&format!("<a href=\"/meters/{id}\">")).expect(id);
    assert!(place("2") < place("1"), "where most is tried comes first");
    assert!(page.contains("<td class=\"number\">5</td>"));
    assert!(!page.contains("wrong-") && !page.contains("542-484"));
}

#[tokio::test]
async fn a_rebuild_gives_equal_pages() {
    let client = Client::played().await;
    let pages = ["/api/meters", "/api/meters/87000001/weeks", "/api/totals", "/districts"];
    let mut before = vec![];
    for page in pages {
        before.push(client.get(page).await.body);
    }
    let names = ["meters", "weeks", "activated", "districts"];
    for name in names {
        let path = format!("/cockpit/views/{name}");
        let sent = fill(&client, &path, &format!("{path}/rebuild"), "").await;
        assert_eq!(sent.headers[header::LOCATION], path);
    }
    for name in names {
        until("the second generation is read", async || {
            let views = &client.projections.views;
            let live = views.read::<Generations>(name).await.expect("readable");
            (live.expect("it ran").document.live.number == 2).then_some(())
        })
        .await;
    }
    // Who has read the old generation lately looks again after a second.
    let again = client.reading_anew();
    for (page, before) in pages.into_iter().zip(before) {
        assert_eq!(again.get(page).await.body, before, "{page}");
    }
    assert!(client.get("/cockpit/views/weeks").await.body.contains("weeks@2"));
}

#[tokio::test]
async fn a_parked_view_is_shown_with_its_reason_and_built_again() {
    let client = Client::played().await;
    let (views, id) = (&client.projections.views, "weeks@1:87000001:2020-W18");
    let found = views.read::<ViewDocument<Value>>(id).await.expect("readable");
    let Stored { mut document, etag } = found.expect("it is there");
    let reason = "it did not fit".to_owned();
    document.parked = Some(Parked { reason, lease: "0".to_owned(), page: 1 });
    document.view = None;
    views.replace(id, &document, &etag).await.expect("nobody else writes");
    let path = "/cockpit/views/weeks/87000001%3A2020%2DW18";
    let list = client.get("/cockpit/views").await.body;
    assert!(list.contains(path) && list.contains("it did not fit"), "{list}");
    assert!(list.contains("parked 1"));
    let page = client.get(path).await.body;
    assert!(page.contains("Build this view again"));
    let sent = fill(&client, path, path, "").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = client.get(path).await.body;
    assert!(!page.contains("it did not fit"));
    assert_eq!(client.weeks("87000001").await[0], ("2020-W18".to_owned(), 552));
}
