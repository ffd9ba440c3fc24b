//! Built-in functions.

use serde_json::json;

use super::value_of;

// Feature: System functions
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
        (r#"ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1})"#, json!(false)),
        (r#"ARRAY_CONTAINS([{"a": 1, "b": 2}], {"a": 1}, true)"#, json!(true)),
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

#[test]
fn numbers_and_angles() {
    for (expression, expected) in [
        ("ROUND(ACOS(0) * 1000)", json!(1571)),
        ("ROUND(ASIN(1) * 1000)", json!(1571)),
        ("ROUND(ATAN(1) * 1000)", json!(785)),
        ("ROUND(ATN2(1, 1) * 1000)", json!(785)),
        ("COS(0)", json!(1)),
        ("ROUND(COT(1) * 1000)", json!(642)),
        ("DEGREES(PI())", json!(180)),
        ("RADIANS(180) = PI()", json!(true)),
        ("SIN(0)", json!(0)),
        ("TAN(0)", json!(0)),
        ("EXP(0)", json!(1)),
        ("LOG(1)", json!(0)),
        ("ROUND(LOG(8, 2))", json!(3)),
        ("LOG10(1000)", json!(3)),
        ("SQUARE(3)", json!(9)),
        ("NumberBin(37.752, 10)", json!(30)),
        ("NumberBin(-5)", json!(-5)),
        ("RAND() < 1 AND RAND() >= 0", json!(true)),
        ("IntAdd(20, 3)", json!(23)),
        ("IntDiv(7, 2)", json!(3)),
        ("IntMod(7, 2)", json!(1)),
        ("IntMul(3, 4)", json!(12)),
        ("IntSub(3, 4)", json!(-1)),
        ("IntBitAnd(6, 3)", json!(2)),
        ("IntBitOr(6, 3)", json!(7)),
        ("IntBitXor(6, 3)", json!(5)),
        ("IntBitNot(0)", json!(-1)),
        ("IntBitLeftShift(1, 40)", json!(1_099_511_627_776_i64)),
        ("IntBitRightShift(16, 2)", json!(4)),
        ("6 & 3", json!(2)),
        ("6 | 3", json!(7)),
        ("6 ^ 3", json!(5)),
        ("~0", json!(-1)),
        ("1 << 4", json!(16)),
        ("-16 >> 2", json!(-4)),
        ("-1 >>> 28", json!(15)),
        ("IS_INTEGER(3)", json!(true)),
        ("IS_INTEGER(3.5)", json!(false)),
        ("IS_FINITE_NUMBER(3.5)", json!(true)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
    for undefined in ["ACOS(2)", "LOG(0)", "IntDiv(1, 0)", "IntAdd(1.5, 1)", "1 & 'a'", "1.5 | 1"] {
        assert_eq!(value_of(undefined), None, "{undefined}");
    }
}

#[test]
fn texts_are_matched_split_joined_and_read() {
    for (expression, expected) in [
        ("REPLICATE('ab', 3)", json!("ababab")),
        ("RegexMatch('Meter 12', '^meter [0-9]+$', 'i')", json!(true)),
        ("RegexMatch('meter', 'x')", json!(false)),
        ("StringJoin(['a', 'b'], '-')", json!("a-b")),
        ("StringSplit('a-b-', '-')", json!(["a", "b", ""])),
        ("StringToNumber(' 3.5 ')", json!(3.5)),
        ("StringToBoolean('true ')", json!(true)),
        ("StringToNull('null')", json!(null)),
        ("StringToArray('[1, {\"a\": 2}]')", json!([1, { "a": 2 }])),
        ("StringToObject('{\"a\": 2}')", json!({ "a": 2 })),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
    for undefined in [
        "REPLICATE('ab', 100000000)",
        "RegexMatch('a', '(')",
        "RegexMatch('a', 'a', 'q')",
        "StringToNumber('x')",
        "StringToBoolean('1')",
        "StringToArray('{}')",
        "StringJoin(['a', 1], '-')",
    ] {
        assert_eq!(value_of(undefined), None, "{undefined}");
    }
}

#[test]
fn arrays_sets_and_choices() {
    for (expression, expected) in [
        ("ARRAY_CONCAT([1], [2, 3], [])", json!([1, 2, 3])),
        ("ARRAY_SLICE([1, 2, 3, 4], 1)", json!([2, 3, 4])),
        ("ARRAY_SLICE([1, 2, 3, 4], -3, 2)", json!([2, 3])),
        ("ARRAY_CONTAINS_ANY([1, 2], 5, 2)", json!(true)),
        ("ARRAY_CONTAINS_ALL([1, 2], 1, 3)", json!(false)),
        ("SetIntersect([1, 2, 2, 3], [3, 2])", json!([2, 3])),
        ("SetUnion([1, 2, 1], [2, 3])", json!([1, 2, 3])),
        ("SetDifference([1, 2, 3], [2])", json!([1, 3])),
        ("ObjectToArray({\"a\": 1})", json!([{ "k": "a", "v": 1 }])),
        ("ObjectToArray({\"a\": 1}, 'name', 'value')", json!([{ "name": "a", "value": 1 }])),
        ("IIF(1 = 1, 'y', 'n')", json!("y")),
        ("IIF(42, 'y', 'n')", json!("n")),
        ("CHOOSE(2, 'a', 'b')", json!("b")),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
    for undefined in ["CHOOSE(3, 'a', 'b')", "CHOOSE(0, 'a')", "ARRAY_CONCAT([1], 2)"] {
        assert_eq!(value_of(undefined), None, "{undefined}");
    }
}

#[test]
fn dates_are_computed_as_documented() {
    for (expression, expected) in [
        (
            "DateTimeAdd('mm', 1, '2020-01-31T00:00:00.0000000Z')",
            json!("2020-02-29T00:00:00.0000000Z"),
        ),
        ("DateTimeAdd('year', -1, '2020-02-29T00:00:00Z')", json!("2019-02-28T00:00:00.0000000Z")),
        (
            "DateTimeAdd('hh', 25, '2020-07-03T00:00:00.0000000Z')",
            json!("2020-07-04T01:00:00.0000000Z"),
        ),
        ("DateTimeAdd('ms', 1, '2020-07-03')", json!("2020-07-03T00:00:00.0010000Z")),
        ("DateTimeDiff('year', '2028-12-31T23:59:59Z', '2029-01-01T00:00:00Z')", json!(1)),
        ("DateTimeDiff('dd', '2020-01-01T23:00:00Z', '2020-01-02T01:00:00Z')", json!(1)),
        ("DateTimeDiff('hour', '2020-01-02T01:30:00Z', '2020-01-02T00:10:00Z')", json!(-1)),
        (
            "DateTimeBin('2021-01-08T18:35:00.0000000Z', 'hh')",
            json!("2021-01-08T18:00:00.0000000Z"),
        ),
        (
            "DateTimeBin('2021-01-08T18:35:00Z', 'hh', 5, '2021-01-08T00:00:00Z')",
            json!("2021-01-08T15:00:00.0000000Z"),
        ),
        (
            "DateTimeFromParts(2020, 9, 4, 10, 52, 12, 3456789)",
            json!("2020-09-04T10:52:12.3456789Z"),
        ),
        ("DateTimeFromParts(2020, 9, 4)", json!("2020-09-04T00:00:00.0000000Z")),
        ("DateTimePart('mcs', '2020-01-02T03:04:05.6789123Z')", json!(678_912)),
        ("DateTimePart('mm', '2020-01-02T03:04:05Z')", json!(1)),
        ("DateTimePart('d', '2020-01-02T03:04:05Z')", json!(2)),
        ("DateTimePart('hh', '2020-01-02T03:04:05Z')", json!(3)),
        ("DateTimeToTicks('2020-01-02T03:04:05.0000000Z')", json!(15_779_342_450_000_000_i64)),
        ("DateTimeToTimestamp('2020-07-09T23:20:13.4575530Z')", json!(1_594_336_813_457_i64)),
        ("TicksToDateTime(15779342450000000)", json!("2020-01-02T03:04:05.0000000Z")),
        ("TimestampToDateTime(1594227912345)", json!("2020-07-08T17:05:12.3450000Z")),
        ("LENGTH(GetCurrentDateTime())", json!(28)),
        ("GetCurrentTicks() > GetCurrentTimestamp()", json!(true)),
    ] {
        assert_eq!(value_of(expression), Some(expected), "{expression}");
    }
    for undefined in [
        "DateTimeAdd('week', 1, '2020-01-01T00:00:00Z')",
        "DateTimeAdd('dd', 1, 'yesterday')",
        "DateTimeAdd('yyyy', 9000, '2020-01-01T00:00:00Z')",
        "DateTimeFromParts(-2000, 1, 1)",
        "DateTimeFromParts(2020, 13, 1)",
        "DateTimeToTicks('2020-01-01T00:00:00+01:00')",
    ] {
        assert_eq!(value_of(undefined), None, "{undefined}");
    }
}
