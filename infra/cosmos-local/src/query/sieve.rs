//! Passes over documents that a filter cannot take by looking at their text, before they are read whole.
//!
//! A comparison of a property with a constant that has to hold is tried on that property alone. Most documents of a
//! scan end here; what is left is filtered in full.

use std::borrow::Cow;
use std::cell::Cell;
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
        let passed = Cell::new(false);
        let reading = Reading { conditions: &self.conditions, passed: &passed };
        // An error is no more than the end of the reading, which is over as soon as the answer is known.
        let _ = reading.deserialize(&mut serde_json::Deserializer::from_slice(text));
        !passed.get()
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

/// Reads a document for as long as it is not known whether all conditions hold.
struct Reading<'s> {
    conditions: &'s [Condition],
    passed: &'s Cell<bool>,
}

impl<'de> de::DeserializeSeed<'de> for Reading<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        // One that is left in the end is about a property that is not there.
        let mut left = self.conditions.len();
        while left > 0
            && let Some(name) = fields.next_key::<Cow<'de, str>>()?
        {
            let concerned = self.conditions.iter().filter(|condition| condition.name == name);
            if concerned.clone().next().is_none() {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            let property: Value = fields.next_value()?;
            for condition in concerned {
                if !condition.holds(&property) {
                    return Ok(());
                }
                left -= 1;
            }
        }
        self.passed.set(left == 0);
        Ok(())
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
