//! What a worker process is told.

use projections::Options;
use serde::{Deserialize, Serialize};

use crate::Point;

/// How a worker process works. It is told on its command line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// Where cosmos-local is.
    pub endpoint: String,
    /// For how long a claim holds, in milliseconds.
    pub duration_ms: u64,
    /// At least so many leases.
    pub leases: usize,
    /// At most so many events to a page.
    pub page: u32,
    /// There is no other worker.
    pub alone: bool,
    /// Where it stands still; without one it works until it is stopped.
    pub point: Option<Point>,
    /// By how many days its clock is wrong, forward and backward by turns.
    pub skew_days: i64,
}

impl Order {
    /// Works in small pages and with short claims, as tests need it.
    #[must_use]
    pub fn at(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            duration_ms: 1_000,
            leases: 1,
            page: 20,
            alone: false,
            point: None,
            skew_days: 0,
        }
    }

    /// The same for a processor.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            leases: self.leases,
            duration: std::time::Duration::from_millis(self.duration_ms),
            page: self.page,
            alone: self.alone,
            ..Options::default()
        }
    }
}
