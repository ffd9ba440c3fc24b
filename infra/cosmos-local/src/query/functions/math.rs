//! Functions on numbers.

use serde_json::{Number, Value};

use super::super::compare::{float, integer};
use super::super::number::{compute, from_float, from_integer};
use super::super::syntax::Arithmetic;
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

pub fn pi(_: &[Computed<'_>]) -> Option<Value> {
    from_float(std::f64::consts::PI)
}

pub fn random(_: &[Computed<'_>]) -> Option<Value> {
    from_float(rand::random())
}

pub fn acos(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::acos)
}

pub fn asin(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::asin)
}

pub fn atan(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::atan)
}

pub fn atan2(arguments: &[Computed<'_>]) -> Option<Value> {
    from_float(float(number(arguments, 0)?).atan2(float(number(arguments, 1)?)))
}

pub fn cos(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::cos)
}

pub fn cot(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, |angle| angle.tan().recip())
}

pub fn degrees(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::to_degrees)
}

pub fn exp(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::exp)
}

/// The natural logarithm, or to a base.
pub fn log(arguments: &[Computed<'_>]) -> Option<Value> {
    let of = float(number(arguments, 0)?);
    from_float(if arguments.len() > 1 { of.log(float(number(arguments, 1)?)) } else { of.ln() })
}

pub fn log10(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::log10)
}

pub fn radians(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::to_radians)
}

pub fn sin(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::sin)
}

pub fn square(arguments: &[Computed<'_>]) -> Option<Value> {
    let number = number(arguments, 0)?;
    compute(Arithmetic::Multiply, number, number)
}

pub fn tan(arguments: &[Computed<'_>]) -> Option<Value> {
    of_float(arguments, f64::tan)
}

/// The multiple of a size at or below the number.
pub fn bin(arguments: &[Computed<'_>]) -> Option<Value> {
    let size = if arguments.len() > 1 { float(number(arguments, 1)?) } else { 1.0 };
    from_float((float(number(arguments, 0)?) / size).floor() * size)
}

pub fn int_add(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, i64::checked_add)
}

pub fn int_sub(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, i64::checked_sub)
}

pub fn int_mul(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, i64::checked_mul)
}

pub fn int_div(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, i64::checked_div)
}

pub fn int_mod(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, i64::checked_rem)
}

pub fn int_and(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, |left, right| Some(left & right))
}

pub fn int_or(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, |left, right| Some(left | right))
}

pub fn int_xor(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, |left, right| Some(left ^ right))
}

pub fn int_not(arguments: &[Computed<'_>]) -> Option<Value> {
    Some(Value::from(!value(arguments, 0)?.as_i64()?))
}

pub fn int_left_shift(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, |left, right| left.checked_shl(u32::try_from(right).ok()?))
}

pub fn int_right_shift(arguments: &[Computed<'_>]) -> Option<Value> {
    integers(arguments, |left, right| left.checked_shr(u32::try_from(right).ok()?))
}

fn integers(
    arguments: &[Computed<'_>],
    compute: impl Fn(i64, i64) -> Option<i64>,
) -> Option<Value> {
    compute(value(arguments, 0)?.as_i64()?, value(arguments, 1)?.as_i64()?).map(Value::from)
}

fn of_float(arguments: &[Computed<'_>], compute: impl Fn(f64) -> f64) -> Option<Value> {
    from_float(compute(float(number(arguments, 0)?)))
}
