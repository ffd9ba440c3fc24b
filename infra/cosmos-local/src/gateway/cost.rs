//! What an operation on a document costs, by the model of [`crate::charge`].

use crate::charge;
use crate::engine::{Definition, Outcome};

/// The price of an operation that was carried out.
pub fn of(outcome: &Outcome, definition: &Definition) -> f64 {
    let indexed = definition.indexed.len() + definition.unique_keys.len();
    match outcome {
        Outcome::Created(document) => charge::create(document.body.len(), indexed),
        Outcome::Replaced(document) => charge::replace(document.body.len(), indexed),
        Outcome::Read(document) => charge::read(document.body.len()),
        Outcome::NotModified(_) => charge::FLAT,
        Outcome::Deleted => charge::delete(indexed),
    }
}
