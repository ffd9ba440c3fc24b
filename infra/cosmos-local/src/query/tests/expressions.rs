//! Operators, literals and what undefined does to them.

use serde_json::json;

use super::{data, ids, value_of};

#[test]
fn operators_bind_as_in_the_service() {
    for (expression, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("(1 + 2) * 3", json!(9)),
        ("10 - 2 - 3", json!(5)),
        ("-2 * 3", json!(-6)),
        ("2 - -3", json!(5)),
        ("7 % 4", json!(3)),
        ("1 + 1 = 2", json!(true)),
        ("NOT 1 = 2", json!(true)),
        ("true OR false AND false", json!(true)),
        ("NOT true OR true", json!(true)),
        ("NOT (true OR true)", json!(false)),
        ("1 BETWEEN 0 AND 2 AND false", json!(false)),
        ("1 = 1 ? 'yes' : 'no'", json!("yes")),
        ("false ? 1 : true ? 2 : 3", json!(2)),
        ("undefined ?? undefined ?? 3", json!(3)),
        ("null ?? 3", json!(null)),
        ("'a' || 'b' || 'c' = 'abc'", json!(true)),
        ("not 1 in (2, 3) and not 'a' like 'b'", json!(true)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
}

#[test]
fn literals_are_read_as_written() {
    for (expression, expected) in [
        ("9007199254740993", json!(9_007_199_254_740_993_u64)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("1.5e2", json!(150.0)),
        (".25", json!(0.25)),
        ("'it\\'s'", json!("it's")),
        (r#""say \"hi\" \u00e9\n""#, json!("say \"hi\" é\n")),
        (r"'\ud83d\ude00'", json!("😀")),
        ("'tab\tin'", json!("tab\tin")),
        (r#"'"'"#, json!("\"")),
        ("TRUE", json!(true)),
        ("Null", json!(null)),
        ("[1, 'a', [], {}]", json!([1, "a", [], {}])),
        (
            r#"{"a": {"b": [1]}, 'c': null}"#,
            json!({"a": {"b": [1]}, "c": null}),
        ),
        ("1 -- a comment\n + 1", json!(2)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
}

#[test]
fn integers_stay_exact_and_whole_results_are_whole() {
    for (expression, expected) in [
        ("9007199254740993 = 9007199254740992", json!(false)),
        ("9007199254740993 > 9007199254740992.0", json!(true)),
        ("9007199254740992 + 1", json!(9_007_199_254_740_993_u64)),
        ("1 = 1.0", json!(true)),
        ("6 / 2", json!(3)),
        ("7 / 2", json!(3.5)),
        ("1.5 + 1.5", json!(3)),
        ("-7 % 3", json!(-1)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
    assert_eq!(value_of("1 / 0"), None);
    assert_eq!(value_of("1 % 0"), None);
}

#[test]
fn comparing_across_types_is_undefined_but_null_equals_nothing_else() {
    for undefined in [
        "1 = 'a'",
        "1 != 'a'",
        "1 < 'a'",
        "null < 1",
        "true >= 0",
        "[1] < [2]",
    ] {
        assert_eq!(value_of(undefined), None, "{undefined}");
    }
    assert_eq!(value_of("'a' != null"), Some(json!(true)));
    assert_eq!(value_of("null = 1"), Some(json!(false)));
    assert_eq!(value_of("null = null"), Some(json!(true)));
    assert_eq!(value_of("undefined = undefined"), None);
    assert_eq!(value_of("undefined != null"), None);
}

#[test]
fn objects_and_arrays_are_equal_in_depth() {
    for (expression, expected) in [
        (r#"{"a": 1, "b": [2]} = {"b": [2.0], "a": 1}"#, true),
        (r#"{"a": 1} = {"a": 1, "b": 2}"#, false),
        ("[1, 2] != [2, 1]", true),
        ("[1, 2] = [1, 2, 3]", false),
    ] {
        assert_eq!(value_of(expression), Some(json!(expected)), "{expression}");
    }
}

#[test]
fn logic_has_three_values() {
    for (expression, expected) in [
        ("true AND undefined", None),
        ("undefined AND true", None),
        ("false AND undefined", Some(false)),
        ("undefined AND false", Some(false)),
        ("true OR undefined", Some(true)),
        ("undefined OR true", Some(true)),
        ("false OR undefined", None),
        ("NOT undefined", None),
        ("1 AND true", None),
        ("1 IN (2, undefined, 1)", Some(true)),
        ("1 IN (2, undefined)", None),
        ("undefined IN (1)", None),
        ("3 BETWEEN undefined AND 2", Some(false)),
    ] {
        assert_eq!(
            value_of(expression),
            expected.map(|truth| json!(truth)),
            "{expression}"
        );
    }
}

#[test]
fn a_filter_takes_only_what_is_true() {
    let data = data(json!([
        {"id": "a", "n": 1, "s": "x", "flag": true},
        {"id": "b", "n": null, "flag": false},
        {"id": "c", "n": "1", "flag": "true"},
        {"id": "d"},
    ]));
    for (filter, expected) in [
        ("c.n = 1", vec!["a"]),
        ("c.n != 1", vec!["b"]),
        ("NOT (c.n = 1)", vec!["b"]),
        ("c.n = null", vec!["b"]),
        ("c.n != null", vec!["a", "c"]),
        ("c.flag", vec!["a"]),
        ("NOT c.flag", vec!["b"]),
        ("c.missing = undefined", vec![]),
        ("NOT IS_DEFINED(c.n)", vec!["d"]),
        ("IS_NULL(c.n) OR IS_STRING(c.n)", vec!["b", "c"]),
        ("c.n IN (1, '1')", vec!["a", "c"]),
        ("c.s ?? 'none' = 'none'", vec![]),
        ("(c.s ?? 'none') = 'none'", vec!["b", "c", "d"]),
    ] {
        assert_eq!(ids(&data, filter), expected, "{filter}");
    }
}

#[test]
fn paths_reach_into_objects_and_arrays() {
    let data = data(json!([{"id": "a", "d e": {"x": [10, {"y": 20}]}, "key": "x", "at": 1}]));
    for (path, expected) in [
        (r#"c["d e"].x[0]"#, Some(json!(10))),
        ("c['d e']['x'][1].y", Some(json!(20))),
        ("c['d e'][c.key][c.at].y", Some(json!(20))),
        ("(c['d e']).x[1]['y']", Some(json!(20))),
        ("[7, 8][1]", Some(json!(8))),
        ("c['d e'].X", None),
        ("c['d e'].x[2]", None),
        ("c.id.x", None),
        ("c['d e'].x['0']", None),
    ] {
        let results = data.results(&format!("SELECT VALUE {path} FROM c"));
        assert_eq!(results, Vec::from_iter(expected), "{path}");
    }
}

#[test]
fn like_knows_wildcards_sets_and_escapes() {
    for (expression, expected) in [
        ("'meter:1' LIKE 'meter:%'", true),
        ("'meter:1' LIKE '%er%'", true),
        ("'meter' LIKE 'm_t_r'", true),
        ("'meter' LIKE 'm_r'", false),
        ("'' LIKE '%'", true),
        ("'50%' LIKE '50!%' ESCAPE '!'", true),
        ("'505' LIKE '50!%' ESCAPE '!'", false),
        ("'b2' LIKE '[a-c][^13]'", true),
        ("'b3' LIKE '[a-c][^13]'", false),
        ("'abab' LIKE '%ab'", true),
        ("'Ab' NOT LIKE 'ab'", true),
    ] {
        assert_eq!(value_of(expression), Some(json!(expected)), "{expression}");
    }
}

#[test]
fn parameters_stand_wherever_a_value_can() {
    let data = data(json!([
        {"id": "a", "n": 1, "tags": ["x"]},
        {"id": "b", "n": 2, "tags": []},
        {"id": "c", "n": 3, "tags": ["x"]},
    ]));
    let query = "SELECT TOP @top VALUE c[@name] FROM c \
                 WHERE c.n >= @from AND ARRAY_CONTAINS(@ids, c.id) AND c.tags = @tags";
    let parameters = json!({
        "@top": 5, "@name": "id", "@from": 1.5, "@ids": ["a", "b", "c"], "@tags": ["x"],
    });
    assert_eq!(data.results_with(query, parameters), [json!("c")]);
}
