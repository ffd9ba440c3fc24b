//! The questions that are asked of more than one stream, or more often than a stream is worth reading.
//!
//! Each file is one question. None of the views holds an activation code.

mod activated;
mod districts;
mod failures;
mod meters;
mod weeks;

pub use activated::{ALL, ActivatedMeters, TotalActivated};
pub use districts::{DistrictOverview, Districts};
pub use failures::{ActivationFailures, Attempt, FailedActivations};
pub use meters::{MeterState, MeterStates};
pub use weeks::{DailyTotalsByWeek, WeekOfMeter};
