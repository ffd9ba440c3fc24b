//! GROUP BY and aggregates: what is computed once per group instead of once per row.

use std::collections::BTreeMap;

use serde_json::Value;

use super::SqlError;
use super::aggregate::{Aggregate, Tally};
use super::compare::Key;
use super::evaluate::Scope;
use super::subquery::shortened;
use super::syntax::{Expression, Query};

/// What to keep per group. Slots of the SELECT number the keys first, then the aggregates.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    pub keys: Vec<Expression>,
    pub aggregates: Vec<(Aggregate, Expression)>,
}

impl Grouping {
    /// Puts slots in the place of keys and aggregates in the SELECT. `None` if it has neither.
    pub fn of(query: &mut Query) -> Result<Option<Self>, SqlError> {
        let mut grouping = Self { keys: query.group_by.clone(), aggregates: Vec::new() };
        if grouping.keys.is_empty() && !has_aggregate(&mut query.select) {
            return Ok(None);
        }
        if !grouping.keys.is_empty() && !query.order_by.is_empty() {
            return Err(SqlError::NotImplemented("ORDER BY together with GROUP BY".into()));
        }
        grouping.replace(&mut query.select)?;
        Ok(Some(grouping))
    }

    fn replace(&mut self, expression: &mut Expression) -> Result<(), SqlError> {
        if let Some(key) = self.keys.iter().position(|key| key == expression) {
            *expression = Expression::Slot(key);
            return Ok(());
        }
        match expression {
            Expression::Subquery(_) => Err(SqlError::NotImplemented(
                "a subquery beside an aggregate or GROUP BY".into(),
            )),
            Expression::Document | Expression::Variable(_) => Err(SqlError::Syntax(
                "in a query with GROUP BY or an aggregate, SELECT can use a property only inside an \
                 aggregate or if it is in GROUP BY"
                    .into(),
            )),
            Expression::Aggregate(aggregate, of) => {
                let of = std::mem::replace(&mut **of, Expression::Document);
                self.aggregates.push((*aggregate, of));
                *expression = Expression::Slot(self.keys.len() + self.aggregates.len() - 1);
                Ok(())
            }
            other => other.children_mut().into_iter().try_for_each(|child| self.replace(child)),
        }
    }
}

pub fn has_aggregate(expression: &mut Expression) -> bool {
    matches!(expression, Expression::Aggregate(..))
        || expression.children_mut().into_iter().any(has_aggregate)
}

/// The groups met so far, in the order of their first rows.
pub struct Groups<'p> {
    grouping: &'p Grouping,
    numbers: BTreeMap<Vec<Key>, usize>,
    tallies: Vec<Vec<Tally>>,
}

impl<'p> Groups<'p> {
    pub fn new(grouping: &'p Grouping) -> Self {
        let mut groups = Self { grouping, numbers: BTreeMap::new(), tallies: Vec::new() };
        if grouping.keys.is_empty() {
            // Without GROUP BY everything is one group, also when there are no rows.
            groups.number_of(Vec::new());
        }
        groups
    }

    /// Takes a row in.
    pub fn add(&mut self, scope: &Scope<'_>) {
        let scope = shortened(scope);
        let grouping = self.grouping;
        let key = |key| Key(scope.evaluate(key).map(std::borrow::Cow::into_owned));
        let number = self.number_of(grouping.keys.iter().map(key).collect());
        for (tally, (_, of)) in self.tallies[number].iter_mut().zip(&grouping.aggregates) {
            if let Some(value) = scope.evaluate(of) {
                tally.add(&value);
            }
        }
    }

    /// Whether rows that come in the order of the one MIN or MAX can change nothing any more.
    pub fn is_decided_by_order(&self) -> bool {
        self.tallies.iter().flatten().all(Tally::is_decided_by_order)
    }

    /// The slots of each group.
    pub fn finish(self) -> Vec<Vec<Option<Value>>> {
        let mut groups: Vec<_> = self.numbers.into_iter().collect();
        groups.sort_unstable_by_key(|group| group.1);
        let slots = |((keys, _), tallies): ((Vec<Key>, usize), Vec<Tally>)| {
            let keys = keys.into_iter().map(|key| key.0);
            keys.chain(tallies.into_iter().map(Tally::finish)).collect()
        };
        groups.into_iter().zip(self.tallies).map(slots).collect()
    }

    fn number_of(&mut self, key: Vec<Key>) -> usize {
        let next = self.tallies.len();
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            let aggregates = self.grouping.aggregates.iter();
            self.tallies.push(aggregates.map(|aggregate| Tally::new(aggregate.0)).collect());
        }
        number
    }
}
