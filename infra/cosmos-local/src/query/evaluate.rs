//! The value of an expression for one document.
//!
//! `undefined` is the value of a property that is not there, and is not null. Whatever cannot be computed (a
//! comparison across types, arithmetic on strings) is undefined too, and a filter takes only true.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::compare::{equal, order_values, same_type};
use super::functions::Computed;
use super::like;
use super::number::{compute, from_float, from_integer};
use super::subquery::Fuel;
use super::syntax::{Comparison, Expression, Step};
use super::weight::Budget;

/// What expressions can refer to.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub document: &'a Value,
    /// What sources have bound, see [`Expression::Variable`].
    pub bindings: &'a [&'a Value],
    /// Values of a group, see [`Expression::Slot`].
    pub slots: &'a [Option<Value>],
    pub fuel: &'a Fuel,
}

impl<'a> Scope<'a> {
    /// Of one document, outside any group.
    pub fn of(document: &'a Value, fuel: &'a Fuel) -> Self {
        Self { document, bindings: &[], slots: &[], fuel }
    }

    /// Whether a filter takes the document.
    pub fn satisfies(&self, filter: &'a Expression) -> bool {
        self.truth(filter) == Some(true)
    }

    /// The value of an expression.
    pub fn evaluate(&self, expression: &'a Expression) -> Computed<'a> {
        if !self.fuel.burn() {
            return None;
        }
        match expression {
            Expression::Literal(value) => value.as_ref().map(Cow::Borrowed),
            Expression::Document => Some(Cow::Borrowed(self.document)),
            Expression::Variable(at) => self.bindings.get(*at).copied().map(Cow::Borrowed),
            Expression::Subquery(subquery) => subquery.evaluate(self).map(Cow::Owned),
            Expression::Path { base, steps } => self.follow(base, steps),
            Expression::Negate(inner) => negate(&*self.evaluate(inner)?).map(Cow::Owned),
            Expression::Arithmetic(operator, operands) => {
                let [left, right] = &**operands;
                match (&*self.evaluate(left)?, &*self.evaluate(right)?) {
                    (Value::Number(left), Value::Number(right)) => {
                        compute(*operator, left, right).map(Cow::Owned)
                    }
                    _ => None,
                }
            }
            Expression::Coalesce(operands) => {
                let [first, second] = &**operands;
                self.evaluate(first).or_else(|| self.evaluate(second))
            }
            Expression::Conditional(operands) => {
                let [condition, yes, no] = &**operands;
                self.evaluate(if self.satisfies(condition) { yes } else { no })
            }
            Expression::Call(function, arguments) => {
                let arguments = Budget::all(arguments.iter().map(|it| self.evaluate(it)))?;
                (function.call)(&arguments).map(Cow::Owned)
            }
            Expression::Object(fields) => self.object(fields).map(Cow::Owned),
            Expression::Array(elements) => self.array(elements).map(Cow::Owned),
            Expression::Slot(at) => self.slots.get(*at)?.as_ref().map(Cow::Borrowed),
            // Planning has put a slot in the place of every aggregate.
            Expression::Aggregate(..) => None,
            Expression::Not(_)
            | Expression::And(_)
            | Expression::Or(_)
            | Expression::Compare(..)
            | Expression::Between(_)
            | Expression::In { .. }
            | Expression::Like { .. } => {
                self.truth(expression).map(|truth| Cow::Owned(Value::Bool(truth)))
            }
        }
    }

    /// The truth of an expression; what is not a boolean is neither true nor false.
    fn truth(&self, expression: &'a Expression) -> Option<bool> {
        match expression {
            Expression::Not(inner) => self.truth(inner).map(|truth| !truth),
            Expression::And(all) => self.decide(all, false),
            Expression::Or(any) => self.decide(any, true),
            Expression::Compare(operator, operands) => {
                let [left, right] = &**operands;
                compare(*operator, &*self.evaluate(left)?, &*self.evaluate(right)?)
            }
            Expression::Between(operands) => {
                let [value, low, high] = &**operands;
                let value = self.evaluate(value)?;
                let within = [(Comparison::GreaterOrEqual, low), (Comparison::LessOrEqual, high)];
                any(
                    false,
                    within.into_iter().map(|(operator, bound)| {
                        compare(operator, &value, &*self.evaluate(bound)?)
                    }),
                )
            }
            Expression::In { value, list } => {
                let value = self.evaluate(value)?;
                any(
                    true,
                    list.iter().map(|candidate| {
                        compare(Comparison::Equal, &value, &*self.evaluate(candidate)?)
                    }),
                )
            }
            Expression::Like { operands, escape } => {
                let [text, pattern] = &**operands;
                let (text, pattern) = (self.evaluate(text)?, self.evaluate(pattern)?);
                Some(like::matches(text.as_str()?, pattern.as_str()?, *escape))
            }
            other => self.evaluate(other)?.as_bool(),
        }
    }

    fn decide(&self, operands: &'a [Expression], decisive: bool) -> Option<bool> {
        any(decisive, operands.iter().map(|operand| self.truth(operand)))
    }

    fn follow(&self, base: &'a Expression, steps: &'a [Step]) -> Computed<'a> {
        match self.evaluate(base)? {
            Cow::Borrowed(value) => self.walk(value, steps).map(Cow::Borrowed),
            Cow::Owned(value) => self.walk(&value, steps).cloned().map(Cow::Owned),
        }
    }

