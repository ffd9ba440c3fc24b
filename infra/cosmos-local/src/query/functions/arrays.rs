//! Functions on arrays.

use serde_json::Value;

use super::super::compare::equal;
use super::{Computed, flag, value};

pub fn length(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(value(arguments, 0)?.as_array()?.len()))
}

/// With the flag, an object is found if an element has all its properties, whatever else it has.
pub fn contains(arguments: &[Computed<'_>]) -> Option<Value> {
    let array = value(arguments, 0)?.as_array()?;
    let wanted = value(arguments, 1)?;
    let found = if flag(arguments, 2)? {
        array.iter().any(|element| includes(element, wanted))
    } else {
        array.iter().any(|element| equal(element, wanted))
    };
    Some(Value::Bool(found))
}

fn includes(element: &Value, wanted: &Value) -> bool {
    match (element, wanted) {
        (Value::Object(element), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| element.get(name).is_some_and(|it| includes(it, wanted))),
        _ => equal(element, wanted),
    }
}
