//! Carries a plan out over rows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;

use super::compare::Key;
use super::continuation::{Continuation, Last};
use super::evaluate::Scope;
use super::group::{Grouping, Groups};
use super::page::Filling;
use super::subquery::shortened;
use super::syntax::Expression;
use super::{Page, Plan, Row, SqlError};

impl Plan {
    /// Makes a page of the rows. Takes no more rows than it needs.
    pub fn run<E: From<SqlError>>(
        self,
        rows: impl Iterator<Item = Result<Row, E>>,
    ) -> Result<Page, E> {
        if self.query.has_source {
            return self.run_over(rows);
        }
        let nothing = Row { document: Value::Null, place: Vec::new() };
        self.run_over(std::iter::once(Ok(nothing)))
    }

    fn run_over<E: From<SqlError>>(
        self,
        rows: impl Iterator<Item = Result<Row, E>>,
    ) -> Result<Page, E> {
        let mut scan = Scan { rows, scanned: 0 };
        let mut page = Filling::new(self.max_items, self.from.given, self.query.limit);
        let next = if page.is_complete() {
            None
        } else if !self.gives_rows() {
            self.count_off(&mut scan, &mut page)?
        } else if self.sorts() {
            self.sort(&mut scan, &mut page)?
        } else {
            self.stream(&mut scan, &mut page)?
        };
        // A page that was given up is none, unless it can be gone on with.
        if self.fuel.ran_out() && !(self.streams() && next.is_some()) {
            return Err(SqlError::Deadline(self.time).into());
        }
        Ok(page.finish(next, &self.fingerprint, scan.scanned))
    }

    /// Results in the order of the scan, which ends with the page.
    fn stream<E>(
        &self,
        scan: &mut Scan<impl Iterator<Item = Result<Row, E>>>,
        page: &mut Filling,
    ) -> Result<Option<Continuation>, E> {
        let mut skip = self.offset_left();
        let mut place = None;
        while !page.is_complete() {
            if page.is_full() {
                // One row more tells whether this was the last page.
                return Ok(scan.has_more()?.then(|| after(page, place)).flatten());
            }
            // A page that ends here is gone on with after its OFFSET, so that has to be over.
            let cut = |place| if skip == 0 { after(page, place) } else { None };
            if place.is_some() && self.fuel.is_spent() {
                return Ok(cut(place));
            }
            let Some(row) = scan.next()? else {
                return Ok(None);
            };
            let result = if self.takes(&row) { self.project(row.document) } else { None };
            if self.fuel.ran_out() {
                return Ok(cut(place));
            }
            if let Some(result) = result {
                if skip > 0 {
                    skip -= 1;
                } else if !page.accept(result) {
                    return Ok(after(page, place));
                }
            }
            place = Some(row.place);
        }
        Ok(None)
    }

    /// Results in the order of ORDER BY. Keeps no more of them than the page can hold.
    fn sort<E>(
        &self,
        scan: &mut Scan<impl Iterator<Item = Result<Row, E>>>,
        page: &mut Filling,
    ) -> Result<Option<Continuation>, E> {
        let skip = usize::try_from(self.offset_left()).unwrap_or(usize::MAX);
        // One more than the page can hold tells whether this was the last page.
        let needed = skip.saturating_add(page.room()).saturating_add(1);
        let mut sorted = Vec::new();
        while !self.fuel.is_spent()
            && let Some(row) = scan.next()?
        {
            let Some(found) = self.sortable(row) else {
                continue;
            };
            let given = self.from.last.as_ref();
            if given.is_none_or(|last| self.order(&found.at, last).is_gt()) {
                sorted.push(found);
            }
            if sorted.len() / 2 > needed {
                sorted.sort_unstable_by(|left, right| self.order(&left.at, &right.at));
                sorted.truncate(needed);
            }
        }
        sorted.sort_unstable_by(|left, right| self.order(&left.at, &right.at));
        let mut last = None;
        for found in sorted.into_iter().skip(skip) {
            if page.is_complete() {
                return Ok(None);
            }
            if page.is_full() || !page.accept(found.result) {
                return Ok(last.map(|last| Continuation { given: page.given(), last: Some(last) }));
            }
            last = Some(found.at);
        }
        Ok(None)
    }

