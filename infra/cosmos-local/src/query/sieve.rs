//! Passes over documents that a filter cannot take by looking at their text, before they are read whole.
//!
//! A comparison of a property with a constant that has to hold is tried on that property alone. Most documents of a
//! scan end here; what is left is filtered in full.

use std::fmt;

use serde::de::{self, DeserializeSeed as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::bounds::{comparison, conjuncts};
use super::evaluate::compare;
use super::syntax::{Comparison, Expression};

/// What has to hold of some properties.
#[derive(Debug, Clone, Default)]
pub struct Sieve {
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone)]
struct Condition {
    /// The property of the document.
    name: String,
    /// The way on into it.
    rest: Vec<String>,
    operator: Comparison,
    constant: Value,
}

impl Sieve {
    /// Of a query's filter.
    pub fn of(filter: Option<&Expression>) -> Self {
        let conditions = filter.map(conjuncts).unwrap_or_default();
        Self { conditions: conditions.into_iter().filter_map(Condition::of).collect() }
    }

    /// Whether the filter cannot take the document with this text.
    pub fn drops(&self, text: &[u8]) -> bool {
        if self.conditions.is_empty() {
            return false;
        }
        let mut reader = serde_json::Deserializer::from_slice(text);
        // An error is a condition that does not hold, which ends the reading.
        !Passing(&self.conditions).deserialize(&mut reader).unwrap_or(false)
    }
}

impl Condition {
    fn of(expression: &Expression) -> Option<Self> {
        let (path, operator, constant) = comparison(expression)?;
        let (name, rest) = path.split_first()?;
        let rest = rest.iter().map(|&name| name.to_owned()).collect();
        Some(Self { name: (*name).to_owned(), rest, operator, constant: constant.clone() })
    }

    fn holds(&self, property: &Value) -> bool {
        let value = self.rest.iter().try_fold(property, |value, name| value.get(name));
        value.is_some_and(|value| compare(self.operator, value, &self.constant) == Some(true))
    }
}

/// Whether all conditions hold of a document.
struct Passing<'s>(&'s [Condition]);

impl<'de> de::DeserializeSeed<'de> for Passing<'_> {
    type Value = bool;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Passing<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let mut left = self.0.len();
        while let Some(name) = fields.next_key::<std::borrow::Cow<'de, str>>()? {
            let mut concerned = self.0.iter().filter(|condition| condition.name == name).peekable();
            if concerned.peek().is_none() {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            let property: Value = fields.next_value()?;
            for condition in concerned {
                if !condition.holds(&property) {
                    return Err(de::Error::custom("passed over"));
                }
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        // One that is left is about a property that is not there.
        Ok(left == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Plan, Request};
    use serde_json::json;

    fn drops(filter: &str, document: &serde_json::Value) -> bool {
        let text = format!("SELECT * FROM c WHERE {filter}");
        let plan = Plan::new(&Request { text, ..Request::default() }, &[]).unwrap();
        plan.sieve().drops(document.to_string().as_bytes())
    }

    #[test]
    fn a_document_is_dropped_only_when_a_condition_that_has_to_hold_does_not() {
        let document = json!({"a": 1, "b": {"c": "x"}, "n": null, "quo\"te": 2});
        for (filter, dropped) in [
            ("c.a = 1", false),
            ("c.a = 2", true),
            ("2 = c.a", true),
            ("c.a > 0 AND c.b.c = 'x'", false),
            ("c.a > 0 AND c.b.c = 'y'", true),
            ("c.a = 2 OR c.b.c = 'x'", false),
            ("NOT (c.a = 1)", false),
            ("c.b.none = 1", true),
            ("c.none = 1", true),
            ("c.n = null", false),
            ("c.a != null", false),
            ("c.n != null", true),
            ("c.a = '1'", true),
            ("c[\"quo\\\"te\"] = 2", false),
            ("IS_DEFINED(c.none)", false),
        ] {
            assert_eq!(drops(filter, &document), dropped, "{filter}");
        }
    }
}