    fn walk<'v>(&self, value: &'v Value, steps: &'a [Step]) -> Option<&'v Value> {
        steps.iter().try_fold(value, |value, step| match step {
            Step::Name(name) => value.as_object()?.get(name),
            Step::Position(at) => value.as_array()?.get(*at),
            Step::Computed(inner) => match &*self.evaluate(inner)? {
                Value::String(name) => value.as_object()?.get(name),
                Value::Number(at) => value.as_array()?.get(usize::try_from(at.as_u64()?).ok()?),
                _ => None,
            },
        })
    }

    fn object(&self, fields: &'a [(String, Expression)]) -> Option<Value> {
        let mut budget = Budget::new();
        let mut object = Map::new();
        for (name, expression) in fields {
            if let Some(value) = self.evaluate(expression) {
                budget.take(&value)?;
                object.insert(name.clone(), value.into_owned());
            }
        }
        Some(Value::Object(object))
    }

    /// Undefined elements are left out, as undefined properties are.
    fn array(&self, elements: &'a [Expression]) -> Option<Value> {
        let mut budget = Budget::new();
        let defined = elements.iter().filter_map(|element| self.evaluate(element));
        let weighed = defined.map(|value| {
            budget.take(&value)?;
            Some(value.into_owned())
        });
        weighed.collect::<Option<_>>().map(Value::Array)
    }
}

/// Three-valued AND (`decisive` is false) and OR (it is true): one decisive operand decides, otherwise an
/// undefined one makes the whole undefined.
fn any(decisive: bool, operands: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(!decisive);
    for operand in operands {
        match operand {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

/// Across types the result is undefined, as documented. The exception is (in)equality with null: the service
/// answers `c.x != null` with true for any other defined value, and its client libraries build on that.
pub fn compare(operator: Comparison, left: &Value, right: &Value) -> Option<bool> {
    if !same_type(left, right) {
        let with_null = left.is_null() || right.is_null();
        return match operator {
            Comparison::Equal if with_null => Some(false),
            Comparison::NotEqual if with_null => Some(true),
            _ => None,
        };
    }
    let ordered = || match left {
        Value::Array(_) | Value::Object(_) => None,
        _ => Some(order_values(left, right)),
    };
    Some(match operator {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => ordered()?.is_lt(),
        Comparison::LessOrEqual => ordered()?.is_le(),
        Comparison::Greater => ordered()? == Ordering::Greater,
        Comparison::GreaterOrEqual => ordered()?.is_ge(),
    })
}

/// The number with its sign changed.
pub fn negate(value: &Value) -> Option<Value> {
    let Value::Number(number) = value else {
        return None;
    };
    match super::compare::integer(number) {
        Some(integer) => from_integer(-integer),
        None => from_float(-super::compare::float(number)),
    }
}
