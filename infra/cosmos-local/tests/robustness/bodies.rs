//! Bodies too large, too deep or not text.

use futures::stream;
use reqwest::{Body, Method};
use serde_json::{Value, json};

use crate::world::{CONTAINER, KEY, World};

const QUERY: (&str, &str) = ("content-type", "application/query+json");
const BATCH: [(&str, &str); 3] =
    [KEY, ("x-ms-cosmos-is-batch-request", "True"), ("x-ms-cosmos-batch-atomic", "True")];

/// A JSON text with a value nested 1,000 deep.
fn deep(open: &str, close: &str) -> String {
    open.repeat(1_000) + "1" + &close.repeat(1_000)
}

#[tokio::test]
async fn what_is_nested_a_thousand_deep_is_refused_wherever_it_stands() {
    let world = World::start().await;
    for value in [deep("[", "]"), deep(r#"{"a":"#, "}")] {
        let item = format!(r#"{{"id":"deep","pk":"p","v":{value}}}"#);
        let batch = format!(r#"[{{"operationType":"Create","resourceBody":{item}}}]"#);
        let query = format!(
            r#"{{"query":"SELECT * FROM c WHERE c.v = @v","parameters":[{{"name":"@v","value":{value}}}]}}"#
        );
        let patch = format!(r#"{{"operations":[{{"op":"set","path":"/v","value":{value}}}]}}"#);
        assert_eq!(world.post("/docs", &[KEY], item.clone()).await.status, 400);
        assert_eq!(world.post("/docs", &BATCH, batch).await.status, 400);
        assert_eq!(world.post("/docs", &[KEY, QUERY], query).await.status, 400);
        let item_path = format!("{CONTAINER}/docs/well");
        let patched = world.plain.send(Method::PATCH, &item_path, &[KEY], patch).await;
        assert_eq!(patched.status, 400, "{patched:?}");
        let made = world.plain.send(Method::POST, "/dbs", &[], item).await;
        assert_eq!(made.status, 400, "{made:?}");
        world.is_well().await;
    }
}

#[tokio::test]
async fn a_query_nested_a_thousand_deep_is_refused() {
    let world = World::start().await;
    let nested = [
        deep("(", ")"),
        deep("[", "]"),
        deep(r#"{"a": "#, "}"),
        deep("NOT (", ")"),
        deep("ABS(", ")"),
        deep("(SELECT VALUE ", ")"),
        deep("ARRAY(SELECT VALUE ", ")"),
        "c.n = 1 AND ".repeat(1_000) + "true",
        "- ".repeat(100_000) + "1",
        "c".to_owned() + &"[0]".repeat(100_000),
        "1 ? 2 : ".repeat(1_000) + "3",
    ];
    for expression in nested {
        let text = format!("SELECT VALUE {expression} FROM c");
        let query = json!({ "query": text }).to_string();
        let answer = world.post("/docs", &[KEY, QUERY], query).await;
        assert!(matches!(answer.status, 200 | 400), "{expression:.60}: {answer:?}");
        world.is_well().await;
    }
}

#[tokio::test]
async fn what_a_procedure_makes_too_deep_is_refused() {
    let world = World::start().await;
    let body = "function (depth) {
        let value = 1;
        for (let n = 0; n < depth; n++) value = [value];
        const collection = getContext().getCollection();
        collection.createDocument(collection.getSelfLink(), { id: 'made', pk: 'p', value });
        getContext().getResponse().setBody(value);
    }";
    let made = world.post("/sprocs", &[], json!({"id": "deep", "body": body}).to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    for depth in ["1000", "100000"] {
        let answer = world.post("/sprocs/deep", &[KEY], format!("[{depth}]")).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        world.is_well().await;
    }
    let answer = world.post("/sprocs/deep", &[KEY], deep("[", "]")).await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn bodies_that_are_not_text_are_refused() {
    let world = World::start().await;
    let cases: [&[u8]; 6] = [
        b"\xff\xfe\xfd",
        b"{\"id\":\"\xc3\x28\",\"pk\":\"p\"}",
        b"{\"id\":\"\xed\xa0\x80\",\"pk\":\"p\"}",
        b"{\"id\":\"\\ud800\",\"pk\":\"p\"}",
        b"\x00",
        b"\x80",
    ];
    for body in cases {
        for (path, headers) in
            [("/docs", vec![KEY]), ("/docs", BATCH.to_vec()), ("/docs", vec![KEY, QUERY])]
        {
            let answer = world.post(path, &headers, body.to_vec()).await;
            assert_eq!(answer.status, 400, "{body:?}: {answer:?}");
        }
        assert_eq!(world.post("/sprocs", &[], body.to_vec()).await.status, 400);
    }
    world.is_well().await;
}

#[tokio::test]
async fn a_body_without_an_end_is_413() {
    let world = World::start().await;
    // Four times as much as the server reads on, without a length announced.
    let chunks = (0..128).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
    let (path, body) = (format!("{CONTAINER}/docs"), Body::wrap_stream(stream::iter(chunks)));
    let sent = world.plain.try_send(Method::POST, &path, &[KEY], body);
    let sent = tokio::time::timeout(crate::world::PATIENCE, sent).await.expect("it hangs");
    // The server may close before a client that is still sending has read the answer.
    if let Ok(answer) = sent {
        assert_eq!(answer.status, 413, "{answer:?}");
    }
    world.is_well().await;
}

#[tokio::test]
async fn huge_values_are_refused_or_stored_whole() {
    let world = World::start().await;
    let million = "x".repeat(1 << 20);
    let create = async |body: Value| world.post("/docs", &[KEY], body.to_string()).await;
    assert_eq!(create(json!({"id": million, "pk": "p"})).await.status, 400);
    assert_eq!(create(json!({"id": "a", "pk": million})).await.status, 400);
    let wide: Value = (0..100_000).map(|n| (format!("f{n}"), json!(n))).collect();
    assert_eq!(create(json!({"id": "wide", "pk": "p", "wide": wide})).await.status, 201);
    let names = json!({"id": "name", "pk": "p", &*million: 1});
    assert_eq!(create(names).await.status, 201);
    let number = r#"{"id":"n","pk":"p","n":1e999}"#;
    assert_eq!(world.post("/docs", &[KEY], number).await.status, 400);
    let digits = format!(r#"{{"id":"n","pk":"p","n":{}}}"#, "9".repeat(1 << 20));
    assert_eq!(world.post("/docs", &[KEY], digits).await.status, 400);
    let all = json!({"query": "SELECT * FROM c"}).to_string();
    let found = world.post("/docs", &[KEY, QUERY], all).await;
    assert_eq!(found.status, 200);
    world.is_well().await;
}
