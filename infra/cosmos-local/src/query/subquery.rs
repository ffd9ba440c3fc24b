//! What FROM and JOIN bind, and queries inside queries, which see what is bound around them.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::compare::Key;
use super::evaluate::Scope;
use super::group::{Grouping, Groups};
use super::syntax::{Expression, Query, Source};
use super::weight::Budget;

/// A query inside another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    pub kind: SubqueryKind,
    pub query: Query,
    pub grouping: Option<Grouping>,
}

/// What is made of the results of a subquery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubqueryKind {
    /// Whether there are any.
    Exists,
    /// All of them.
    Array,
    /// The only one; undefined if there are none or several.
    Scalar,
}

/// How long a page may be computed.
#[derive(Debug)]
pub struct Fuel {
    until: Instant,
    /// Steps until the clock is looked at again.
    steps: Cell<u32>,
    spent: Cell<bool>,
}

impl Fuel {
    const STEPS: u32 = 4096;

    pub fn lasting(time: Duration) -> Self {
        let until = Instant::now() + time;
        Self { until, steps: Cell::new(Self::STEPS), spent: Cell::new(time.is_zero()) }
    }

    /// Takes a step; false when the time is over.
    pub fn burn(&self) -> bool {
        if let Some(left) = self.steps.get().checked_sub(1) {
            self.steps.set(left);
            return !self.spent.get();
        }
        self.steps.set(Self::STEPS);
        !self.is_spent()
    }

    /// Whether it was noticed that the time is over: what was computed since is worth nothing.
    pub fn ran_out(&self) -> bool {
        self.spent.get()
    }

    /// Whether the time is over, by the clock.
    pub fn is_spent(&self) -> bool {
        self.spent.set(self.spent.get() || Instant::now() >= self.until);
        self.spent.get()
    }
}

impl Scope<'_> {
    /// Every combination of what sources bind, the first source slowest.
    pub fn bind<'e>(
        &self,
        sources: &'e [Source],
        want: &mut dyn FnMut(&Scope<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((source, rest)) = sources.split_first() else {
            return want(self);
        };
        let scope: Scope<'_> = *self;
        let mut inner = |value: &Value| {
            let bindings = [scope.bindings, &[value]].concat();
            Scope { bindings: &bindings, ..scope }.bind(rest, want)
        };
        let Some(value) = shortened(self).evaluate(&source.of) else {
            return ControlFlow::Continue(());
        };
        match (&*value, source.iterates) {
            (Value::Array(items), true) => items.iter().try_for_each(inner),
            (_, true) => ControlFlow::Continue(()),
            (value, false) => inner(value),
        }
    }
}

/// The same scope for as long as the expressions live that are evaluated in it.
pub fn shortened<'s>(scope: &'s Scope<'_>) -> Scope<'s> {
    *scope
}

impl Subquery {
    pub fn evaluate(&self, outer: &Scope<'_>) -> Option<Value> {
        match self.kind {
            SubqueryKind::Exists => Some(Value::Bool(!self.results(outer, 1)?.is_empty())),
            SubqueryKind::Array => self.results(outer, usize::MAX).map(Value::Array),
            SubqueryKind::Scalar => {
                let mut results = self.results(outer, 2)?;
                let only = results.pop()?;
                results.is_empty().then_some(only)
            }
        }
    }

    /// At most so many results; `None` when they are too large.
    fn results(&self, outer: &Scope<'_>, most: usize) -> Option<Vec<Value>> {
        let limit = self
            .query
            .limit
            .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let skip = usize::try_from(self.query.offset).unwrap_or(usize::MAX);
        let wanted = most.min(limit).saturating_add(skip);
        let mut seen = BTreeSet::new();
        let all = if let Some(grouping) = &self.grouping {
            self.groups(grouping, outer)
        } else if self.query.order_by.is_empty() {
            self.rows(outer, wanted)?
        } else {
            self.sorted(outer)?
        };
        let distinct = all
            .into_iter()
            .filter(|result| !self.query.distinct || seen.insert(Key(Some(result.clone()))));
        Some(distinct.skip(skip).take(most.min(limit)).collect())
    }

    fn each(&self, outer: &Scope<'_>, want: &mut dyn FnMut(&Scope<'_>) -> ControlFlow<()>) {
        let filter = self.query.filter.as_ref();
        let _ = outer.bind(&self.query.sources, &mut |scope| {
            if !scope.fuel.burn() {
                return ControlFlow::Break(());
            }
            if filter.is_none_or(|filter| shortened(scope).satisfies(filter)) {
                return want(scope);
            }
            ControlFlow::Continue(())
        });
    }

    fn rows(&self, outer: &Scope<'_>, wanted: usize) -> Option<Vec<Value>> {
        let (mut budget, mut fits) = (Budget::new(), true);
        let mut results = Vec::new();
        self.each(outer, &mut |scope| {
            if let Some(result) = value(scope, &self.query.select) {
                fits = budget.take(&result).is_some();
                results.push(result);
            }
            let enough = !self.query.distinct && results.len() >= wanted;
            if enough || !fits { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        fits.then_some(results)
    }

    fn sorted(&self, outer: &Scope<'_>) -> Option<Vec<Value>> {
        let (mut budget, mut fits) = (Budget::new(), true);
        let mut results = Vec::new();
        let order = &self.query.order_by;
        self.each(outer, &mut |scope| {
            if let Some(result) = value(scope, &self.query.select) {
                let keys: Vec<Key> = order.iter().map(|sort| Key(value(scope, &sort.by))).collect();
                fits = budget.take(&result).is_some();
                results.push((keys, result));
            }
            if fits { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        results.sort_by(|(left, _), (right, _)| {
            let compared = left.iter().zip(right).zip(order).map(|((left, right), sort)| {
                if sort.descending { right.cmp(left) } else { left.cmp(right) }
            });
            compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        fits.then(|| results.into_iter().map(|(_, result)| result).collect())
    }

    fn groups(&self, grouping: &Grouping, outer: &Scope<'_>) -> Vec<Value> {
        let mut groups = Groups::new(grouping);
        self.each(outer, &mut |scope| {
            groups.add(scope);
            ControlFlow::Continue(())
        });
        let result = |slots: Vec<_>| value(&Scope { slots: &slots, ..*outer }, &self.query.select);
        groups.finish().into_iter().filter_map(result).collect()
    }
}

fn value(scope: &Scope<'_>, of: &Expression) -> Option<Value> {
    shortened(scope).evaluate(of).map(Cow::into_owned)
}
