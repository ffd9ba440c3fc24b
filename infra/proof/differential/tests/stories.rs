//! Single requests on both whose answers are known to be right or wrong by the documentation: statuses and
//! sub-statuses of items, preconditions, batches, patches, containers and feeds.

use differential::{Answer, Pair, Sent, compare};
use reqwest::Method;
use serde_json::{Value, json};

/// A request, told by what it tries.
struct Story {
    case: &'static str,
    sent: Sent,
}

fn told(case: &'static str, sent: Sent) -> Story {
    Story { case, sent }
}

/// Items are seen as status, sub-status, and, of a batch, the status of each operation.
fn seen(answer: &Answer) -> String {
    let mut seen = answer.status.to_string();
    if answer.sub_status != 0 {
        seen = format!("{seen}/{}", answer.sub_status);
    }
    if let Some(results) = answer.body.as_array() {
        let each = results.iter().map(|result| result["statusCode"].to_string());
        seen = format!("{seen} {}", each.collect::<Vec<_>>().join(" "));
    }
    let items = answer.documents.iter().map(|item| item["id"].as_str().unwrap_or_default());
    let items: Vec<&str> = items.collect();
    if answer.body.get("_count").is_some() { format!("{seen} {}", items.join(" ")) } else { seen }
}

const PK: &str = "p";

fn post(docs: &str, body: &Value) -> Sent {
    Sent::new(Method::POST, docs).in_partition(&json!(PK)).json(body)
}

fn upsert(docs: &str, body: &Value) -> Sent {
    post(docs, body).with("x-ms-documentdb-is-upsert", "True")
}

fn item(method: Method, docs: &str, id: &str) -> Sent {
    Sent::new(method, format!("{docs}/{id}")).in_partition(&json!(PK))
}

fn batch(docs: &str, operations: &Value) -> Sent {
    post(docs, operations)
        .with("x-ms-cosmos-is-batch-request", "True")
        .with("x-ms-cosmos-batch-atomic", "True")
        .with("x-ms-cosmos-batch-continue-on-error", "False")
}

fn patch(docs: &str, id: &str, operations: &Value) -> Sent {
    item(Method::PATCH, docs, id).json(&json!({ "operations": operations }))
}

fn doc(id: &str) -> Value {
    json!({"id": id, "pk": PK, "n": 1, "list": [1, 2, 3], "token": id})
}

