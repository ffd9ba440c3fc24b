//! Arithmetic. The service computes in doubles; here integers stay exact for as long as they fit 64 bits.

use serde_json::{Number, Value};

use super::compare::{float, integer};
use super::syntax::Arithmetic;

/// Computes; a result that is no JSON number (1/0) is undefined.
pub fn compute(operator: Arithmetic, left: &Number, right: &Number) -> Option<Value> {
    if let (Some(left), Some(right)) = (integer(left), integer(right))
        && let Some(exact) = compute_exactly(operator, left, right)
    {
        return Some(exact);
    }
    if let Some(bitwise) = bitwise(operator) {
        return Some(Value::from(bitwise(bits(left)?, bits(right)?)));
    }
    let (left, right) = (float(left), float(right));
    from_float(match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left % right,
        _ => return None,
    })
}

fn compute_exactly(operator: Arithmetic, left: i128, right: i128) -> Option<Value> {
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide => {
            left.checked_div(right).filter(|_| left.checked_rem(right) == Some(0))
        }
        Arithmetic::Modulo => left.checked_rem(right),
        _ => None,
    };
    result.and_then(from_integer)
}

/// Bitwise operators work on 32 bits, as those of JavaScript do. `None` for the other operators.
fn bitwise(operator: Arithmetic) -> Option<fn(i32, i32) -> i64> {
    Some(match operator {
        Arithmetic::And => |left, right| (left & right).into(),
        Arithmetic::Or => |left, right| (left | right).into(),
        Arithmetic::Xor => |left, right| (left ^ right).into(),
        Arithmetic::ShiftLeft => |left, right| left.wrapping_shl(right.cast_unsigned()).into(),
        Arithmetic::ShiftRight => |left, right| left.wrapping_shr(right.cast_unsigned()).into(),
        Arithmetic::ShiftRightUnsigned => {
            |left, right| left.cast_unsigned().wrapping_shr(right.cast_unsigned()).into()
        }
        _ => return None,
    })
}

/// The lowest 32 bits of a whole number.
#[expect(clippy::cast_possible_truncation, reason = "the higher bits do not count")]
fn bits(number: &Number) -> Option<i32> {
    match integer(number) {
        Some(whole) => Some(whole as i32),
        None => Some(float(number)).filter(|float| float.fract() == 0.0).map(|it| it as i64 as i32),
    }
}

/// `None` if it does not fit 64 bits.
pub fn from_integer(integer: i128) -> Option<Value> {
    Number::from_i128(integer).map(Value::Number)
}

/// A whole number is written without a fraction, as the service writes it.
pub fn from_float(float: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if float.fract() == 0.0 && float.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2⁵³")]
        return Some(Value::from(float as i64));
    }
    Number::from_f64(float).map(Value::Number)
}
