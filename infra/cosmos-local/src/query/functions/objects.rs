//! Functions on arrays as sets, on objects, and choices between values.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::compare::Key;
use super::super::weight::Budget;
use super::{Computed, text, value};

pub fn array_concat(arguments: &[Computed<'_>]) -> Option<Value> {
    let mut all = Vec::new();
    let mut budget = Budget::new();
    for at in 0..arguments.len() {
        let array = value(arguments, at)?;
        budget.take(array)?;
        all.extend(array.as_array()?.iter().cloned());
    }
    Some(Value::Array(all))
}

/// From a position on, counted from the end if negative, so many elements or all.
pub fn array_slice(arguments: &[Computed<'_>]) -> Option<Value> {
    let array = value(arguments, 0)?.as_array()?;
    let length = i64::try_from(array.len()).ok()?;
    let start = value(arguments, 1)?.as_i64()?;
    let start = if start < 0 { (length + start).max(0) } else { start.min(length) };
    let most = if arguments.len() > 2 { value(arguments, 2)?.as_i64()?.max(0) } else { length };
    let (start, most) = (usize::try_from(start).ok()?, usize::try_from(most).ok()?);
    Some(array.iter().skip(start).take(most).cloned().collect())
}

pub fn contains_any(arguments: &[Computed<'_>]) -> Option<Value> {
    let known = keys(value(arguments, 0)?)?;
    let mut found = false;
    for at in 1..arguments.len() {
        found |= known.contains(&Key(Some(value(arguments, at)?.clone())));
    }
    Some(Value::Bool(found))
}

pub fn contains_all(arguments: &[Computed<'_>]) -> Option<Value> {
    let known = keys(value(arguments, 0)?)?;
    let mut all = true;
    for at in 1..arguments.len() {
        all &= known.contains(&Key(Some(value(arguments, at)?.clone())));
    }
    Some(Value::Bool(all))
}

pub fn intersection(arguments: &[Computed<'_>]) -> Option<Value> {
    let other = keys(value(arguments, 1)?)?;
    distinct(value(arguments, 0)?.as_array()?.iter(), |key| other.contains(key))
}

pub fn difference(arguments: &[Computed<'_>]) -> Option<Value> {
    let other = keys(value(arguments, 1)?)?;
    distinct(value(arguments, 0)?.as_array()?.iter(), |key| !other.contains(key))
}

pub fn union(arguments: &[Computed<'_>]) -> Option<Value> {
    let (left, right) = (value(arguments, 0)?.as_array()?, value(arguments, 1)?.as_array()?);
    distinct(left.iter().chain(right), |_| true)
}

/// An object as an array of its names and values.
pub fn to_array(arguments: &[Computed<'_>]) -> Option<Value> {
    let member = |at, default: &str| match arguments.get(at) {
        None => Some(default.to_owned()),
        Some(_) => text(arguments, at).map(str::to_owned),
    };
    let (name, content) = (member(1, "k")?, member(2, "v")?);
    let object = value(arguments, 0)?.as_object()?;
    Some(object.iter().map(|(key, value)| json!({ &name: key, &content: value })).collect())
}

/// The second or the third, by the first, which counts as false unless it is true.
pub fn iif(arguments: &[Computed<'_>]) -> Option<Value> {
    let yes = value(arguments, 0) == Some(&Value::Bool(true));
    value(arguments, if yes { 1 } else { 2 }).cloned()
}

/// One of the values behind the number, counted from 1.
pub fn choose(arguments: &[Computed<'_>]) -> Option<Value> {
    let at = usize::try_from(value(arguments, 0)?.as_u64()?).ok().filter(|at| *at > 0)?;
    arguments.get(at)?.clone().map(Cow::into_owned)
}

fn keys(array: &Value) -> Option<BTreeSet<Key>> {
    Some(array.as_array()?.iter().map(|element| Key(Some(element.clone()))).collect())
}

fn distinct<'a>(
    elements: impl Iterator<Item = &'a Value>,
    wanted: impl Fn(&Key) -> bool,
) -> Option<Value> {
    let mut seen = BTreeSet::new();
    let keys = elements.map(|element| Key(Some(element.clone())));
    keys.filter(|key| wanted(key) && seen.insert(key.clone())).map(|key| key.0).collect()
}
