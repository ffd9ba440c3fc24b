//! SQL filters: parse once, evaluate per message. A missing property makes what depends on it unknown, and
//! `AND`, `OR` and `NOT` know three values.

mod evaluate;
mod like;
mod parse;
mod syntax;

pub use evaluate::real;
use syntax::Expression;

use super::Subject;

/// A filter, ready to be asked.
#[derive(Debug)]
pub struct Filter(Expression);

impl Filter {
    /// Reads a filter; the error names line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text).map(Self)
    }

    /// Whether it holds; `None` where that is unknown.
    pub fn evaluate(&self, subject: Subject<'_>) -> Option<bool> {
        evaluate::truth(&self.0, subject)
    }
}
