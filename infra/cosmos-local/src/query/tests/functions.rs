//! Built-in functions.

use serde_json::json;

use super::value_of;

#[test]
fn functions_compute_as_documented() {
    for (expression, expected) in [
        ("IS_DEFINED(undefined)", json!(false)),
        ("is_defined(null)", json!(true)),
        ("IS_NULL(null)", json!(true)),
        ("IS_NULL(undefined)", json!(false)),
        ("IS_NUMBER(1.5)", json!(true)),
        ("IS_STRING(1)", json!(false)),
        ("IS_BOOL(false)", json!(true)),
        ("IS_ARRAY([])", json!(true)),
        ("IS_OBJECT({})", json!(true)),
        ("IS_PRIMITIVE('a')", json!(true)),
        ("IS_PRIMITIVE([])", json!(false)),
        ("STARTSWITH('Meter', 'me')", json!(false)),
        ("STARTSWITH('Meter', 'me', true)", json!(true)),
        ("ENDSWITH('Meter', 'TER', true)", json!(true)),
        ("CONTAINS('Meter', 'ete')", json!(true)),
        ("Contains('Meter', 'ETE', false)", json!(false)),
        ("StringEquals('a', 'A', true)", json!(true)),
        ("LOWER('ÄB')", json!("äb")),
        ("UPPER('äb')", json!("ÄB")),
        ("LENGTH('häus')", json!(4)),
        ("SUBSTRING('häuser', 1, 3)", json!("äus")),
        ("SUBSTRING('abc', 5, 3)", json!("")),
        ("LEFT('abc', 2)", json!("ab")),
        ("RIGHT('abc', 2)", json!("bc")),
        ("RIGHT('abc', 9)", json!("abc")),
        ("CONCAT('a', 'b', 'c')", json!("abc")),
        ("TRIM('  a ')", json!("a")),
        ("LTRIM('  a ')", json!("a ")),
        ("RTRIM('  a ')", json!("  a")),
        ("REVERSE('abc')", json!("cba")),
        ("REPLACE('a-b-c', '-', '')", json!("abc")),
        ("REPLACE('abc', '', 'x')", json!("abc")),
        ("INDEX_OF('äbcb', 'b')", json!(1)),
        ("INDEX_OF('äbcb', 'b', 2)", json!(3)),
        ("INDEX_OF('abc', 'x')", json!(-1)),
        ("TOSTRING(1.5)", json!("1.5")),
        ("ToString([1, 'a'])", json!("[1,\"a\"]")),
        ("TOSTRING('a')", json!("a")),
        ("ARRAY_LENGTH([1, 2])", json!(2)),
        ("ARRAY_CONTAINS([1, 2], 2.0)", json!(true)),
        (
            r#"ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1})"#,
            json!(false),
        ),
        (
            r#"ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1}, true)"#,
            json!(true),
        ),
        ("ABS(-3)", json!(3)),
        ("ABS(-2.5)", json!(2.5)),
        ("FLOOR(-2.5)", json!(-3)),
        ("CEILING(2.1)", json!(3)),
        ("ROUND(2.5)", json!(3)),
        ("ROUND(-2.5)", json!(-3)),
        ("TRUNC(-2.9)", json!(-2)),
        ("SIGN(-2)", json!(-1)),
        ("SQRT(9)", json!(3)),
        ("POWER(2, 10)", json!(1024)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
}

#[test]
fn functions_of_unsuitable_values_are_undefined() {
    for expression in [
        "LOWER(1)",
        "LENGTH(undefined)",
        "STARTSWITH('a', 1)",
        "CONTAINS('a', 'a', 'yes')",
        "CONCAT('a', null)",
        "'a' || 1",
        "ABS('1')",
        "ARRAY_LENGTH('abc')",
        "ARRAY_CONTAINS(null, 1)",
        "TOSTRING(undefined)",
        "SQRT(-1)",
        "-'a'",
    ] {
        assert_eq!(value_of(expression), None, "{expression}");
    }
}
