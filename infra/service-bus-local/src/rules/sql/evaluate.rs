//! The value of an expression for a message. `None` is unknown.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::Subject;
use super::syntax::{Arithmetic, Comparison, Expression, Name, System};
use crate::message::Scalar;

/// Ticks of 100 nanoseconds, as the service counts durations and dates, in a millisecond.
const TICKS: i64 = 10_000;

/// The truth of an expression; anything but a boolean is unknown.
pub fn truth(expression: &Expression, subject: Subject<'_>) -> Option<bool> {
    match expression {
        Expression::Not(operand) => truth(operand, subject).map(|known| !known),
        Expression::And(sides) => and(truth(&sides[0], subject), || truth(&sides[1], subject)),
        Expression::Or(sides) => {
            let not = |side| truth(side, subject).map(|known: bool| !known);
            and(not(&sides[0]), || not(&sides[1])).map(|neither| !neither)
        }
        Expression::Compare(comparison, sides) => {
            let ordering = compare(&*value(&sides[0], subject)?, &*value(&sides[1], subject)?)?;
            Some(holds(*comparison, ordering))
        }
        Expression::IsNull { name, negated } => Some(property(name, subject).is_none() != *negated),
        Expression::In { value: operand, list, negated } => {
            let found = value(operand, subject)?;
            contains(&found, list, subject).map(|known| known != *negated)
        }
        Expression::Like { value: operand, pattern, negated } => match &*value(operand, subject)? {
            Scalar::Text(text) => Some(pattern.matches(text) != *negated),
            _ => None,
        },
        other => match &*value(other, subject)? {
            Scalar::Boolean(known) => Some(*known),
            _ => None,
        },
    }
}

/// False with anything is false; otherwise unknown with anything is unknown.
fn and(left: Option<bool>, right: impl FnOnce() -> Option<bool>) -> Option<bool> {
    match left {
        Some(false) => Some(false),
        Some(true) => right(),
        None => right().filter(|known| !known),
    }
}

/// Whether any of the list is equal; unknown if none is and one of them is unknown.
fn contains(found: &Scalar, list: &[Expression], subject: Subject<'_>) -> Option<bool> {
    let mut answer = Some(false);
    for item in list {
        match value(item, subject).and_then(|item| compare(found, &item)) {
            Some(Ordering::Equal) => return Some(true),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

fn value<'a>(expression: &'a Expression, subject: Subject<'a>) -> Option<Cow<'a, Scalar>> {
    match expression {
        Expression::Literal(literal) => Some(Cow::Borrowed(literal)),
        Expression::Property(name) => property(name, subject),
        Expression::Negate(operand) => match &*value(operand, subject)? {
            Scalar::Integer(number) => number.checked_neg().map(Scalar::Integer),
            Scalar::Real(number) => Some(Scalar::Real(-number)),
            Scalar::Text(_) | Scalar::Boolean(_) => None,
        }
        .map(Cow::Owned),
        Expression::Arithmetic(operator, sides) => {
            let (left, right) = (value(&sides[0], subject)?, value(&sides[1], subject)?);
            calculate(*operator, &left, &right).map(Cow::Owned)
        }
        condition => truth(condition, subject).map(|known| Cow::Owned(Scalar::Boolean(known))),
    }
}

fn property<'a>(name: &Name, subject: Subject<'a>) -> Option<Cow<'a, Scalar>> {
    let properties = subject.properties;
    let system = match name {
        Name::User(name) => return properties.custom(name).map(Cow::Borrowed),
        Name::System(system) => system,
    };
    let text = match system {
        System::MessageId => Some(&properties.message_id),
        System::Label => properties.label.as_ref(),
        System::CorrelationId => properties.correlation_id.as_ref(),
        System::SessionId => properties.session_id.as_ref(),
        System::PartitionKey => properties.partition_key.as_ref(),
        System::To => properties.to.as_ref(),
        System::ReplyTo => properties.reply_to.as_ref(),
        System::ReplyToSessionId => properties.reply_to_session_id.as_ref(),
        System::ContentType => properties.content_type.as_ref(),
        System::TimeToLive => {
            let ticks = properties.time_to_live?.saturating_mul(TICKS);
            return Some(Cow::Owned(Scalar::Integer(ticks)));
        }
        System::SequenceNumber => {
            let number = i64::try_from(properties.topic_sequence).unwrap_or(i64::MAX);
            return Some(Cow::Owned(Scalar::Integer(number)));
        }
        System::EnqueuedTimeUtc => {
            let ticks = subject.enqueued_at.saturating_mul(TICKS);
            return Some(Cow::Owned(Scalar::Integer(ticks)));
        }
    };
    text.map(|text| Cow::Owned(Scalar::Text(text.clone())))
}

/// How two values of one kind compare; unknown for values of two kinds.
fn compare(left: &Scalar, right: &Scalar) -> Option<Ordering> {
    match (left, right) {
        (Scalar::Text(left), Scalar::Text(right)) => Some(left.cmp(right)),
        (Scalar::Boolean(left), Scalar::Boolean(right)) => Some(left.cmp(right)),
        (Scalar::Integer(left), Scalar::Integer(right)) => Some(left.cmp(right)),
        (left, right) => number(left)?.partial_cmp(&number(right)?),
    }
}

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

/// Whole numbers stay whole; what has no value (a division by zero, an overflow) is unknown.
fn calculate(operator: Arithmetic, left: &Scalar, right: &Scalar) -> Option<Scalar> {
    if let (Scalar::Integer(left), Scalar::Integer(right)) = (left, right) {
        let whole = match operator {
            Arithmetic::Add => left.checked_add(*right),
            Arithmetic::Subtract => left.checked_sub(*right),
            Arithmetic::Multiply => left.checked_mul(*right),
            Arithmetic::Divide => left.checked_div(*right),
            Arithmetic::Modulo => left.checked_rem(*right),
        };
        return whole.map(Scalar::Integer);
    }
    let (left, right) = (number(left)?, number(right)?);
    let result = match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left % right,
    };
    result.is_finite().then_some(Scalar::Real(result))
}

fn number(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Integer(number) => Some(real(*number)),
        Scalar::Real(number) => Some(*number),
        Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

/// A whole number among real ones.
#[expect(clippy::cast_precision_loss, reason = "as on the service, beyond 2^53 the nearest one")]
pub fn real(number: i64) -> f64 {
    number as f64
}
