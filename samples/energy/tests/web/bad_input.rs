//! What cannot be taken is refused with the name of the field, and nothing is stored.

use axum::http::Method;
use daybook::aggregates::readings::Day;
use energy::delivery::to_csv;
use serde_json::{Value, json};
use time::macros::date;

use super::client::Client;

const READINGS: &str = "/api/meters/1/readings/2020-05-01";

async fn active() -> Client {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    client
}

/// Sends readings and expects a refusal that stores nothing.
async fn refused(path: &str, kind: &str, body: String) -> (u16, String) {
    let client = active().await;
    let problem = client.with(Method::PUT, path, kind, body).await.problem();
    assert_eq!(client.kinds("meter:1").await.len(), 2);
    problem
}

fn problem(status: u16, field: &str) -> (u16, String) {
    (status, field.to_owned())
}

#[tokio::test]
async fn a_registration_names_every_field_that_is_wrong() {
    let client = Client::new().await;
    let good = json!({
        "meter_id": "1", "postal_code": "1000 AA", "house_number": "25", "activation_code": "1",
    });
    let long = "x".repeat(65);
    let wrong = [
        ("meter_id", json!("a/b")),
        ("meter_id", json!(long)),
        ("meter_id", json!("")),
        ("postal_code", json!("  ")),
        ("postal_code", json!(7)),
        ("house_number", json!(long)),
        ("house_number", Value::Null),
        ("activation_code", json!("a\u{0}b")),
    ];
    for (field, value) in wrong {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(client.post("/api/meters", &body).await.problem(), problem(422, field));
    }
    let nothing = client.post("/api/meters", &json!({})).await;
    assert_eq!(nothing.problem(), problem(422, "meter_id"));
    assert_eq!(nothing.json()["errors"].as_array().map(Vec::len), Some(4));
    assert_eq!(client.listed().await, [""; 0]);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let client = Client::new().await;
    let send = async |kind: &'static str, body: &'static str| {
        client.with(Method::POST, "/api/meters", kind, body.to_owned()).await.problem()
    };
    assert_eq!(send("application/json", "{").await, problem(400, ""));
    assert_eq!(send("application/json", "").await, problem(400, ""));
    assert_eq!(send("application/json", "[]").await, problem(400, ""));
    assert_eq!(send("application/json", "{\"meter_id\": 1e999}").await, problem(400, ""));
    assert_eq!(send("text/plain", "{}").await, problem(415, "Content-Type"));
    let huge = format!("\"{}\"", "x".repeat(3 * 1024 * 1024));
    let answer = client.with(Method::POST, "/api/meters", "application/json", huge).await;
    assert_eq!(answer.problem(), problem(413, ""));
}

#[tokio::test]
async fn days_that_do_not_exist_are_refused() {
    let csv = to_csv(&Day::example(date!(2020 - 05 - 01)));
    for day in ["2020-02-30", "yesterday", "2020-5-1", "20200501", "99999-01-01", "9999-12-31"] {
        let path = format!("/api/meters/1/readings/{day}");
        assert_eq!(refused(&path, "text/csv", csv.clone()).await, problem(400, "date"), "{day}");
    }
}

#[tokio::test]
async fn readings_must_be_96_and_whole() {
    let json = "application/json";
    for count in [0, 95, 97] {
        let values = json!(vec![1; count]).to_string();
        assert_eq!(refused(READINGS, json, values).await, problem(422, "readings"));
    }
    for bad in [json!(-1), json!(1.5), json!("1"), json!(9_007_199_254_740_993_u64), Value::Null] {
        let mut values = vec![json!(1); 96];
        values[7] = bad;
        let values = Value::from(values).to_string();
        assert_eq!(refused(READINGS, json, values).await, problem(422, "readings[7]"));
    }
    assert_eq!(refused(READINGS, json, "{}".to_owned()).await, problem(422, "readings"));
    assert_eq!(refused(READINGS, json, "[1,".to_owned()).await, problem(400, ""));
    assert_eq!(refused(READINGS, "text/plain", "1".to_owned()).await, problem(415, "Content-Type"));
}

#[tokio::test]
async fn a_file_must_fit_its_day() {
    let csv = to_csv(&Day::example(date!(2020 - 05 - 01)));
    let rows = csv.trim_end().rsplit_once('\n').expect("rows").0.to_owned();
    assert_eq!(refused(READINGS, "text/csv", rows).await, problem(422, "readings"));
    let other_day = to_csv(&Day::example(date!(2020 - 05 - 02)));
    assert_eq!(refused(READINGS, "text/csv", other_day).await, problem(422, "timestamp"));
    let too_large = csv.replacen(",1\n", ",9007199254740993\n", 1);
    assert_eq!(refused(READINGS, "text/csv", too_large).await, problem(422, "value"));
    let no_header = csv.replacen("timestamp,value\n", "", 1);
    assert_eq!(refused(READINGS, "text/csv", no_header).await, problem(422, "line 1"));
    let three_columns = csv.replacen(",1\n", ",1,1\n", 1);
    assert!(refused(READINGS, "text/csv", three_columns).await.1.starts_with("line "));
}

#[tokio::test]
async fn readings_wait_for_the_activation() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(client.import("1", date!(2020 - 05 - 01)).await.problem().0, 422);
    assert_eq!(client.kinds("meter:1").await.len(), 1);
}

#[tokio::test]
async fn a_stream_s_name_must_be_one() {
    let client = Client::new().await;
    let long = format!("meter:{}", "x".repeat(195));
    for stream in ["meter:a/b", "meter:a%2Fb", "meter:a%5Cb", "meter:%23", "meter", ":1", &long] {
        let answer = client.get(&format!("/api/streams/{stream}")).await;
        assert_eq!(answer.problem(), problem(400, "stream"), "{stream}");
    }
    assert_eq!(client.get("/api/streams/meter:%FF").await.problem().0, 400);
    assert_eq!(client.get("/api/streams/meter:1").await.problem().0, 404);
    assert_eq!(client.get("/api/streams/meter:1?limit=x").await.problem(), problem(400, "limit"));
}

#[tokio::test]
async fn a_moment_that_never_was_is_not_found() {
    let client = active().await;
    let get =
        async |query: &'static str| client.get(&format!("/api/meters/1?{query}")).await.problem();
    assert_eq!(get("version=3").await, problem(404, "version"));
    assert_eq!(get("at=2001-01-01").await, problem(404, "at"));
    assert_eq!(get("version=0").await, problem(400, "version"));
    assert_eq!(get("version=two").await, problem(400, "version"));
    assert_eq!(get("version=99999999999999999999").await, problem(400, "version"));
    assert_eq!(get("at=then").await, problem(400, "at"));
    assert_eq!(get("version=1&at=2020-01-01").await, problem(400, "at"));
    assert_eq!(get("version=1&version=2").await, problem(400, ""));
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist_are_problems_too() {
    let client = Client::new().await;
    assert_eq!(client.get("/api/nothing").await.problem().0, 404);
    assert_eq!(client.get("/api/meters/a_b").await.problem(), problem(400, "meter_id"));
    let wrong = client.delete("/api/meters").await;
    assert_eq!(wrong.problem().0, 405);
    assert_eq!(wrong.headers["allow"], "GET,HEAD,POST");
}
