//! A catalogue of queries on both: what each finds in one partition and over the container, and how it is planned.

use differential::{Answer, Pair, Sent, compare};
use reqwest::Method;
use serde_json::{Value, json};

const CATALOGUE: &str = include_str!("queries.sql");

const NAMES: [&str; 6] = ["anna", "ben", "carla", "dave", "eve", "100%"];

/// Documents with a bit of everything.
fn document(n: u32) -> Value {
    let mixed = [json!(null), json!(n), json!("text"), json!(true), json!([n]), json!({ "n": n })];
    let place = n as usize % mixed.len();
    let mut document = json!({
        "id": format!("i{n}"), "pk": format!("p{}", n % 3), "n": n,
        "kind": if n.is_multiple_of(2) { "even" } else { "odd" },
        "flag": n.is_multiple_of(3), "name": NAMES[place], "half": f64::from(n) / 2.0 - 2.0,
        "signed": i64::from(n) - 5, "tags": [format!("t{}", n % 3), format!("t{}", n % 2)],
        "mixed": mixed[place],
    });
    if n % 4 == 3 {
        document["nested"] = json!({"deep": n, "list": [n, n + 1]});
    }
    if n.is_multiple_of(5) {
        document["sparse"] = json!(n);
    }
    document
}

async fn filled(pair: &Pair) -> String {
    let docs = pair.container(json!({ "id": "queries" })).await;
    for document in (0..12).map(document) {
        let create = Sent::new(Method::POST, &docs).in_partition(&document["pk"]);
        for answer in pair.send(&create.json(&document)).await {
            assert_eq!(answer.status, 201, "{answer:?}");
        }
    }
    docs
}

fn catalogue() -> impl Iterator<Item = &'static str> {
    CATALOGUE.lines().filter(|line| !line.is_empty() && !line.starts_with("--"))
}

async fn told(pair: &Pair, scope: &str, sent: impl Fn(&str) -> Sent) -> Vec<(String, [String; 2])> {
    let mut told = Vec::new();
    for text in catalogue() {
        let ordered = text.contains("ORDER BY");
        let answers = pair.all(&sent(text)).await;
        told.push((
            format!("{scope}: {text}"),
            answers.each_ref().map(|answer| answer.found(ordered)),
        ));
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_find_the_same_in_a_partition_and_over_the_container() {
    let pair = Pair::start().await;
    let docs = filled(&pair).await;
    let query = |text: &str| Sent::new(Method::POST, &docs).query(text);
    let mut all = told(&pair, "partition", |text| query(text).in_partition(&json!("p0"))).await;
    all.extend(told(&pair, "container", query).await);
    compare("queries", &all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_are_found_in_pages_of_the_same_size() {
    let pair = Pair::start().await;
    let docs = filled(&pair).await;
    for (text, size) in [
        ("SELECT * FROM c WHERE c.n > 1", "2"),
        ("SELECT c.id FROM c ORDER BY c.n", "3"),
        ("SELECT TOP 3 c.id FROM c", "2"),
        ("SELECT c.id FROM c ORDER BY c.n OFFSET 1 LIMIT 2", "1"),
    ] {
        let first = Sent::new(Method::POST, &docs).query(text).in_partition(&json!("p1"));
        let first = first.with("x-ms-max-item-count", size);
        let [ours, theirs] = pair.send(&first).await;
        assert_eq!(ours.documents.len(), theirs.documents.len(), "{text}");
        let [ours, theirs] = pair.all(&first).await;
        assert_eq!(ours.found(false), theirs.found(false), "{text}");
    }
}

/// What of a query plan a client acts upon. How the query is rewritten is each server's own affair.
fn planned(answer: &Answer) -> String {
    const FIELDS: [&str; 8] = [
        "distinctType",
        "top",
        "offset",
        "limit",
        "orderBy",
        "aggregates",
        "hasSelectValue",
        "hasNonStreamingOrderBy",
    ];
    if answer.status != 200 {
        return answer.status.to_string();
    }
    let told = FIELDS.map(|field| match &answer.body["queryInfo"][field] {
        Value::Null => String::new(),
        Value::Array(list) if list.is_empty() => String::new(),
        value => format!("{field} {value} "),
    });
    told.concat().trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_are_planned_alike() {
    let pair = Pair::start().await;
    let docs = filled(&pair).await;
    let mut told = Vec::new();
    for text in catalogue() {
        let plan = Sent::new(Method::POST, &docs)
            .query(text)
            .with("x-ms-cosmos-is-query-plan-request", "True")
            .with(
                "x-ms-cosmos-supported-query-features",
                "Aggregate, CompositeAggregate, Distinct, GroupBy, MultipleAggregates, \
                 MultipleOrderBy, NonValueAggregate, OffsetAndLimit, OrderBy, Top",
            );
        let answers = pair.send(&plan).await;
        told.push((text.to_owned(), answers.each_ref().map(planned)));
    }
    compare("plans", &told);
}
