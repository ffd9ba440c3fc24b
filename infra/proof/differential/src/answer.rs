//! What of an answer is compared.

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};

/// An answer, without what every server makes up for itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The sub-status; 0 when there is none.
    pub sub_status: u32,
    /// What stands in the body.
    pub body: Value,
    /// The items of a feed or of a query.
    pub documents: Vec<Value>,
    /// The `ETag`.
    pub etag: Option<String>,
    /// Where the next page begins.
    pub continuation: Option<String>,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: &HeaderMap, text: &str) -> Self {
        let header = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
        let body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let feed = body.get("Documents").and_then(Value::as_array);
        let documents =
            feed.into_iter().flatten().map(without_system_properties).map(plain).collect();
        Self {
            status,
            sub_status: header("x-ms-substatus").and_then(|text| text.parse().ok()).unwrap_or(0),
            body,
            documents,
            etag: header("etag"),
            continuation: header("x-ms-continuation").filter(|token| !token.is_empty()),
        }
    }

    /// What was found, in a line: the items, or the status of a refusal.
    #[must_use]
    pub fn found(&self, ordered: bool) -> String {
        if self.status >= 300 {
            return self.status.to_string();
        }
        let mut items: Vec<String> = self.documents.iter().map(Value::to_string).collect();
        if !ordered {
            items.sort_unstable();
        }
        items.join(" ")
    }
}

/// A document as its author wrote it.
#[must_use]
pub fn without_system_properties(document: &Value) -> Value {
    const SYSTEM: [&str; 6] = ["_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"];
    let Value::Object(fields) = document else {
        return document.clone();
    };
    let own = fields.iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str()));
    let mut own: Vec<_> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    own.sort_by(|left, right| left.0.cmp(&right.0));
    Value::Object(Map::from_iter(own))
}

/// A value with one way to write each number: `2.0` and `2`, `-0.0` and `0` are the same in JSON.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and far below 2^53")]
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => (float as i64).into(),
            _ => number.into(),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, plain(value))).collect()
        }
        other => other,
    }
}
