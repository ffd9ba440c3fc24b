//! Type checks.

use serde_json::Value;

use super::{Computed, value};

pub fn is_defined(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, |_| true)
}

pub fn is_null(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_null)
}

pub fn is_number(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_number)
}

pub fn is_string(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_string)
}

pub fn is_bool(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_boolean)
}

pub fn is_array(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_array)
}

pub fn is_object(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, Value::is_object)
}

pub fn is_primitive(arguments: &[Computed<'_>]) -> Option<Value> {
    check(arguments, |value| !value.is_array() && !value.is_object())
}

fn check(arguments: &[Computed<'_>], is: impl Fn(&Value) -> bool) -> Option<Value> {
    Some(Value::Bool(value(arguments, 0).is_some_and(is)))
}
