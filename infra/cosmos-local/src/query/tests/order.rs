//! ORDER BY.

use serde_json::{Value, json};

use super::{Data, data};

fn of_every_type() -> Data {
    data(json!([
        {"id": "object", "x": {"a": 1}},
        {"id": "string", "x": "a"},
        {"id": "float", "x": 1.5},
        {"id": "integer", "x": 2},
        {"id": "negative", "x": -7},
        {"id": "true", "x": true},
        {"id": "false", "x": false},
        {"id": "null", "x": null},
        {"id": "undefined"},
        {"id": "array", "x": [1]},
    ]))
}

const ORDERED: [&str; 10] = [
    "undefined",
    "null",
    "false",
    "true",
    "negative",
    "float",
    "integer",
    "string",
    "array",
    "object",
];

#[test]
fn types_order_among_each_other_with_undefined_first() {
    let data = of_every_type();
    assert_eq!(
        data.results("SELECT VALUE c.id FROM c ORDER BY c.x"),
        ORDERED
    );
    let reversed: Vec<_> = ORDERED.into_iter().rev().collect();
    assert_eq!(
        data.results("SELECT VALUE c.id FROM c ORDER BY c.x DESC"),
        reversed
    );
}

#[test]
fn several_columns_order_each_in_its_direction() {
    let data = data(json!([
        {"id": "1", "a": 1, "b": {"c": "x"}},
        {"id": "2", "a": 2, "b": {"c": "x"}},
        {"id": "3", "a": 2, "b": {"c": "y"}},
        {"id": "4", "a": 1, "b": {"c": "y"}},
    ]));
    let results = data.results("SELECT VALUE c.id FROM c ORDER BY c.b.c ASC, c.a DESC");
    assert_eq!(results, ["2", "1", "3", "4"]);
}

#[test]
fn numbers_order_by_value_beyond_the_reach_of_floats() {
    let data = data(json!([
        {"id": "c", "x": 9_007_199_254_740_993_i64},
        {"id": "a", "x": 9_007_199_254_740_991_i64},
        {"id": "b", "x": 9_007_199_254_740_992.0},
    ]));
    assert_eq!(
        data.results("SELECT VALUE c.id FROM c ORDER BY c.x"),
        ["a", "b", "c"]
    );
}

#[test]
fn a_long_result_is_sorted_completely_though_only_a_page_is_kept() {
    let documents: Vec<Value> = (0..500)
        .map(|n| json!({"id": format!("{n:03}"), "x": (n * 37) % 500}))
        .collect();
    let data = data(Value::Array(documents));
    let results = data.results("SELECT TOP 7 VALUE c.x FROM c ORDER BY c.x");
    assert_eq!(results, (0..7).map(|n| json!(n)).collect::<Vec<_>>());
}