fn items(docs: &str) -> Vec<Story> {
    let replace = |id: &str, body: &Value| item(Method::PUT, docs, id).json(body);
    let long = "x".repeat(1024);
    vec![
        told("create", post(docs, &doc("a"))),
        told("read feed", Sent::new(Method::GET, docs).in_partition(&json!(PK))),
        told("create: the id exists", post(docs, &doc("a"))),
        told(
            "create: the unique key exists",
            post(docs, &json!({"id": "u", "pk": PK, "token": "a"})),
        ),
        told("create: without an id", post(docs, &json!({"pk": PK}))),
        told("create: an empty id", post(docs, &json!({"id": "", "pk": PK}))),
        told("create: a number as id", post(docs, &json!({"id": 1, "pk": PK}))),
        told("create: an id with a slash", post(docs, &json!({"id": "a/b", "pk": PK}))),
        told("create: an id of 1,024 bytes", post(docs, &json!({"id": long, "pk": PK}))),
        told("create: another key in the body", post(docs, &json!({"id": "k", "pk": "q"}))),
        told("create: no key in the body", post(docs, &json!({"id": "k"}))),
        told("create: no key in the header", Sent::new(Method::POST, docs).json(&doc("k"))),
        told("create: a list", post(docs, &json!([1]))),
        told("create: 3 MB", post(docs, &json!({"id": "l", "pk": PK, "x": "x".repeat(3 << 20)}))),
        told("upsert: new", upsert(docs, &doc("b"))),
        told("upsert: existing", upsert(docs, &doc("b"))),
        told(
            "upsert: new, with a stale If-Match",
            upsert(docs, &doc("c")).with("if-match", "\"x\""),
        ),
        told(
            "upsert: existing, with a stale If-Match",
            upsert(docs, &doc("b")).with("if-match", "\"x\""),
        ),
        told("upsert: existing, with If-Match *", upsert(docs, &doc("b")).with("if-match", "*")),
        told(
            "upsert: existing, with If-None-Match *",
            upsert(docs, &doc("b")).with("if-none-match", "*"),
        ),
        told("replace", replace("a", &doc("a"))),
        told("replace: absent", replace("none", &doc("none"))),
        told("replace: stale", replace("a", &doc("a")).with("if-match", "\"x\"")),
        told("replace: If-Match *", replace("a", &doc("a")).with("if-match", "*")),
        told("replace: absent and stale", replace("none", &doc("none")).with("if-match", "\"x\"")),
        told(
            "replace: the unique key of another",
            replace("a", &json!({"id": "a", "pk": PK, "token": "b"})),
        ),
        told("replace: another key", replace("a", &json!({"id": "a", "pk": "q"}))),
        told("read", item(Method::GET, docs, "b")),
        told("read: absent", item(Method::GET, docs, "none")),
        told("read: If-None-Match *", item(Method::GET, docs, "b").with("if-none-match", "*")),
        told(
            "read: If-None-Match of another version",
            item(Method::GET, docs, "b").with("if-none-match", "\"x\""),
        ),
        told("read: without a key", Sent::new(Method::GET, format!("{docs}/b"))),
        told(
            "read: with another key",
            Sent::new(Method::GET, format!("{docs}/b")).in_partition(&json!("q")),
        ),
        told("delete: stale", item(Method::DELETE, docs, "b").with("if-match", "\"x\"")),
        told("delete", item(Method::DELETE, docs, "b")),
        told("delete: absent", item(Method::DELETE, docs, "b")),
        told("create: after a delete", post(docs, &doc("b"))),
        told("replace: another id", replace("c", &doc("renamed"))),
    ]
}

fn batches(docs: &str) -> Vec<Story> {
    let create = |id: &str| json!({"operationType": "Create", "resourceBody": doc(id)});
    let read = |id: &str| json!({"operationType": "Read", "id": id});
    let delete = |id: &str| json!({"operationType": "Delete", "id": id});
    let replace = |id: &str, etag: &str| json!({"operationType": "Replace", "id": id, "resourceBody": doc(id), "ifMatch": etag});
    let upsert = |id: &str| json!({"operationType": "Upsert", "resourceBody": doc(id)});
    let foreign = json!({"operationType": "Create", "resourceBody": {"id": "f", "pk": "q"}});
    let set = json!({"operations": [{"op": "set", "path": "/n", "value": 2}]});
    let patched = json!({"operationType": "Patch", "id": "b1", "resourceBody": set});
    let many = |count: usize| Value::from(vec![read("b1"); count]);
    vec![
        told("batch: two creates", batch(docs, &json!([create("b1"), create("b2")]))),
        told(
            "batch: every operation",
            batch(
                docs,
                &json!([create("b3"), upsert("b3"), read("b3"), replace("b3", "*"), delete("b3")]),
            ),
        ),
        told(
            "batch: the last conflicts",
            batch(docs, &json!([create("b4"), create("b5"), create("b1")])),
        ),
        told("batch: the first conflicts", batch(docs, &json!([create("b1"), create("b6")]))),
        told("batch: what was rolled back is absent", item(Method::GET, docs, "b4")),
        told("batch: a stale replace", batch(docs, &json!([create("b7"), replace("b1", "\"x\"")]))),
        told("batch: an absent read", batch(docs, &json!([read("none"), create("b8")]))),
        told("batch: an absent delete", batch(docs, &json!([create("b9"), delete("none")]))),
        told(
            "batch: create and delete the same",
            batch(docs, &json!([create("b10"), delete("b10")])),
        ),
        told("batch: create the same twice", batch(docs, &json!([create("b11"), create("b11")]))),
        told(
            "batch: a unique key twice",
            batch(
                docs,
                &json!([
                    create("b12"), {"operationType": "Create", "resourceBody": {"id": "b13", "pk": PK, "token": "b12"}}
                ]),
            ),
        ),
        told("batch: a foreign key", batch(docs, &json!([create("b14"), foreign]))),
        told("batch: a patch", batch(docs, &json!([patched]))),
        told(
            "batch: an unknown operation",
            batch(docs, &json!([{"operationType": "Rename", "id": "b1"}])),
        ),
        told("batch: none", batch(docs, &json!([]))),
        told("batch: a hundred", batch(docs, &many(100))),
        told("batch: a hundred and one", batch(docs, &many(101))),
        told("batch: an object", batch(docs, &json!({}))),
        told(
            "batch: no key",
            Sent::new(Method::POST, docs)
                .with("x-ms-cosmos-is-batch-request", "True")
                .with("x-ms-cosmos-batch-atomic", "True")
                .json(&json!([create("b15")])),
        ),
    ]
}

