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

use super::aggregate::Aggregate;
use super::bounds::{EVERYTHING, comparison, conjuncts, is_point, ranges};
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
        return Choice { access: Access::Id(id), in_order: false };
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
        let bounds = ranges.iter().find(|range| range.0 == path).map(|range| &range.1);
        return walk(path, bounds.unwrap_or(&EVERYTHING));
    }
    match ranges.first() {
        Some((path, bounds)) => walk(path, bounds),
        None => Choice { access: Access::All, in_order: false },
    }
}

fn wanted_id(condition: &Expression) -> Option<String> {
    let (path, Comparison::Equal, value) = comparison(condition)? else {
        return None;
    };
    if path == ["id"] { value.as_str().map(str::to_owned) } else { None }
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
