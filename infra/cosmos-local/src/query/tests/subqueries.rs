//! JOIN over arrays, and queries inside queries. The examples follow the official documentation's.

use serde_json::{Value, json};

use super::{Data, data, value_of};

fn products() -> Data {
    data(json!([
        {
            "id": "1", "name": "tent", "tags": ["red", "big"], "sizes": [
                { "key": "s", "stock": [{ "at": "x", "n": 3 }, { "at": "y", "n": 0 }] },
                { "key": "l", "stock": [{ "at": "x", "n": 5 }] },
            ],
        },
        { "id": "2", "name": "lamp", "tags": ["red"], "sizes": [] },
        { "id": "3", "name": "rope", "tags": "none" },
    ]))
}

#[test]
fn a_join_gives_each_document_with_each_element() {
    let products = products();
    let joined = products.results("SELECT c.id, t AS tag FROM c JOIN t IN c.tags");
    let expected = [("1", "red"), ("1", "big"), ("2", "red")];
    assert_eq!(joined, expected.map(|(id, tag)| json!({ "id": id, "tag": tag })));
}

#[test]
fn joins_go_on_from_what_was_joined() {
    let query = "SELECT VALUE CONCAT(c.id, s.key, k.at) FROM c JOIN s IN c.sizes JOIN k IN s.stock
                 WHERE k.n > 0";
    assert_eq!(products().results(query), ["1sx", "1lx"]);
    let crossed = products().results("SELECT VALUE t FROM c JOIN s IN c.sizes JOIN t IN c.tags");
    assert_eq!(crossed, ["red", "big", "red", "big"]);
}

#[test]
fn the_elements_of_an_array_can_be_the_rows() {
    let products = products();
    assert_eq!(products.results("SELECT * FROM t IN c.tags"), ["red", "big", "red"]);
    assert_eq!(products.results("SELECT VALUE s.key FROM s IN products.sizes"), ["s", "l"]);
    assert_eq!(
        products.results("SELECT VALUE tags FROM c.tags"),
        [json!(["red", "big"]), json!(["red"]), json!("none")]
    );
    assert_eq!(
        products.results("SELECT t FROM t IN c.tags WHERE t != 'red'"),
        [json!({"t": "big"})]
    );
}

// Feature: Self-joins (JOIN) and subqueries
#[test]
fn exists_asks_whether_there_is_any() {
    let products = products();
    let ids = |filter: &str| products.results(&format!("SELECT VALUE c.id FROM c WHERE {filter}"));
    assert_eq!(ids("EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 'big')"), ["1"]);
    assert_eq!(ids("NOT EXISTS(SELECT VALUE t FROM t IN c.tags)"), ["3"]);
    assert_eq!(
        ids("EXISTS(SELECT VALUE 1 FROM s IN c.sizes JOIN k IN s.stock WHERE k.n = 5)"),
        ["1"]
    );
    let shown =
        products.results("SELECT c.id, EXISTS(SELECT VALUE s FROM s IN c.sizes) AS any FROM c");
    assert_eq!(shown[1], json!({ "id": "2", "any": false }));
}

#[test]
fn array_gathers_what_a_subquery_finds() {
    let products = products();
    let query = "SELECT VALUE ARRAY(SELECT VALUE s.key FROM s IN c.sizes ORDER BY s.key) FROM c";
    assert_eq!(products.results(query), [json!(["l", "s"]), json!([]), json!([])]);
    let objects = "SELECT ARRAY(SELECT t AS tag FROM t IN c.tags WHERE t != 'red') AS rest FROM c
                   WHERE c.id = '1'";
    assert_eq!(products.results(objects), [json!({ "rest": [{ "tag": "big" }] })]);
}

#[test]
fn a_scalar_subquery_has_one_value_or_is_undefined() {
    let products = products();
    let count = "SELECT c.id, (SELECT VALUE COUNT(1) FROM t IN c.tags) AS tags FROM c";
    let counts: Vec<_> = products.results(count).iter().map(|it| it["tags"].clone()).collect();
    assert_eq!(counts, [2, 1, 0]);
    let most = "SELECT VALUE (SELECT VALUE MAX(k.n) FROM s IN c.sizes JOIN k IN s.stock) FROM c";
    assert_eq!(products.results(most), [5]);
    assert_eq!(value_of("(SELECT VALUE 1) + 1"), Some(json!(2)));
    assert_eq!(value_of("(SELECT 1 AS a).a"), Some(json!(1)));
    assert_eq!(value_of("(SELECT VALUE x FROM x IN (SELECT VALUE [1, 2]))"), None);
}