fn patches(docs: &str) -> Vec<Story> {
    let to = |operations: Value| patch(docs, "p1", &operations);
    vec![
        told("patch: the item", post(docs, &doc("p1"))),
        told("patch: set", to(json!([{"op": "set", "path": "/n", "value": 2}]))),
        told("patch: add a field", to(json!([{"op": "add", "path": "/m", "value": {"a": 1}}]))),
        told("patch: add into a list", to(json!([{"op": "add", "path": "/list/1", "value": 9}]))),
        told("patch: add to the end", to(json!([{"op": "add", "path": "/list/-", "value": 9}]))),
        told("patch: add beyond the end", to(json!([{"op": "add", "path": "/list/99", "value": 9}]))),
        told("patch: replace", to(json!([{"op": "replace", "path": "/m", "value": 1}]))),
        told("patch: replace what is absent", to(json!([{"op": "replace", "path": "/none", "value": 1}]))),
        told("patch: remove", to(json!([{"op": "remove", "path": "/m"}]))),
        told("patch: remove what is absent", to(json!([{"op": "remove", "path": "/m"}]))),
        told("patch: increment", to(json!([{"op": "incr", "path": "/n", "value": 3}]))),
        told("patch: increment what is absent", to(json!([{"op": "incr", "path": "/count", "value": 3}]))),
        told("patch: increment a text", to(json!([{"op": "incr", "path": "/token", "value": 3}]))),
        told("patch: set below what is absent", to(json!([{"op": "set", "path": "/x/y", "value": 3}]))),
        told("patch: the id", to(json!([{"op": "set", "path": "/id", "value": "q"}]))),
        told("patch: the key", to(json!([{"op": "set", "path": "/pk", "value": "q"}]))),
        told("patch: move", to(json!([{"op": "move", "from": "/n", "path": "/moved"}]))),
        told("patch: eleven operations", to(json!(vec![json!({"op": "set", "path": "/n", "value": 1}); 11]))),
        told("patch: none", to(json!([]))),
        told("patch: an unknown operation", to(json!([{"op": "test", "path": "/n", "value": 1}]))),
        told("patch: absent", patch(docs, "none", &json!([{"op": "set", "path": "/n", "value": 2}]))),
        told("patch: stale", to(json!([{"op": "set", "path": "/n", "value": 2}])).with("if-match", "\"x\"")),
        told("patch: a condition that does not hold", item(Method::PATCH, docs, "p1").json(&json!({
            "condition": "from c where c.n = 99", "operations": [{"op": "set", "path": "/n", "value": 2}]
        }))),
        told("patch: a list", item(Method::PATCH, docs, "p1").json(&json!([{"op": "set", "path": "/n", "value": 2}]))),
    ]
}

