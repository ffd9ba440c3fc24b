//! Equality and order of JSON values as Cosmos DB sees them.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A value, or `undefined`, in the total order of ORDER BY. Also a key for DISTINCT and GROUP BY.
#[derive(Debug, Clone)]
pub struct Key(pub Option<Value>);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.0.as_ref(), other.0.as_ref())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

/// The total order: undefined, null, false, true, numbers, strings, arrays, objects.
pub fn order(left: Option<&Value>, right: Option<&Value>) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(left), Some(right)) => order_values(left, right),
    }
}

/// The total order of defined values.
pub fn order_values(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => order_numbers(left, right),
        // By code point, as an index of UTF-8 keys has it.
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Array(left), Value::Array(right)) => order_lists(left.iter(), right.iter()),
        (Value::Object(left), Value::Object(right)) => {
            let (left, right) = (sorted(left), sorted(right));
            let names = left
                .iter()
                .map(|entry| entry.0)
                .cmp(right.iter().map(|entry| entry.0));
            let values = |entries: Vec<(_, _)>| entries.into_iter().map(|entry| entry.1);
            names.then_with(|| order_lists(values(left), values(right)))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

/// Deep equality. Numbers are equal by value: 1 and 1.0 are the same.
pub fn equal(left: &Value, right: &Value) -> bool {
    order_values(left, right).is_eq()
}

/// Whether two values have the same JSON type, so that comparing them means something.
pub fn same_type(left: &Value, right: &Value) -> bool {
    rank(left) == rank(right)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

fn order_lists<'a>(
    left: impl Iterator<Item = &'a Value>,
    mut right: impl Iterator<Item = &'a Value>,
) -> Ordering {
    for value in left {
        match right.next() {
            None => return Ordering::Greater,
            Some(other) => match order_values(value, other) {
                Ordering::Equal => {}
                different => return different,
            },
        }
    }
    right.next().map_or(Ordering::Equal, |_| Ordering::Less)
}

fn sorted(object: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_unstable_by_key(|entry| entry.0);
    entries
}

/// Exact, also between integers beyond 2⁵³ and floats.
fn order_numbers(left: &Number, right: &Number) -> Ordering {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(left), None) => order_mixed(left, float(right)),
        (None, Some(right)) => order_mixed(right, float(left)).reverse(),
        (None, None) => float(left)
            .partial_cmp(&float(right))
            .unwrap_or(Ordering::Equal),
    }
}

fn order_mixed(integer: i128, float: f64) -> Ordering {
    // A float beyond i128 saturates and so stays on its side of every 64-bit integer.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is compared separately"
    )]
    let whole = float.trunc() as i128;
    let fraction = || 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal);
    integer.cmp(&whole).then_with(fraction)
}

/// The number as an integer, if it is stored as one.
pub fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

/// The nearest float.
pub fn float(number: &Number) -> f64 {
    // JSON text has no NaN, and serde_json keeps every number it reads as one of three types.
    number.as_f64().unwrap_or_default()
}
