//! Which rows a query has to look at, and in which order.
//!
//! In this order of preference:
//!
//! 1. `id = …`: one document.
//! 2. Equality on an indexed path: few documents, as a rule. They are sorted here if they have to be.
//! 3. One ORDER BY, MIN or MAX on an indexed path: the index is the order, and the scan can end early.
//! 4. A range on an indexed path.
//! 5. Everything.
//!
//! Bounds only narrow the scan; the filter is always applied in full to what it yields.

use std::ops::Bound;

use serde_json::Value;

use super::aggregate::Aggregate;
use super::compare::order_values;
use super::syntax::{Comparison, Expression, Query};
use super::{Access, Bounds};

/// An access, and whether its order is the one wanted.
pub struct Choice {
    pub access: Access,
    pub in_order: bool,
}

/// A path and a direction in which to walk it.
type Direction<'q> = (Vec<&'q str>, bool);

/// Chooses the access of a query.
pub fn choose(
    query: &Query,
    aggregates: &[(Aggregate, Expression)],
    indexed: &[Vec<String>],
) -> Choice {
    let conditions = query.filter.as_ref().map(conjuncts).unwrap_or_default();
    if let Some(id) = conditions.iter().find_map(|condition| wanted_id(condition)) {
        return Choice {
            access: Access::Id(id),
            in_order: false,
        };
    }
    let ranges = ranges(&conditions, indexed);
    let order = wanted_order(query, aggregates);
    let walk = |path: &[String], bounds: &Bounds| {
        let wanted = order.as_ref().filter(|(by, _)| by.iter().eq(path));
        Choice {
            access: Access::Index {
                path: path.to_vec(),
                bounds: bounds.clone(),
                descending: wanted.is_some_and(|order| order.1),
            },
            in_order: wanted.is_some(),
        }
    };
    if let Some((path, bounds)) = ranges.iter().find(|(_, bounds)| is_point(bounds)) {
        return walk(path, bounds);
    }
    if let Some((by, _)) = &order
        && let Some(path) = indexed.iter().find(|path| by.iter().eq(path.iter()))
    {
        let bounds = ranges
            .iter()
            .find(|range| range.0 == path)
            .map(|range| &range.1);
        return walk(path, bounds.unwrap_or(&EVERYTHING));
    }
    match ranges.first() {
        Some((path, bounds)) => walk(path, bounds),
        None => Choice {
            access: Access::All,
            in_order: false,
        },
    }
}

const EVERYTHING: Bounds = Bounds {
    from: Bound::Unbounded,
    to: Bound::Unbounded,
};

fn conjuncts(filter: &Expression) -> Vec<&Expression> {
    match filter {
        Expression::And(all) => all.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

fn wanted_id(condition: &Expression) -> Option<String> {
    let (path, Comparison::Equal, value) = comparison(condition)? else {
        return None;
    };
    if path == ["id"] {
        value.as_str().map(str::to_owned)
    } else {
        None
    }
}

/// The order that one ORDER BY, or one MIN or MAX, asks for.
fn wanted_order<'q>(
    query: &'q Query,
    aggregates: &'q [(Aggregate, Expression)],
) -> Option<Direction<'q>> {
    match (query.order_by.as_slice(), aggregates) {
        ([only], []) if query.group_by.is_empty() => {
            Some((only.by.document_path()?, only.descending))
        }
        (_, [(Aggregate::Min, of)]) if query.group_by.is_empty() => {
            Some((of.document_path()?, false))
        }
        (_, [(Aggregate::Max, of)]) if query.group_by.is_empty() => {
            Some((of.document_path()?, true))
        }
        _ => None,
    }
}

/// What the conditions say about each indexed path, those on the same path combined.
fn ranges<'i>(
    conditions: &[&Expression],
    indexed: &'i [Vec<String>],
) -> Vec<(&'i Vec<String>, Bounds)> {
    let mut ranges: Vec<(&Vec<String>, Bounds)> = Vec::new();
    for (path, bounds) in conditions.iter().filter_map(|condition| bounds(condition)) {
        let Some(path) = indexed
            .iter()
            .find(|candidate| path.iter().eq(candidate.iter()))
        else {
            continue;
        };
        match ranges.iter_mut().find(|range| range.0 == path) {
            Some((_, known)) => narrow(known, bounds),
            None => ranges.push((path, bounds)),
        }
    }
    ranges
}

/// A comparison of a property with a constant, the property on its left.
fn comparison(condition: &Expression) -> Option<(Vec<&str>, Comparison, &Value)> {
    let Expression::Compare(operator, operands) = condition else {
        return None;
    };
    match &**operands {
        [path, Expression::Literal(Some(value))] => Some((path.document_path()?, *operator, value)),
        [Expression::Literal(Some(value)), path] => {
            Some((path.document_path()?, operator.flipped(), value))
        }
        _ => None,
    }
}