fn resources(docs: &str) -> Vec<Story> {
    let get = |path: &str| Sent::new(Method::GET, path);
    let post = |path: &str, body: Value| Sent::new(Method::POST, path).json(&body);
    let keyed = |id: &str, paths: Value| json!({"id": id, "partitionKey": {"paths": paths, "kind": "MultiHash", "version": 2}});
    let colls = docs.trim_end_matches("/stories/docs");
    let container = docs.trim_end_matches("/docs");
    vec![
        told("database: exists", post("/dbs", json!({"id": Pair::DATABASE}))),
        told("database: absent", get("/dbs/none")),
        told("database: without an id", post("/dbs", json!({}))),
        told("container: of an absent database", get("/dbs/none/colls/none")),
        told("container: absent", get(&format!("{colls}/none"))),
        told("container: without a key", post(colls, json!({"id": "keyless"}))),
        told(
            "container: exists",
            post(colls, json!({"id": "stories", "partitionKey": {"paths": ["/pk"]}})),
        ),
        told("container: four levels", post(colls, keyed("four", json!(["/a", "/b", "/c", "/d"])))),
        told(
            "container: an unknown indexing path is kept",
            post(
                colls,
                json!({
                    "id": "indexed", "partitionKey": {"paths": ["/pk"]}, "indexingPolicy": {"includedPaths": [{"path": "/a/?"}]}
                }),
            ),
        ),
        told("container: delete", Sent::new(Method::DELETE, format!("{colls}/indexed"))),
        told("container: delete again", Sent::new(Method::DELETE, format!("{colls}/indexed"))),
        told(
            "item: of an absent container",
            get(&format!("{colls}/none/docs/a")).in_partition(&json!(PK)),
        ),
        told(
            "item: to an absent container",
            post(&format!("{colls}/none/docs"), doc("a")).in_partition(&json!(PK)),
        ),
        told("ranges: of an absent container", get(&format!("{colls}/none/pkranges"))),
        told(
            "query: of a range that is gone",
            Sent::new(Method::POST, docs)
                .query("SELECT * FROM c")
                .with("x-ms-documentdb-partitionkeyrangeid", "99"),
        ),
        told(
            "query: a session that is ahead",
            Sent::new(Method::POST, docs)
                .query("SELECT * FROM c")
                .in_partition(&json!(PK))
                .with("x-ms-session-token", "0:-1#99999,1:-1#99999,2:-1#99999,3:-1#99999"),
        ),
        told(
            "feed: everything from now",
            get(docs)
                .in_partition(&json!(PK))
                .with("a-im", "Incremental Feed")
                .with("if-none-match", "*"),
        ),
        told(
            "feed: all versions from the beginning",
            get(docs).in_partition(&json!(PK)).with("a-im", "Full-Fidelity Feed"),
        ),
        told(
            "feed: a token of somebody else",
            get(docs)
                .in_partition(&json!(PK))
                .with("a-im", "Incremental Feed")
                .with("if-none-match", "\"foreign\""),
        ),
        told(
            "another container's rid is meant",
            get(&format!("{docs}/a"))
                .in_partition(&json!(PK))
                .with("x-ms-cosmos-intended-collection-rid", "AAAAAAAAAAA="),
        ),
        told("scripts: list", get(&format!("{container}/sprocs"))),
        told("triggers: list", get(&format!("{container}/triggers"))),
        told("functions: list", get(&format!("{container}/udfs"))),
        told("an unknown path", get("/nowhere")),
        told("an unknown method", Sent::new(Method::PUT, docs)),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_alike() {
    let pair = Pair::start().await;
    let unique = json!({"uniqueKeys": [{"paths": ["/token"]}]});
    let docs = pair.container(json!({ "id": "stories", "uniqueKeyPolicy": unique })).await;
    let mut all = Vec::new();
    let stories = [items(&docs), batches(&docs), patches(&docs), resources(&docs)];
    for Story { case, sent } in stories.into_iter().flatten() {
        all.push((case.to_owned(), pair.send(&sent).await.each_ref().map(seen)));
    }
    compare("stories", &all);
}
