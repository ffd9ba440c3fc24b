//! What an operation cost.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::Serialize;

/// Request units, Cosmos DB's price of an operation. Without an account they are a model's.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Charge(pub f64);

impl Add for Charge {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Charge {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Charge {
    fn sum<I: Iterator<Item = Self>>(charges: I) -> Self {
        charges.fold(Self::default(), Add::add)
    }
}