    /// Results that are not rows: they are made from the start and those given before are passed over.
    fn count_off<E>(
        &self,
        scan: &mut Scan<impl Iterator<Item = Result<Row, E>>>,
        page: &mut Filling,
    ) -> Result<Option<Continuation>, E> {
        let mut skip = self.query.offset.saturating_add(self.from.given);
        let mut seen = BTreeSet::new();
        let mut has_more = false;
        self.results(scan, |result| {
            if self.query.distinct && !seen.insert(Key(Some(result.clone()))) {
                return ControlFlow::Continue(());
            }
            if skip > 0 {
                skip -= 1;
                return ControlFlow::Continue(());
            }
            if page.is_full() || !page.accept(result) {
                has_more = true;
                return ControlFlow::Break(());
            }
            if page.is_complete() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(has_more.then(|| Continuation { given: page.given(), last: None }))
    }

    /// Every result in order, for as long as they are wanted.
    fn results<E>(
        &self,
        scan: &mut Scan<impl Iterator<Item = Result<Row, E>>>,
        mut want: impl FnMut(Value) -> ControlFlow<()>,
    ) -> Result<(), E> {
        if let Some(grouping) = &self.grouping {
            let groups = self.group(grouping, scan)?;
            let _ = groups.into_iter().try_for_each(want);
            return Ok(());
        }
        let mut sorted = Vec::new();
        let mut enough = false;
        while !self.fuel.is_spent()
            && let Some(row) = scan.next()?
        {
            self.each(&row.document, &mut |scope| {
                let value = |of| shortened(scope).evaluate(of).map(Cow::into_owned);
                let Some(result) = value(&self.query.select) else {
                    return ControlFlow::Continue(());
                };
                if !self.sorts() {
                    let wanted = want(result);
                    enough = wanted.is_break();
                    return wanted;
                }
                let keys = self.query.order_by.iter().map(|sort| Key(value(&sort.by))).collect();
                let at = Last { place: row.place.clone(), keys };
                sorted.push(Sortable { at, result });
                ControlFlow::Continue(())
            });
            if enough {
                break;
            }
        }
        // Those of one document keep their order.
        sorted.sort_by(|left, right| self.order(&left.at, &right.at));
        let _ = sorted.into_iter().try_for_each(|found| want(found.result));
        Ok(())
    }

    fn group<E>(
        &self,
        grouping: &Grouping,
        scan: &mut Scan<impl Iterator<Item = Result<Row, E>>>,
    ) -> Result<Vec<Value>, E> {
        let mut groups = Groups::new(grouping);
        while !self.fuel.is_spent()
            && let Some(row) = scan.next()?
        {
            self.each(&row.document, &mut |scope| {
                groups.add(scope);
                ControlFlow::Continue(())
            });
            if self.in_order && groups.is_decided_by_order() {
                break;
            }
        }
        let result = |slots: Vec<_>| {
            let scope = Scope { slots: &slots, ..Scope::of(&Value::Null, &self.fuel) };
            scope.evaluate(&self.query.select).map(Cow::into_owned)
        };
        Ok(groups.finish().into_iter().filter_map(result).collect())
    }

    fn takes(&self, row: &Row) -> bool {
        let filter = self.query.filter.as_ref();
        filter.is_none_or(|filter| Scope::of(&row.document, &self.fuel).satisfies(filter))
    }

    /// Every combination that the sources bind for a document and the filter takes.
    fn each(&self, document: &Value, want: &mut dyn FnMut(&Scope<'_>) -> ControlFlow<()>) {
        let filter = self.query.filter.as_ref();
        let _ = Scope::of(document, &self.fuel).bind(&self.query.sources, &mut |scope| {
            if !self.fuel.burn() {
                return ControlFlow::Break(());
            }
            if filter.is_none_or(|filter| shortened(scope).satisfies(filter)) {
                return want(scope);
            }
            ControlFlow::Continue(())
        });
    }

    /// The result of a document; `SELECT VALUE` of something undefined has none.
    fn project(&self, document: Value) -> Option<Value> {
        match &self.query.select {
            Expression::Document => Some(document),
            select => Scope::of(&document, &self.fuel).evaluate(select).map(Cow::into_owned),
        }
    }

    fn sortable(&self, row: Row) -> Option<Sortable> {
        if !self.takes(&row) {
            return None;
        }
        let scope = Scope::of(&row.document, &self.fuel);
        let key = |by| Key(scope.evaluate(by).map(Cow::into_owned));
        let keys = self.query.order_by.iter().map(|sort| key(&sort.by)).collect();
        let at = Last { place: row.place, keys };
        Some(Sortable { at, result: self.project(row.document)? })
    }

    fn order(&self, left: &Last, right: &Last) -> std::cmp::Ordering {
        let keys = left.keys.iter().zip(&right.keys).zip(&self.query.order_by);
        let compared = keys.map(
            |((left, right), sort)| {
                if sort.descending { right.cmp(left) } else { left.cmp(right) }
            },
        );
        let first_difference = compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then);
        first_difference.then_with(|| left.place.cmp(&right.place))
    }

    /// A page is never empty while there is more, so OFFSET is used up on the first.
    fn offset_left(&self) -> u64 {
        if self.from.last.is_some() { 0 } else { self.query.offset }
    }
}

/// A result and where it stands.
struct Sortable {
    at: Last,
    result: Value,
}

/// The rows, counted as they are looked at.
struct Scan<I> {
    rows: I,
    scanned: usize,
}

impl<E, I: Iterator<Item = Result<Row, E>>> Scan<I> {
    fn next(&mut self) -> Result<Option<Row>, E> {
        let row = self.rows.next().transpose()?;
        self.scanned += usize::from(row.is_some());
        Ok(row)
    }

    fn has_more(&mut self) -> Result<bool, E> {
        Ok(self.rows.next().transpose()?.is_some())
    }
}

fn after(page: &Filling, place: Option<Vec<u8>>) -> Option<Continuation> {
    Some(Continuation { given: page.given(), last: Some(Last { place: place?, keys: Vec::new() }) })
}
