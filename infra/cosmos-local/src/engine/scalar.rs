//! Scalars as bytes that compare as the values do: undefined, null, false, true, numbers, strings.
//!
//! Objects and arrays count as undefined: no index orders them. An encoding tells where it ends, so none is
//! the beginning of another's and what follows it orders among equals.

use serde_json::{Number, Value};

use super::Component;

const UNDEFINED: u8 = 1;
const NULL: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;
const NUMBER: u8 = 5;
const STRING: u8 = 6;
const STRUCTURE: u8 = 7;
/// Above every encoding and above every byte of UTF-8.
pub const END: u8 = 0xFF;

const SIGN: u64 = 1 << 63;
/// A number is its tag, the double nearest to it and its distance from that double.
const NUMBER_BYTES: usize = 1 + 8 + 2;

/// Appends a value of a document; `None` is one that is not there.
pub fn push(out: &mut Vec<u8>, value: Option<&Value>) {
    match value {
        Some(Value::Null) => out.push(NULL),
        Some(Value::Bool(false)) => out.push(FALSE),
        Some(Value::Bool(true)) => out.push(TRUE),
        Some(Value::Number(number)) => push_number(out, number),
        Some(Value::String(text)) => push_string(out, text),
        Some(Value::Array(_) | Value::Object(_)) | None => out.push(UNDEFINED),
    }
}

/// Appends a value so that it equals only its own kind: what is not there counts as null, objects and
/// arrays as their text.
pub fn push_distinct(out: &mut Vec<u8>, value: Option<&Value>) {
    match value {
        Some(Value::Array(_) | Value::Object(_)) => {
            out.push(STRUCTURE);
            push_bytes(
                out,
                value.map(Value::to_string).unwrap_or_default().as_bytes(),
            );
        }
        other => push(out, Some(other.unwrap_or(&Value::Null))),
    }
}

/// Appends a value of a partition key.
pub fn push_component(out: &mut Vec<u8>, component: &Component) {
    match component {
        Component::Undefined => out.push(UNDEFINED),
        Component::Null => out.push(NULL),
        Component::Bool(false) => out.push(FALSE),
        Component::Bool(true) => out.push(TRUE),
        Component::Number(number) => push_double(out, *number, 0),
        Component::String(text) => push_string(out, text),
    }
}

/// Appends bytes of any length so that they compare as they stand and tell where they end.
pub fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_open_bytes(out, bytes);
    out.extend([0, 0]);
}

/// As [`push_bytes`], without the end: the least of all that begin with these bytes.
pub fn push_open_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(END);
        }
    }
}

/// What follows the value at the start of `encoded`; `None` if that is no value.
pub fn after(encoded: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = encoded.split_first()?;
    match tag {
        UNDEFINED | NULL | FALSE | TRUE => Some(rest),
        NUMBER => encoded.get(NUMBER_BYTES..),
        STRING => after_bytes(rest),
        _ => None,
    }
}

/// What follows the bytes at the start of `encoded`.
pub fn after_bytes(encoded: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        match encoded.get(at..at + 2)? {
            [0, 0] => return encoded.get(at + 2..),
            [0, _] => at += 2,
            _ => at += 1,
        }
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(STRING);
    push_bytes(out, text.as_bytes());
}

/// Whole numbers that no double holds keep their distance from the nearest, so that they stay apart.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the distance makes up for the rounding; it is at most 1024"
)]
fn push_number(out: &mut Vec<u8>, number: &Number) {
    let whole = number
        .as_i64()
        .map(i128::from)
        .or(number.as_u64().map(i128::from));
    match whole {
        Some(whole) => {
            let nearest = whole as f64;
            push_double(out, nearest, (whole - nearest as i128) as i16);
        }
        None => push_double(out, number.as_f64().unwrap_or_default(), 0),
    }
}

fn push_double(out: &mut Vec<u8>, number: f64, distance: i16) {
    out.push(NUMBER);
    // Adding zero makes one zero of two.
    let bits = (number + 0.0).to_bits();
    let ordered = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    out.extend(ordered.to_be_bytes());
    out.extend((distance.cast_unsigned() ^ 1 << 15).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(value: Option<&Value>) -> Vec<u8> {
        let mut out = Vec::new();
        push(&mut out, value);
        out
    }

    #[test]
    fn encodings_compare_as_the_values_do() {
        let ascending = [
            None,
            Some(json!(null)),
            Some(json!(false)),
            Some(json!(true)),
            Some(json!(-1e300)),
            Some(json!(i64::MIN)),
            Some(json!(-2.5)),
            Some(json!(-2)),
            Some(json!(-1e-300)),
            Some(json!(0)),
            Some(json!(1e-300)),
            Some(json!(1)),
            Some(json!(9_007_199_254_740_992_i64)),
            Some(json!(9_007_199_254_740_993_i64)),
            Some(json!(i64::MAX - 1)),
            Some(json!(i64::MAX)),
            Some(json!(u64::MAX - 1)),
            Some(json!(u64::MAX)),
            Some(json!(1e300)),
            Some(json!("")),
            Some(json!("\0")),
            Some(json!("\0\0")),
            Some(json!("\0a")),
            Some(json!("a")),
            Some(json!("a\0")),
            Some(json!("a\0b")),
            Some(json!("ab")),
            Some(json!("\u{10FFFF}")),
        ];
        // An id follows each value in an index: it must not count until the values are equal.
        let key = |value: &Option<Value>| [encoded(value.as_ref()), b"id".to_vec()].concat();
        let keys: Vec<_> = ascending.iter().map(key).collect();
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
    }

    #[test]
    fn equal_values_are_encoded_alike() {
        assert_eq!(encoded(Some(&json!(1))), encoded(Some(&json!(1.0))));
        assert_eq!(encoded(Some(&json!(0))), encoded(Some(&json!(-0.0))));
        assert_eq!(encoded(Some(&json!([1]))), encoded(None));
    }

    #[test]
    fn an_encoding_tells_where_it_ends() {
        for value in [
            json!(null),
            json!(-7),
            json!("a\0b"),
            json!("\0"),
            json!(""),
        ] {
            let key = [encoded(Some(&value)), b"id".to_vec()].concat();
            assert_eq!(after(&key).unwrap(), b"id", "{value}");
        }
    }
}
