//! Plans for clients: every rewritten query is run over parts of the data and put together as clients do.

use serde_json::{Value, json};

use super::super::distribute;
use super::{Data, SqlError, data, request};

fn plan(text: &str) -> Value {
    distribute(&request(text)).unwrap()["queryInfo"].take()
}

fn rewritten(text: &str) -> String {
    plan(text)["rewrittenQuery"].as_str().unwrap().to_owned()
}

fn meters() -> Data {
    data(json!([
        { "id": "a", "_rid": "1", "n": 3, "kind": "x" },
        { "id": "b", "_rid": "2", "n": 1, "kind": "y" },
        { "id": "c", "_rid": "3", "n": 2, "kind": "x" },
    ]))
}

/// What one range answers to the rewritten query, with the placeholder filled in.
fn range_answers(text: &str) -> Vec<Value> {
    let text = rewritten(text).replace("{documentdb-formattableorderbyquery-filter}", "true");
    meters().results(&text)
}

#[test]
fn a_plain_query_is_run_as_it_is() {
    let info = plan("SELECT * FROM c WHERE c.n > 1");
    assert_eq!((&info["rewrittenQuery"], &info["distinctType"]), (&json!(""), &json!("None")));
    let top = plan("SELECT TOP 2 VALUE c.n FROM c");
    assert_eq!((&top["top"], &top["hasSelectValue"]), (&json!(2), &json!(true)));
    assert_eq!(plan("SELECT DISTINCT c.kind FROM c")["distinctType"], "Unordered");
    let ordered = plan("SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind");
    assert_eq!(ordered["distinctType"], "Ordered");
}

#[test]
fn a_window_is_cut_by_the_client() {
    let info = plan("SELECT c.id FROM c WHERE c.n > 0 OFFSET 1 LIMIT 2");
    assert_eq!(
        (&info["offset"], &info["limit"], &info["top"]),
        (&json!(1), &json!(2), &json!(null))
    );
    let text = "SELECT c.id FROM c WHERE c.n > 0 OFFSET 1 LIMIT 2";
    assert_eq!(rewritten(text), "SELECT c.id FROM c WHERE c.n > 0 OFFSET 0 LIMIT 3");
}

#[test]
fn ordered_results_come_with_what_they_are_ordered_by() {
    let text = "SELECT c.id, c.n AS number FROM c WHERE c.n > 1 ORDER BY c.n DESC, c.id";
    let info = plan(text);
    assert_eq!(info["orderBy"], json!(["Descending", "Ascending"]));
    assert_eq!(info["orderByExpressions"], json!(["c.n", "c.id"]));
    let expected = [("1", 3, "a"), ("3", 2, "c")].map(|(rid, n, id)| {
        let items = json!([{ "item": n }, { "item": id }]);
        json!({ "_rid": rid, "orderByItems": items, "payload": { "id": id, "number": n } })
    });
    assert_eq!(range_answers(text), expected);
    let whole = range_answers("SELECT TOP 1 * FROM root r ORDER BY r.n");
    assert_eq!((whole.len(), &whole[0]["payload"]["id"]), (1, &json!("b")));
    let window = range_answers("SELECT VALUE c.id FROM c ORDER BY c.n OFFSET 1 LIMIT 1");
    assert_eq!((window.len(), &window[1]["payload"]), (2, &json!("c")));
    let distinct = range_answers("SELECT DISTINCT TOP 1 VALUE c.kind FROM c ORDER BY c.kind");
    assert_eq!(distinct.len(), 3);
}

#[test]
fn aggregates_come_in_parts_that_can_be_put_together() {
    for (select, kind, expected) in [
        ("COUNT(1)", "Count", json!([{ "item": 3 }])),
        ("SUM(c.n)", "Sum", json!([{ "item": 6 }])),
        ("AVG(c.n)", "Average", json!([{ "item": { "sum": 6, "count": 3 } }])),
        ("MIN(c.n)", "Min", json!([{ "item": 1, "item2": { "min": 1, "count": 3 } }])),
        ("MAX(c.n)", "Max", json!([{ "item": 3, "item2": { "max": 3, "count": 3 } }])),
    ] {
        let text = format!("SELECT VALUE {select} FROM c");
        let info = plan(&text);
        assert_eq!((&info["aggregates"], &info["hasSelectValue"]), (&json!([kind]), &json!(true)));
        assert_eq!(range_answers(&text), [expected]);
    }
    let named = "SELECT COUNT(1) AS n, MAX(c.n) FROM c";
    let info = plan(named);
    assert_eq!(info["groupByAliasToAggregateType"], json!({ "n": "Count", "$1": "Max" }));
    assert_eq!(range_answers(named)[0]["payload"]["n"], json!({ "item": 3 }));
}

#[test]
fn groups_come_with_their_keys() {
    let text = "SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind";
    let info = plan(text);
    assert_eq!(info["groupByExpressions"], json!(["c.kind"]));
    assert_eq!(info["groupByAliases"], json!(["kind", "n"]));
    assert_eq!(info["groupByAliasToAggregateType"], json!({ "kind": null, "n": "Count" }));
    let expected = [("x", 2), ("y", 1)].map(|(kind, n)| {
        let payload = json!({ "kind": kind, "n": { "item": n } });
        json!({ "groupByItems": [{ "item": kind }], "payload": payload })
    });
    assert_eq!(range_answers(text), expected);
    let values = "SELECT VALUE COUNT(1) FROM c GROUP BY c.kind";
    assert_eq!(range_answers(values)[0]["payload"], json!([{ "item": 2 }]));
}

#[test]
fn what_no_client_can_put_together_is_refused() {
    for text in ["SELECT VALUE COUNT(1) + 1 FROM c", "SELECT VALUE t FROM t IN c.tags ORDER BY t.n"]
    {
        let refused = distribute(&request(text));
        assert!(matches!(refused, Err(SqlError::NotImplemented(_))), "{text}: {refused:?}");
    }
}
