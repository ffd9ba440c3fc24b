//! Queries over JSON documents, through the plan and a scan that honours its access.

mod access;
mod aggregates;
mod distribute;
mod expressions;
mod functions;
mod hostile;
mod order;
mod paging;
mod select;
mod subqueries;
mod syntax_errors;

use std::cell::Cell;
use std::ops::Bound;

use serde_json::{Value, json};

use super::compare::order;
use super::{Access, Page, Plan, Request, Row, SqlError};

/// Documents and the paths they are indexed by.
struct Data {
    documents: Vec<Value>,
    indexed: Vec<Vec<String>>,
    /// Rows taken by the latest page.
    pulled: Cell<usize>,
}

/// Documents without an index.
fn data(documents: Value) -> Data {
    let Value::Array(documents) = documents else {
        panic!("documents come as an array");
    };
    Data { documents, indexed: Vec::new(), pulled: Cell::new(0) }
}

impl Data {
    fn indexed_by(mut self, paths: &[&str]) -> Self {
        let split = |path: &&str| path.split('.').map(str::to_owned).collect();
        self.indexed = paths.iter().map(split).collect();
        self
    }

    /// All results of a query, in one page.
    fn results(&self, text: &str) -> Vec<Value> {
        self.page(&request(text)).unwrap().results
    }

    fn results_with(&self, text: &str, parameters: Value) -> Vec<Value> {
        self.page(&Request { parameters: named(parameters), ..request(text) }).unwrap().results
    }

    /// All results, asked for in pages of a size.
    fn results_in_pages(&self, text: &str, size: usize) -> Vec<Vec<Value>> {
        let mut request = Request { max_items: Some(size), ..request(text) };
        let mut pages = Vec::new();
        loop {
            let page = self.page(&request).unwrap();
            pages.push(page.results);
            match page.continuation {
                Some(token) => request.continuation = Some(token),
                None => return pages,
            }
        }
    }

    fn page(&self, request: &Request) -> Result<Page, SqlError> {
        let plan = Plan::new(request, &self.indexed)?;
        let mut rows = self.scan(plan.access());
        if let Some(after) = plan.after() {
            rows.retain(|row| row.place.as_slice() > after);
        }
        self.pulled.set(0);
        let counted = rows.into_iter().map(|row| {
            self.pulled.set(self.pulled.get() + 1);
            Ok(row)
        });
        plan.run(counted)
    }

    fn access(&self, text: &str) -> Access {
        Plan::new(&request(text), &self.indexed).unwrap().access().clone()
    }

    fn scan(&self, access: &Access) -> Vec<Row> {
        let row = |document: &Value, place| Row { document: document.clone(), place };
        let mut rows: Vec<Row> = match access {
            Access::Id(id) => {
                let wanted = self.documents.iter().filter(|document| document["id"] == **id);
                wanted.map(|document| row(document, id.clone().into_bytes())).collect()
            }
            Access::All => {
                let place = |document: &Value| document["id"].to_string().into_bytes();
                self.documents.iter().map(|document| row(document, place(document))).collect()
            }
            Access::Index { path, bounds, descending } => {
                // The index of a scalar path knows no arrays and objects.
                let value = |document: &Value| {
                    let at_path = |it: Value, name: &String| it.get(name).cloned();
                    let value = path.iter().try_fold(document.clone(), at_path);
                    value.filter(|value| !value.is_array() && !value.is_object())
                };
                let within = |document: &&Value| {
                    let value = value(document);
                    after_start(&bounds.from, value.as_ref())
                        && before_end(&bounds.to, value.as_ref())
                };
                let place = |document: &Value| {
                    let mut place = place_of(value(document).as_ref());
                    place.extend(document["id"].to_string().bytes());
                    if *descending {
                        place = place.into_iter().map(|byte| !byte).collect();
                    }
                    place
                };
                let found = self.documents.iter().filter(within);
                found.map(|document| row(document, place(document))).collect()
            }
        };
        rows.sort_by(|left, right| left.place.cmp(&right.place));
        rows
    }
}

fn after_start(bound: &Bound<Value>, value: Option<&Value>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(from) => order(value, Some(from)).is_ge(),
        Bound::Excluded(from) => order(value, Some(from)).is_gt(),
    }
}

fn before_end(bound: &Bound<Value>, value: Option<&Value>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(to) => order(value, Some(to)).is_le(),
        Bound::Excluded(to) => order(value, Some(to)).is_lt(),
    }
}

/// Bytes that order as the values do; numbers of the tests are small.
fn place_of(value: Option<&Value>) -> Vec<u8> {
    match value {
        None => vec![0],
        Some(Value::Null) => vec![1],
        Some(Value::Bool(truth)) => vec![2, u8::from(*truth)],
        Some(Value::Number(number)) => {
            let shifted = number.as_f64().unwrap() + 1e9;
            [&[3], shifted.to_bits().to_be_bytes().as_slice()].concat()
        }
        Some(Value::String(text)) => [&[4], text.as_bytes(), &[0]].concat(),
        Some(_) => unreachable!("not in an index"),
    }
}

/// With so much time that a slow machine changes nothing.
fn request(text: &str) -> Request {
    let time = Some(std::time::Duration::from_secs(600));
    Request { text: text.to_owned(), time, ..Request::default() }
}

fn named(parameters: Value) -> Vec<(String, Value)> {
    serde_json::from_value::<serde_json::Map<_, _>>(parameters).unwrap().into_iter().collect()
}

/// The value of an expression that refers to no document.
fn value_of(expression: &str) -> Option<Value> {
    let results = data(json!([])).results(&format!("SELECT VALUE {expression}"));
    assert!(results.len() <= 1, "{expression} has several values");
    results.into_iter().next()
}

fn error_of(text: &str) -> SqlError {
    Plan::new(&request(text), &[]).unwrap_err()
}

/// Ids of the documents a filter takes.
fn ids(data: &Data, filter: &str) -> Vec<String> {
    let query = format!("SELECT VALUE c.id FROM c WHERE {filter}");
    let id = |value: Value| value.as_str().unwrap().to_owned();
    data.results(&query).into_iter().map(id).collect()
}
