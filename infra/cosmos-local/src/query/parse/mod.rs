//! From text to tree.
//!
//! The grammar (`sql.pest`) leaves expressions flat; a Pratt parser gives them structure. Both recurse, so what
//! they recurse over is bounded: brackets before parsing, the tree while it is built.

mod clauses;
mod expression;
mod literal;
mod message;
mod outline;
mod term;

pub use outline::{Outline, outline};

use pest::Parser;
use pest::iterators::{Pair, Pairs};
use serde_json::Value;

use super::SqlError;
use super::syntax::Query;

/// The service's own limit on the length of a query.
const MAX_LENGTH: usize = 512 * 1024;
/// Far beyond what people and client libraries write, well within the smallest stack this runs on.
const MAX_BRACKETS: usize = 32;
/// Of the tree: operators that apply one to the other's result.
const MAX_DEPTH: usize = 128;

#[derive(pest_derive::Parser)]
#[grammar = "query/parse/sql.pest"]
struct Sql;

/// Parses a query and fills its parameters in.
pub fn parse(text: &str, parameters: &[(String, Value)]) -> Result<Query, SqlError> {
    if text.len() > MAX_LENGTH {
        return Err(SqlError::Syntax(format!(
            "the query has {} bytes, at most {MAX_LENGTH} are allowed",
            text.len()
        )));
    }
    check_brackets(text)?;
    let mut pairs = Sql::parse(Rule::statement, text).map_err(|error| message::of(text, &error))?;
    let query = pairs.next().ok_or_else(|| SqlError::Syntax("the query is empty".into()))?;
    clauses::query(query, parameters)
}

/// Counts brackets outside strings and comments.
fn check_brackets(text: &str) -> Result<(), SqlError> {
    let (mut depth, mut rest) = (0_usize, text);
    while let Some(at) = rest.find(['(', '[', '{', ')', ']', '}', '"', '\'', '-']) {
        let found = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match found {
            b'(' | b'[' | b'{' => depth += 1,
            b'"' | b'\'' => rest = literal::after_string(rest, char::from(found)),
            b'-' if rest.starts_with('-') => rest = rest.find('\n').map_or("", |end| &rest[end..]),
            b'-' => {}
            _ => depth = depth.saturating_sub(1),
        }
        if depth > MAX_BRACKETS {
            let place = message::place(text, text.len() - rest.len() - 1);
            return Err(too_deep(&place));
        }
    }
    Ok(())
}

fn too_deep(place: &str) -> SqlError {
    SqlError::Syntax(format!("{place}: the expression is nested too deeply, write it flatter"))
}

fn fault(at: &Pair<'_, Rule>, message: impl std::fmt::Display) -> SqlError {
    let (line, column) = at.line_col();
    SqlError::Syntax(format!("line {line}, column {column}: {message}"))
}

fn not_implemented<T>(construct: &str) -> Result<T, SqlError> {
    Err(SqlError::NotImplemented(construct.to_owned()))
}

/// The next part, which the grammar promises.
fn next<'i>(pairs: &mut Pairs<'i, Rule>) -> Result<Pair<'i, Rule>, SqlError> {
    pairs.next().ok_or_else(|| SqlError::Syntax("the query ends too early".into()))
}
