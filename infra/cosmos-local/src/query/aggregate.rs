//! Aggregate functions.
//!
//! What they make of mixed and missing values, where the service's documentation is silent:
//!
//! - Undefined values count for nothing, everywhere.
//! - COUNT and SUM over nothing are 0, so that a sum of counts or of sums over partitions holds.
//!   MIN, MAX and AVG over nothing are undefined, so `SELECT VALUE MAX(c.x)` gives no result.
//! - SUM and AVG are undefined once they meet something that is not a number.
//! - MIN and MAX order null, booleans, numbers and strings as ORDER BY does and ignore arrays and objects.

use serde_json::{Number, Value};

use super::compare::{float, integer, order_values};
use super::number::{from_float, from_integer};

/// An aggregate function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    Count,
    Sum,
    Average,
    Min,
    Max,
}

impl Aggregate {
    /// By its name in a query.
    pub fn named(name: &str) -> Option<Self> {
        let named = |(candidate, _): &&(&str, Self)| candidate.eq_ignore_ascii_case(name);
        [
            ("COUNT", Self::Count),
            ("SUM", Self::Sum),
            ("AVG", Self::Average),
            ("MIN", Self::Min),
            ("MAX", Self::Max),
        ]
        .iter()
        .find(named)
        .map(|entry| entry.1)
    }
}

/// An aggregate being computed.
#[derive(Debug, Clone)]
pub enum Tally {
    Count(u64),
    Sum(Sum),
    Average(Sum),
    Min(Option<Value>),
    Max(Option<Value>),
}

impl Tally {
    pub fn new(aggregate: Aggregate) -> Self {
        match aggregate {
            Aggregate::Count => Self::Count(0),
            Aggregate::Sum => Self::Sum(Sum::default()),
            Aggregate::Average => Self::Average(Sum::default()),
            Aggregate::Min => Self::Min(None),
            Aggregate::Max => Self::Max(None),
        }
    }

    /// Takes a defined value in.
    pub fn add(&mut self, value: &Value) {
        match self {
            Self::Count(count) => *count += 1,
            Self::Sum(sum) | Self::Average(sum) => sum.add(value),
            Self::Min(least) => {
                if is_scalar(value)
                    && least
                        .as_ref()
                        .is_none_or(|it| order_values(value, it).is_lt())
                {
                    *least = Some(value.clone());
                }
            }
            Self::Max(most) => {
                if is_scalar(value)
                    && most
                        .as_ref()
                        .is_none_or(|it| order_values(value, it).is_gt())
                {
                    *most = Some(value.clone());
                }
            }
        }
    }

    /// Whether rows that come in the order of the value can change nothing any more.
    pub fn is_decided_by_order(&self) -> bool {
        matches!(self, Self::Min(Some(_)) | Self::Max(Some(_)))
    }

    /// The result; `None` is undefined.
    pub fn finish(self) -> Option<Value> {
        match self {
            Self::Count(count) => Some(Value::from(count)),
            Self::Sum(sum) => sum.total(),
            Self::Average(sum) => sum.mean(),
            Self::Min(value) | Self::Max(value) => value,
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// A sum that stays exact while all of it are integers.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    integers: i128,
    floats: f64,
    has_floats: bool,
    count: u64,
    spoiled: bool,
}

impl Sum {
    fn add(&mut self, value: &Value) {
        match value {
            Value::Number(number) => self.add_number(number),
            _ => self.spoiled = true,
        }
    }

    fn add_number(&mut self, number: &Number) {
        self.count += 1;
        if let Some(integer) = integer(number) {
            // 2⁶³ rows of 2⁶⁴ fit.
            self.integers += integer;
        } else {
            self.has_floats = true;
            self.floats += float(number);
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a float is what is left to offer"
    )]
    fn as_float(&self) -> f64 {
        self.integers as f64 + self.floats
    }

    fn total(self) -> Option<Value> {
        match self {
            Self { spoiled: true, .. } => None,
            Self {
                has_floats: false,
                integers,
                ..
            } => from_integer(integers).or_else(|| from_float(self.as_float())),
            _ => from_float(self.as_float()),
        }
    }

    fn mean(self) -> Option<Value> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "no container holds 2⁵³ documents"
        )]
        let count = self.count as f64;
        if self.spoiled || self.count == 0 {
            return None;
        }
        from_float(self.as_float() / count)
    }
}
