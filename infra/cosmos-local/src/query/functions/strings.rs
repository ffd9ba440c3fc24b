//! Functions on strings. Positions and lengths count characters.

use serde_json::Value;

use super::{Computed, flag, text, value, whole};
use crate::query::weight::LARGEST;

pub fn concat(arguments: &[Computed<'_>]) -> Option<Value> {
    let mut all = String::new();
    for at in 0..arguments.len() {
        all.push_str(text(arguments, at)?);
        if all.len() > LARGEST {
            return None;
        }
    }
    Some(Value::String(all))
}

pub fn starts_with(arguments: &[Computed<'_>]) -> Option<Value> {
    test(arguments, |text, other| text.starts_with(other))
}

pub fn ends_with(arguments: &[Computed<'_>]) -> Option<Value> {
    test(arguments, |text, other| text.ends_with(other))
}

pub fn contains(arguments: &[Computed<'_>]) -> Option<Value> {
    test(arguments, |text, other| text.contains(other))
}

pub fn equals(arguments: &[Computed<'_>]) -> Option<Value> {
    test(arguments, |text, other| text == other)
}

pub fn lower(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::String(text(arguments, 0)?.to_lowercase()))
}

pub fn upper(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::String(text(arguments, 0)?.to_uppercase()))
}

pub fn trim(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(text(arguments, 0)?.trim()))
}

pub fn trim_start(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(text(arguments, 0)?.trim_start()))
}

pub fn trim_end(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(text(arguments, 0)?.trim_end()))
}

pub fn length(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(text(arguments, 0)?.chars().count()))
}

pub fn reverse(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::String(text(arguments, 0)?.chars().rev().collect()))
}

pub fn left(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(cut(text(arguments, 0)?, 0, whole(arguments, 1)?))
}

pub fn right(arguments: &[Computed<'_>]) -> Option<Value> {
    let (text, wanted) = (text(arguments, 0)?, whole(arguments, 1)?);
    Some(cut(text, text.chars().count().saturating_sub(wanted), wanted))
}

/// The text from a position, counted from 0, for so many characters.
pub fn substring(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(cut(text(arguments, 0)?, whole(arguments, 1)?, whole(arguments, 2)?))
}

pub fn replace(arguments: &[Computed<'_>]) -> Option<Value> {
    let (text, from, to) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
    if from.is_empty() {
        return Some(Value::from(text));
    }
    let grown = text.matches(from).count().checked_mul(to.len())?;
    (text.len().checked_add(grown)? <= LARGEST).then(|| Value::String(text.replace(from, to)))
}

/// Where the second text begins in the first, from an optional position on, or -1.
pub fn index_of(arguments: &[Computed<'_>]) -> Option<Value> {
    let (text, wanted) = (text(arguments, 0)?, text(arguments, 1)?);
    let skipped = if arguments.len() > 2 { whole(arguments, 2)? } else { 0 };
    let start = byte_position(text, skipped);
    Some(match text[start..].find(wanted) {
        Some(found) => Value::from(text[..start + found].chars().count()),
        None => Value::from(-1),
    })
}

/// Strings stay as they are, everything else becomes its JSON text.
pub fn to_string(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(match value(arguments, 0)? {
        Value::String(text) => Value::String(text.clone()),
        other => Value::String(other.to_string()),
    })
}

pub fn replicate(arguments: &[Computed<'_>]) -> Option<Value> {
    let (text, times) = (text(arguments, 0)?, whole(arguments, 1)?);
    (text.len().checked_mul(times)? <= LARGEST).then(|| Value::String(text.repeat(times)))
}

/// The modifiers are those of the service: m, s, i and x.
pub fn matches(arguments: &[Computed<'_>]) -> Option<Value> {
    let modifiers = if arguments.len() > 2 { text(arguments, 2)? } else { "" };
    let mut builder = regex_lite::RegexBuilder::new(text(arguments, 1)?);
    for modifier in modifiers.chars() {
        match modifier {
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            _ => return None,
        };
    }
    Some(Value::Bool(builder.build().ok()?.is_match(text(arguments, 0)?)))
}

pub fn join(arguments: &[Computed<'_>]) -> Option<Value> {
    let (parts, between) = (value(arguments, 0)?.as_array()?, text(arguments, 1)?);
    let parts: Vec<&str> = parts.iter().map(Value::as_str).collect::<Option<_>>()?;
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let length = length.checked_add(between.len().checked_mul(parts.len())?)?;
    (length <= LARGEST).then(|| Value::String(parts.join(between)))
}

pub fn split(arguments: &[Computed<'_>]) -> Option<Value> {
    let (text, between) = (text(arguments, 0)?, text(arguments, 1)?);
    if between.is_empty() {
        return Some(Value::from(vec![text]));
    }
    Some(text.split(between).map(Value::from).collect())
}

pub fn to_number(arguments: &[Computed<'_>]) -> Option<Value> {
    parsed(arguments).filter(Value::is_number)
}

pub fn to_boolean(arguments: &[Computed<'_>]) -> Option<Value> {
    parsed(arguments).filter(Value::is_boolean)
}

pub fn to_null(arguments: &[Computed<'_>]) -> Option<Value> {
    parsed(arguments).filter(Value::is_null)
}

pub fn to_array(arguments: &[Computed<'_>]) -> Option<Value> {
    parsed(arguments).filter(Value::is_array)
}

pub fn to_object(arguments: &[Computed<'_>]) -> Option<Value> {
    parsed(arguments).filter(Value::is_object)
}

fn parsed(arguments: &[Computed<'_>]) -> Option<Value> {
    serde_json::from_str(text(arguments, 0)?).ok()
}

fn test(arguments: &[Computed<'_>], holds: impl Fn(&str, &str) -> bool) -> Option<Value> {
    let (text, other) = (text(arguments, 0)?, text(arguments, 1)?);
    Some(Value::Bool(if flag(arguments, 2)? {
        holds(&text.to_lowercase(), &other.to_lowercase())
    } else {
        holds(text, other)
    }))
}

fn cut(text: &str, start: usize, length: usize) -> Value {
    let rest = &text[byte_position(text, start)..];
    Value::from(&rest[..byte_position(rest, length)])
}

fn byte_position(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}
