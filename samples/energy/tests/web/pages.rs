//! The pages, without a script.

use axum::body::Body;
use axum::http::{Method, header};
use daybook::aggregates::readings::Day;
use energy::delivery::to_csv;
use time::macros::date;

use super::client::{Answer, Client, request};

/// Loads a page, fills in its form and sends it, as a browser does.
pub async fn fill(client: &Client, page: &str, action: &str, fields: &str) -> Answer {
    let loaded = client.get(page).await;
    let cookie = loaded.headers[header::SET_COOKIE].to_str().expect("a text").to_owned();
    let (cookie, _) = cookie.split_once(';').expect("attributes");
    let (_, token) = cookie.split_once('=').expect("a value");
    let request = request(Method::POST, action)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "http://localhost:3000")
        .header(header::COOKIE, cookie);
    let body = Body::from(format!("csrf={token}&{fields}"));
    client.send(request.body(body).expect("a request")).await
}

const METER: &str = "meter_id=1&postal_code=1000+AA&house_number=25&activation_code=542-484";

#[tokio::test]
async fn an_empty_store_says_what_to_do() {
    let page = Client::new().await.get("/").await;
    assert!(page.body.contains("There are no meters yet. Register the first one"));
    assert_eq!(page.body.matches("<h1").count(), 1);
}

#[tokio::test]
async fn many_meters_are_turned_page_by_page() {
    let client = Client::new().await;
    for meter in 10..35 {
        client.register(&meter.to_string()).await;
    }
    let first = client.get("/").await.body;
    assert_eq!(first.matches("<th scope=\"row\">").count(), 20);
    let (_, next) = first.split_once("<a href=\"/?after=").expect("there are more");
    let (next, _) = next.split_once('"').expect("an address");
    let second = client.get(&format!("/?after={next}")).await.body;
    assert_eq!(second.matches("<th scope=\"row\">").count(), 5);
    assert!(second.contains("href=\"/meters/34\"") && !second.contains("href=\"/meters/29\""));
    assert!(second.contains("<b>25</b> registered"), "the totals are of all");
}

#[tokio::test]
async fn the_totals_stand_on_the_page_as_chart_and_as_table() {
    let client = Client::played().await;
    let first = client.get("/meters/87000001").await.body;
    let second = client.get("/meters/87000002").await.body;
    for (page, totals) in [(first, [552, 940, 936]), (second, [408, 940, 540])] {
        for (week, total) in ["2020-W18", "2020-W19", "2020-W20"].into_iter().zip(totals) {
            assert!(page.contains(&format!("<title>{week}: {total} units</title>")), "{week}");
            assert!(page.contains(&format!("<td class=\"number\">{total}</td>")), "{week}");
        }
    }
}

#[tokio::test]
async fn the_past_is_shown_as_the_past() {
    let client = Client::played().await;
    let page = client.get("/meters/87000001?version=2").await.body;
    assert!(page.contains("<strong>You see the past</strong>"));
    assert!(page.contains("No readings yet at this time"));
    assert_eq!(client.get("/meters/87000001?version=21").await.status, 404);
}

#[tokio::test]
async fn a_form_leads_to_a_page_that_can_be_loaded_again() {
    let client = Client::new().await;
    let sent = fill(&client, "/", "/meters", METER).await;
    assert_eq!(sent.status, 303);
    assert_eq!(sent.headers[header::LOCATION], "/meters/1?done=registered");
    let wrong = fill(&client, "/meters/1", "/meters/1/activation", "activation_code=0").await;
    assert_eq!(wrong.headers[header::LOCATION], "/meters/1?done=wrong-code");
    let page = client.get("/meters/1?done=wrong-code").await.body;
    assert!(page.contains("The attempt is recorded"));
}

#[tokio::test]
async fn a_form_sent_twice_is_one_command() {
    let client = Client::new().await;
    client.register("1").await;
    for _ in 0..2 {
        let fields = "activation_code=0&command_id=form-1";
        let sent = fill(&client, "/meters/1", "/meters/1/activation", fields).await;
        assert_eq!(sent.headers[header::LOCATION], "/meters/1?done=wrong-code");
    }
    assert_eq!(client.kinds("meter:1").await.len(), 2);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed() {
    let client = Client::new().await;
    let fields = METER.replace("1000+AA", "").replace("25", "%3Cb%3E");
    let page = fill(&client, "/", "/meters", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("postal_code must not be empty"));
    assert!(page.body.contains("value=\"&#60;b&#62;\""), "what was typed is kept as text");
    assert_eq!(client.listed().await, [""; 0]);
}

#[tokio::test]
async fn a_day_is_corrected_with_the_form_that_imports_it() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    let day = date!(2020 - 05 - 01);
    client.import("1", day).await;
    let zeros = to_csv(&Day::new(day, vec![0; 96]).expect("96 readings"));
    let csv = zeros.replace('\n', "%0A");
    let import = async |correct: &str| {
        let fields = format!("date=2020-05-01&csv={csv}{correct}");
        fill(&client, "/meters/1", "/meters/1/readings", &fields).await
    };
    let refused = import("").await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("if these are right, send a correction"));
    let sent = import("&correct=yes").await;
    assert_eq!(sent.headers[header::LOCATION], "/meters/1?done=corrected");
    let page = client.get("/meters/1").await.body;
    assert!(page.contains("2020-05-01, 0 units instead of 124"));
    assert!(page.contains("<dt>District</dt><dd>10</dd>"));
}

#[tokio::test]
async fn a_form_without_our_token_is_refused() {
    let client = Client::new().await;
    let form = "application/x-www-form-urlencoded";
    let sent = client.with(Method::POST, "/meters", form, METER.to_owned()).await;
    assert_eq!(sent.status, 403);
    assert!(sent.headers[header::CONTENT_TYPE].to_str().expect("a text").starts_with("text/html"));
    assert!(client.kinds("meter:1").await.is_empty());
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused() {
    let client = Client::new().await;
    let send = async |host: &str, origin: &str| {
        let request = axum::http::Request::delete("/api/meters/1")
            .header(header::HOST, host)
            .header(header::ORIGIN, origin);
        client.send(request.body(Body::empty()).expect("a request")).await.status.as_u16()
    };
    assert_eq!(send("localhost:3000", "http://localhost:3000").await, 404);
    assert_eq!(send("[::1]:3000", "http://[::1]:3000").await, 404);
    assert_eq!(send("evil.example:3000", "http://evil.example:3000").await, 421);
    assert_eq!(send("localhost:3000", "http://localhost:4000").await, 403);
    assert_eq!(send("localhost:3000", "null").await, 403);
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_a_page() {
    let client = Client::new().await;
    for path in [
        "/nothing",
        "/meters/1",
        "/cockpit/streams/meter:1",
        "/meters/a_b",
        "/cockpit/streams/a/b",
        "/cockpit/nothing",
    ] {
        let page = client.get(path).await;
        assert!(page.status.is_client_error(), "{path}");
        assert!(page.body.starts_with("<!doctype html>"), "{path}");
    }
}

#[tokio::test]
async fn assets_fit_their_budget() {
    let client = Client::new().await;
    assert!(client.get("/cockpit/assets/daybook.css").await.body.len() < 12 * 1024);
    assert!(client.get("/cockpit/assets/daybook.js").await.body.len() < 6 * 1024);
}
