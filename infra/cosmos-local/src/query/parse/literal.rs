//! Strings and numbers as they are written in a query.

use pest::iterators::Pair;
use serde_json::{Number, Value};

use super::{Rule, SqlError, fault};

/// A whole number, or the nearest float.
pub fn number(pair: &Pair<'_, Rule>) -> Result<Number, SqlError> {
    let text = pair.as_str();
    if let Ok(integer) = text.parse::<u64>() {
        return Ok(Number::from(integer));
    }
    let float = text.parse().ok().and_then(Number::from_f64);
    float.ok_or_else(|| fault(pair, format_args!("{text} is beyond the range of numbers")))
}

/// A string without its quotes and escapes.
pub fn string(pair: &Pair<'_, Rule>) -> Result<String, SqlError> {
    let quoted = pair.as_str();
    let inner = &quoted[1..quoted.len() - 1];
    if !inner.contains('\\') {
        return Ok(inner.to_owned());
    }
    unescape(inner).ok_or_else(|| {
        fault(
            pair,
            r#"the string has an unknown escape; known are \" \' \\ \/ \b \f \n \r \t \u0041"#,
        )
    })
}

/// JSON knows every escape of the service's strings but `\'`.
fn unescape(text: &str) -> Option<String> {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next()? {
                '\'' => json.push('\''),
                escaped => json.extend(['\\', escaped]),
            },
            '"' => json.push_str("\\\""),
            // Line breaks and tabs may stand in a query's string, not in JSON's.
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => json.push(plain),
        }
    }
    json.push('"');
    serde_json::from_str::<Value>(&json)
        .ok()?
        .as_str()
        .map(str::to_owned)
}

/// What follows a string, given the text after its opening quote.
pub fn after_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return &text[at + quote.len_utf8()..],
            _ => {}
        }
    }
    ""
}