#[test]
fn a_subquery_can_be_joined() {
    let products = products();
    let query =
        "SELECT c.id, s.key FROM c JOIN (SELECT VALUE s FROM s IN c.sizes WHERE s.key = 'l') AS s";
    assert_eq!(products.results(query), [json!({ "id": "1", "key": "l" })]);
    let once =
        "SELECT VALUE c.id FROM c JOIN (SELECT VALUE COUNT(1) FROM t IN c.tags) AS n WHERE n = 1";
    assert_eq!(products.results(once), ["2"]);
    let nameless = "SELECT VALUE c.id FROM c JOIN (SELECT VALUE s FROM s IN c.sizes)";
    assert_eq!(products.results(nameless), ["1", "1"]);
    let table = "SELECT VALUE m.n FROM c JOIN m IN (SELECT VALUE [{'at': '1', 'n': 7}, {'at': '2', 'n': 8}])
                 WHERE m.at = c.id";
    assert_eq!(products.results(table), [7, 8]);
    let named = "SELECT VALUE m.up FROM c JOIN (SELECT UPPER(c.name) AS up) AS m";
    assert_eq!(products.results(named), ["TENT", "LAMP", "ROPE"]);
}

#[test]
fn inside_a_subquery_everything_works() {
    for (query, expected) in [
        ("ARRAY(SELECT DISTINCT VALUE x FROM x IN (SELECT VALUE [1, 2, 1]))", json!([1, 2])),
        (
            "ARRAY(SELECT TOP 2 VALUE x FROM x IN (SELECT VALUE [3, 1, 2]) ORDER BY x.y)",
            json!([3, 1]),
        ),
        ("ARRAY(SELECT VALUE x FROM x IN (SELECT VALUE [3, 1, 2]) OFFSET 1 LIMIT 1)", json!([1])),
        ("(SELECT VALUE SUM(x) FROM x IN (SELECT VALUE [3, 1, 2]))", json!(6)),
        (
            "ARRAY(SELECT x, COUNT(1) AS n FROM x IN (SELECT VALUE ['a', 'b', 'a']) GROUP BY x)",
            json!([{ "x": "a", "n": 2 }, { "x": "b", "n": 1 }]),
        ),
        (
            "ARRAY(SELECT VALUE ARRAY(SELECT VALUE x + y FROM y IN (SELECT VALUE [10])) FROM x IN (SELECT VALUE [1]))",
            json!([[11]]),
        ),
    ] {
        assert_eq!(value_of(query), Some(expected), "{query}");
    }
}

#[test]
fn joined_rows_are_sorted_grouped_counted_and_paged() {
    let products = products();
    let sorted = "SELECT VALUE t FROM c JOIN t IN c.tags ORDER BY c.name DESC";
    assert_eq!(products.results(sorted), ["red", "big", "red"]);
    let grouped = "SELECT t, COUNT(1) AS n FROM c JOIN t IN c.tags GROUP BY t";
    let expected = [json!({ "t": "red", "n": 2 }), json!({ "t": "big", "n": 1 })];
    assert_eq!(products.results(grouped), expected);
    assert_eq!(products.results("SELECT VALUE COUNT(1) FROM c JOIN s IN c.sizes"), [2]);
    assert_eq!(products.results("SELECT DISTINCT VALUE t FROM c JOIN t IN c.tags"), ["red", "big"]);
    let pages = products.results_in_pages("SELECT VALUE t FROM c JOIN t IN c.tags", 2);
    assert_eq!(pages, [vec![json!("red"), json!("big")], vec![json!("red")]]);
    let window = "SELECT VALUE t FROM c JOIN t IN c.tags OFFSET 1 LIMIT 1";
    assert_eq!(products.results(window), ["big"]);
}

#[test]
fn a_name_inside_hides_the_one_outside() {
    let nested = "SELECT VALUE ARRAY(SELECT VALUE c FROM c IN c.tags) FROM c WHERE c.id = '2'";
    assert_eq!(products().results(nested), [json!(["red"])]);
    let same: Vec<Value> = products().results("SELECT VALUE (SELECT VALUE c.id FROM c) FROM c");
    assert_eq!(same, ["1", "2", "3"]);
}
