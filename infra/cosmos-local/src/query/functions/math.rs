//! Functions on numbers.

use serde_json::{Number, Value};

use super::super::compare::{float, integer};
use super::super::number::{from_float, from_integer};
use super::{Computed, value};

pub fn abs(arguments: &[Computed<'_>]) -> Option<Value> {
    map(arguments, i128::abs, f64::abs)
}

pub fn floor(arguments: &[Computed<'_>]) -> Option<Value> {
    map(arguments, |whole| whole, f64::floor)
}

pub fn ceiling(arguments: &[Computed<'_>]) -> Option<Value> {
    map(arguments, |whole| whole, f64::ceil)
}

/// Halves go away from zero.
pub fn round(arguments: &[Computed<'_>]) -> Option<Value> {
    map(arguments, |whole| whole, f64::round)
}

pub fn truncate(arguments: &[Computed<'_>]) -> Option<Value> {
    map(arguments, |whole| whole, f64::trunc)
}

pub fn sign(arguments: &[Computed<'_>]) -> Option<Value> {
    let of_float = |float: f64| if float == 0.0 { 0.0 } else { float.signum() };
    map(arguments, i128::signum, of_float)
}

pub fn square_root(arguments: &[Computed<'_>]) -> Option<Value> {
    from_float(float(number(arguments, 0)?).sqrt())
}

pub fn power(arguments: &[Computed<'_>]) -> Option<Value> {
    from_float(float(number(arguments, 0)?).powf(float(number(arguments, 1)?)))
}

fn number<'a>(arguments: &'a [Computed<'_>], at: usize) -> Option<&'a Number> {
    match value(arguments, at)? {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn map(
    arguments: &[Computed<'_>],
    integers: impl Fn(i128) -> i128,
    floats: impl Fn(f64) -> f64,
) -> Option<Value> {
    let number = number(arguments, 0)?;
    match integer(number) {
        Some(integer) => from_integer(integers(integer)),
        None => from_float(floats(float(number))),
    }
}
