//! Paths and headers that no client sends.

use reqwest::Method;

use crate::world::{CONTAINER, KEY, World};

#[tokio::test]
async fn huge_ids_and_names_in_paths_are_answered() {
    let world = World::start().await;
    let long = "x".repeat(50_000);
    for path in [
        format!("{CONTAINER}/docs/{long}"),
        format!("/dbs/{long}"),
        format!("/dbs/r/colls/{long}/docs"),
        format!("{CONTAINER}/sprocs/{long}"),
        format!("/{}", "a/".repeat(20_000)),
    ] {
        let answer = world.plain.send(Method::GET, &path, &[KEY], "").await;
        assert!(matches!(answer.status, 400 | 404), "{path:.40}: {answer:?}");
    }
    world.is_well().await;
}

#[tokio::test]
async fn paths_that_are_no_utf8_are_refused() {
    let world = World::start().await;
    for path in ["/dbs/%ff%fe", "/dbs/%", "/dbs/%2", "/dbs/r/colls/%00", "//", "/dbs//colls"] {
        let address = format!("{}{path}", world.server.endpoint().trim_end_matches('/'));
        let answer = reqwest::get(address).await.unwrap();
        assert!(matches!(answer.status().as_u16(), 400 | 401 | 404), "{path}: {answer:?}");
    }
    world.is_well().await;
}

#[tokio::test]
async fn unknown_headers_are_ignored() {
    let world = World::start().await;
    let names: Vec<String> = (0..60).map(|n| format!("x-ms-unknown-{n}")).collect();
    let mut headers: Vec<_> = names.iter().map(|name| (name.as_str(), "öäü \t;,")).collect();
    headers.push(KEY);
    headers.push(("x-ms-documentdb-populatequerymetrics", "maybe"));
    let made = world.post("/docs", &headers, r#"{"id":"a","pk":"p"}"#).await;
    assert_eq!(made.status, 201, "{made:?}");
    world.is_well().await;
}

#[tokio::test]
async fn known_headers_with_nonsense_in_them_are_refused_or_ignored() {
    const NONSENSE: [&str; 8] = ["", "ÿ", "-1", "99999999999999999999", "[[", "\"", "null", "{}"];
    let world = World::start().await;
    let long = "9".repeat(10_000);
    for name in [
        "x-ms-documentdb-partitionkey",
        "x-ms-max-item-count",
        "x-ms-continuation",
        "x-ms-session-token",
        "x-ms-documentdb-partitionkeyrangeid",
        "x-ms-start-epk",
        "x-ms-cosmos-intended-collection-rid",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "a-im",
        "x-ms-activity-id",
        "x-ms-version",
        "prefer",
        "content-type",
        "x-ms-consistency-level",
        "x-ms-documentdb-responsecontinuationtokenlimitinkb",
    ] {
        for value in NONSENSE.into_iter().chain([long.as_str()]) {
            let headers = [KEY, (name, value)];
            let headers = if name == KEY.0 { &headers[1..] } else { &headers[..] };
            let body = r#"{"id":"b","pk":"p"}"#;
            let made = world.post("/docs", headers, body).await;
            assert!(made.status < 500, "{name}: {value:.20}: {made:?}");
            for method in [Method::GET, Method::POST] {
                let path = format!("{CONTAINER}/docs");
                let answer = world.plain.send(method, &path, headers, "").await;
                assert!(answer.status < 500, "{name}: {value:.20}: {answer:?}");
            }
        }
    }
    world.is_well().await;
}
