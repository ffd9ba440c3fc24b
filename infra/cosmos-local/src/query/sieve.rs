//! Passes over documents that need not be read whole: those that a filter cannot take, by their text, and all of them
//! when they are only counted.
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

/// What passes a document over.
#[derive(Debug, Clone)]
pub enum Sieve {
    /// Any of these not holding of its properties.
    Unless(Vec<Condition>),
    /// Nothing is asked of any document.
    Everything,
}

/// What has to hold of a property.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The way to the property, never empty.
    path: Vec<String>,
    operator: Comparison,
    constant: Value,
}

impl Sieve {
    /// Of a query's filter.
    pub fn of(filter: Option<&Expression>) -> Self {
        let conditions = filter.map(conjuncts).unwrap_or_default();
        Self::Unless(conditions.into_iter().filter_map(Condition::of).collect())
    }

    /// Whether the document with this text need not be read.
    pub fn drops(&self, text: &[u8]) -> bool {
        let conditions: Vec<_> = match self {
            Self::Everything => return true,
            Self::Unless(conditions) if conditions.is_empty() => return false,
            Self::Unless(conditions) => conditions.iter().collect(),
        };
        let passed = Cell::new(false);
        let reading = Reading { conditions, depth: 0, passed: &passed };
        // An error is no more than the end of the reading, which is over as soon as the answer is known.
        let _ = reading.deserialize(&mut serde_json::Deserializer::from_slice(text));
        !passed.get()
    }
}

impl Condition {
    fn of(expression: &Expression) -> Option<Self> {
        let (path, operator, constant) = comparison(expression)?;
        let path: Vec<String> = path.into_iter().map(str::to_owned).collect();
        (!path.is_empty()).then(|| Self { path, operator, constant: constant.clone() })
    }

    /// Of a value on the way to the property, so many steps from the document.
    fn holds(&self, value: &Value, depth: usize) -> bool {
        let property = self.path[depth..].iter().try_fold(value, |value, name| value.get(name));
        property.is_some_and(|found| compare(self.operator, found, &self.constant) == Some(true))
    }
}

/// Reads an object for as long as it is not known whether all conditions on it hold. What no condition is about is
/// passed over unread.
struct Reading<'s> {
    conditions: Vec<&'s Condition>,
    /// Steps from the document to the object.
    depth: usize,
    passed: &'s Cell<bool>,
}

impl Reading<'_> {
    /// The conditions that a property of the object is on the way to.
    fn concerning(&self, name: &str) -> Vec<&Condition> {
        let on_the_way = |condition: &&&Condition| condition.path[self.depth] == name;
        self.conditions.iter().filter(on_the_way).copied().collect()
    }
}

impl<'de> de::DeserializeSeed<'de> for Reading<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // Anything but an object is an error, and no condition holds.
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        // One that is left in the end is about a property that is not there.
        let mut left = self.conditions.len();
        let deeper = self.depth + 1;
        while left > 0
            && let Some(name) = fields.next_key::<Cow<'de, str>>()?
        {
            let concerned = self.concerning(&name);
            let all_deeper = concerned.iter().all(|condition| condition.path.len() > deeper);
            left -= concerned.len();
            if concerned.is_empty() {
                fields.next_value::<IgnoredAny>()?;
            } else if all_deeper && left > 0 {
                let inside = Cell::new(false);
                let conditions = concerned;
                fields.next_value_seed(Reading { conditions, depth: deeper, passed: &inside })?;
                if !inside.get() {
                    return Ok(());
                }
            } else if all_deeper {
                let conditions = concerned;
                let passed = self.passed;
                return fields.next_value_seed(Reading { conditions, depth: deeper, passed });
            } else {
                let property: Value = fields.next_value()?;
                if !concerned.iter().all(|condition| condition.holds(&property, deeper)) {
                    return Ok(());
                }
            }
        }
        self.passed.set(left == 0);
        // What comes after an object that is not read to its end could not be read.
        while self.depth > 0 && fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
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
        let document = json!({
            "a": 1, "b": {"c": "x", "d": {"e": 2, "f": 3}}, "n": null, "quo\"te": 2, "z": 1,
        });
        for (filter, dropped) in [
            ("c.a = 1", false),
            ("c.a = 2", true),
            ("2 = c.a", true),
            ("c.a > 0 AND c.b.c = 'x'", false),
            ("c.a > 0 AND c.b.c = 'y'", true),
            ("c.a = 2 OR c.b.c = 'x'", false),
            ("NOT (c.a = 1)", false),
            ("c.b.none = 1", true),
            ("c.b.c = 'x' AND c.b.d.e > 1", false),
            ("c.b.c = 'x' AND c.b.d.e > 2", true),
            ("c.b.d.e = 2 AND c.b.d.f = 3 AND c.a = 1", false),
            ("c.b.d.e = 2 AND c.b.d.f = 4 AND c.z = 1", true),
            ("c.b.d.e = 2 AND c.z = 1", false),
            ("c.b.d = {'e': 2, 'f': 3} AND c.b.d.f = 3", false),
            ("c.a.b = 1", true),
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

    #[test]
    fn documents_are_not_read_when_they_are_only_counted() {
        for (text, unread) in [
            ("SELECT VALUE COUNT(1) FROM c", true),
            ("SELECT VALUE [{'item': COUNT(1)}] FROM c", true),
            ("SELECT COUNT(1) AS n, 'x' AS x FROM c WHERE true", true),
            ("SELECT VALUE COUNT(c) FROM c", false),
            ("SELECT VALUE COUNT(1) FROM c WHERE c.a = 1", false),
            ("SELECT COUNT(1) AS n FROM c GROUP BY c.a", false),
            ("SELECT VALUE COUNT(1) FROM c JOIN x IN c.list", false),
            ("SELECT VALUE EXISTS(SELECT VALUE 1 FROM x IN c.list) FROM c", false),
            ("SELECT VALUE 1 FROM c ORDER BY c.a", false),
            ("SELECT * FROM c", false),
        ] {
            let request = Request { text: text.to_owned(), ..Request::default() };
            let sieve = Plan::new(&request, &[]).unwrap().sieve();
            assert_eq!(sieve.drops(br#"{"a":1,"list":[1]}"#), unread, "{text}");
        }
    }
}
