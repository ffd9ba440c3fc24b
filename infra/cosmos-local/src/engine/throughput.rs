//! What a container is allowed to use, as its offer says.

use serde::{Deserialize, Serialize};

use super::Failure;
use super::limits::invalid;

/// Request units a second, fixed or at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Throughput {
    Manual(u32),
    Autoscale(u32),
}

impl Default for Throughput {
    /// What the service gives a container that asks for nothing.
    fn default() -> Self {
        Self::Manual(400)
    }
}

impl Throughput {
    /// Refuses what the service does not sell.
    pub fn checked(self) -> Result<Self, Failure> {
        let (units, least, step) = match self {
            Self::Manual(units) => (units, 400, 100),
            Self::Autoscale(units) => (units, 1000, 1000),
        };
        if units >= least && units.is_multiple_of(step) {
            return Ok(self);
        }
        Err(invalid(format!(
            "the throughput {units} is not offered: it is from {least} on, in steps of {step}"
        )))
    }

    /// The most a second.
    pub fn most(self) -> u32 {
        match self {
            Self::Manual(units) | Self::Autoscale(units) => units,
        }
    }
}
