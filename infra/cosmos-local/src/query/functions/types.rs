//! Type checks.

#![expect(clippy::unnecessary_wraps, reason = "all functions have one signature")]

use serde_json::Value;

use super::{Computed, value};

pub fn is_defined(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, |_| true))
}

pub fn is_null(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_null))
}

pub fn is_number(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_number))
}

pub fn is_string(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_string))
}

pub fn is_bool(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_boolean))
}

pub fn is_array(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_array))
}

pub fn is_object(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, Value::is_object))
}

pub fn is_primitive(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(check(arguments, |value| !value.is_array() && !value.is_object()))
}

/// JSON has no number that is not finite.
pub fn is_finite_number(arguments: &[Computed<'_>]) -> Option<Value> {
    is_number(arguments)
}

/// A whole number that fits 64 bits.
pub fn is_integer(arguments: &[Computed<'_>]) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    Some(check(arguments, |value| {
        let whole = |float: f64| float.fract() == 0.0 && float.abs() <= EXACT;
        value.is_i64() || value.is_f64() && value.as_f64().is_some_and(whole)
    }))
}

fn check(arguments: &[Computed<'_>], is: impl Fn(&Value) -> bool) -> Value {
    Value::Bool(value(arguments, 0).is_some_and(is))
}
