//! Aggregates and GROUP BY.

use serde_json::{Value, json};

use super::{Data, data, error_of};

fn readings() -> Data {
    data(json!([
        {"id": "1", "meter": "a", "kwh": 3},
        {"id": "2", "meter": "b", "kwh": 1.5},
        {"id": "3", "meter": "a", "kwh": 4},
        {"id": "4", "meter": "b"},
        {"id": "5", "kwh": 0.5},
    ]))
}

#[test]
fn aggregates_count_only_what_is_defined() {
    for (select, expected) in [
        ("VALUE COUNT(1)", json!(5)),
        ("VALUE COUNT(c.kwh)", json!(4)),
        ("VALUE SUM(c.kwh)", json!(9)),
        ("VALUE AVG(c.kwh)", json!(2.25)),
        ("VALUE MIN(c.kwh)", json!(0.5)),
        ("VALUE MAX(c.kwh)", json!(4)),
        ("VALUE MAX(c.meter)", json!("b")),
        (
            "COUNT(1), MAX(c.kwh) AS most, MIN(c.kwh)",
            json!({"$1": 5, "most": 4, "$2": 0.5}),
        ),
        ("VALUE {\"n\": COUNT(1) * 2}", json!({"n": 10})),
    ] {
        let query = format!("SELECT {select} FROM c");
        assert_eq!(readings().results(&query), [expected], "{query}");
    }
}

#[test]
fn over_nothing_counts_and_sums_are_0_and_the_others_undefined() {
    for (select, expected) in [
        ("VALUE COUNT(1)", vec![json!(0)]),
        ("VALUE SUM(c.kwh)", vec![json!(0)]),
        ("VALUE MAX(c.kwh)", vec![]),
        ("VALUE MIN(c.kwh)", vec![]),
        ("VALUE AVG(c.kwh)", vec![]),
        ("MAX(c.kwh)", vec![json!({})]),
    ] {
        let query = format!("SELECT {select} FROM c WHERE c.id = 'none'");
        assert_eq!(readings().results(&query), expected, "{query}");
    }
}

#[test]
fn sums_of_integers_are_exact_and_sums_of_other_things_undefined() {
    let data = data(json!([
        {"id": "1", "x": 9_007_199_254_740_992_i64, "y": 1},
        {"id": "2", "x": 1, "y": "2"},
    ]));
    let sum = data.results("SELECT VALUE SUM(c.x) FROM c");
    assert_eq!(sum, [json!(9_007_199_254_740_993_i64)]);
    assert_eq!(
        data.results("SELECT VALUE SUM(c.y) FROM c"),
        [] as [Value; 0]
    );
    assert_eq!(
        data.results("SELECT VALUE AVG(c.y) FROM c"),
        [] as [Value; 0]
    );
    assert_eq!(data.results("SELECT VALUE MAX(c.y) FROM c"), [json!("2")]);
}

#[test]
fn groups_come_in_the_order_they_are_met() {
    let results =
        readings().results("SELECT c.meter, SUM(c.kwh) AS total, COUNT(1) FROM c GROUP BY c.meter");
    assert_eq!(
        results,
        [
            json!({"meter": "a", "total": 7, "$1": 2}),
            json!({"meter": "b", "total": 1.5, "$1": 2}),
            json!({"total": 0.5, "$1": 1}),
        ]
    );
}

#[test]
fn groups_can_be_of_computed_values_and_without_aggregates() {
    let results = readings().results("SELECT VALUE UPPER(c.meter) FROM c GROUP BY UPPER(c.meter)");
    assert_eq!(results, [json!("A"), json!("B")]);
}

#[test]
fn a_property_outside_the_groups_is_refused() {
    for query in [
        "SELECT c.id, COUNT(1) FROM c",
        "SELECT * FROM c GROUP BY c.meter",
        "SELECT c.id FROM c GROUP BY c.meter",
    ] {
        let message = error_of(query).to_string();
        assert!(
            message.contains("only inside an aggregate or if it is in GROUP BY"),
            "{message}"
        );
    }
}