fn bounds(condition: &Expression) -> Option<(Vec<&str>, Bounds)> {
    match condition {
        Expression::Between(operands) => match &**operands {
            [
                path,
                Expression::Literal(Some(low)),
                Expression::Literal(Some(high)),
            ] => {
                let mut bounds = of_comparison(Comparison::GreaterOrEqual, low)?;
                narrow(&mut bounds, of_comparison(Comparison::LessOrEqual, high)?);
                Some((path.document_path()?, bounds))
            }
            _ => None,
        },
        Expression::In { value, list } => Some((value.document_path()?, of_list(list)?)),
        other => {
            let (path, operator, value) = comparison(other)?;
            Some((path, of_comparison(operator, value)?))
        }
    }
}

fn of_list(list: &[Expression]) -> Option<Bounds> {
    let mut values = list.iter().map(scalar).collect::<Option<Vec<_>>>()?;
    values.sort_unstable_by(|left, right| order_values(left, right));
    Some(Bounds {
        from: Bound::Included((*values.first()?).clone()),
        to: Bound::Included((*values.last()?).clone()),
    })
}

/// Only values of the constant's own type satisfy a comparison, so both ends are bounded.
fn of_comparison(operator: Comparison, value: &Value) -> Option<Bounds> {
    if !is_scalar(value) {
        return None;
    }
    let included = || Bound::Included(value.clone());
    let excluded = || Bound::Excluded(value.clone());
    let (from, to) = match operator {
        Comparison::Equal => (included(), included()),
        Comparison::Less => (type_start(value), excluded()),
        Comparison::LessOrEqual => (type_start(value), included()),
        Comparison::Greater => (excluded(), type_end(value)),
        Comparison::GreaterOrEqual => (included(), type_end(value)),
        Comparison::NotEqual => return None,
    };
    let bounds = Bounds { from, to };
    // Nothing is below null or above true. There is no empty range to ask for, and no need of one.
    (!is_empty(&bounds)).then_some(bounds)
}

fn scalar(expression: &Expression) -> Option<&Value> {
    match expression {
        Expression::Literal(Some(value)) if is_scalar(value) => Some(value),
        _ => None,
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn type_start(value: &Value) -> Bound<Value> {
    match value {
        Value::Bool(_) => Bound::Included(Value::Bool(false)),
        Value::Number(_) => Bound::Excluded(Value::Bool(true)),
        Value::String(_) => Bound::Included(Value::from("")),
        _ => Bound::Included(Value::Null),
    }
}

fn type_end(value: &Value) -> Bound<Value> {
    match value {
        Value::Bool(_) => Bound::Included(Value::Bool(true)),
        Value::Number(_) => Bound::Excluded(Value::from("")),
        Value::String(_) => Bound::Unbounded,
        _ => Bound::Included(Value::Null),
    }
}

/// Narrows a range by another. Ranges that exclude each other stay as they are: the filter
/// refuses every row, and the scan needs no word for an empty range.
fn narrow(known: &mut Bounds, other: Bounds) {
    let narrowed = Bounds {
        from: tighter(&known.from, other.from, true),
        to: tighter(&known.to, other.to, false),
    };
    if !is_empty(&narrowed) {
        *known = narrowed;
    }
}

fn tighter(known: &Bound<Value>, other: Bound<Value>, lower: bool) -> Bound<Value> {
    let (Some(known_value), Some(other_value)) = (inner(known), inner(&other)) else {
        return if matches!(other, Bound::Unbounded) {
            known.clone()
        } else {
            other
        };
    };
    let order = order_values(other_value, known_value);
    let order = if lower { order } else { order.reverse() };
    if order.is_gt() || order.is_eq() && matches!(other, Bound::Excluded(_)) {
        other
    } else {
        known.clone()
    }
}

fn inner(bound: &Bound<Value>) -> Option<&Value> {
    match bound {
        Bound::Included(value) | Bound::Excluded(value) => Some(value),
        Bound::Unbounded => None,
    }
}

fn is_empty(bounds: &Bounds) -> bool {
    let (Some(from), Some(to)) = (inner(&bounds.from), inner(&bounds.to)) else {
        return false;
    };
    let order = order_values(from, to);
    order.is_gt() || order.is_eq() && !is_point(bounds)
}

fn is_point(bounds: &Bounds) -> bool {
    match (&bounds.from, &bounds.to) {
        (Bound::Included(from), Bound::Included(to)) => order_values(from, to).is_eq(),
        _ => false,
    }
}
