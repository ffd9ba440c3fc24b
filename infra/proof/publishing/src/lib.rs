//! Proves module 04 with a publisher process that is killed: between what is stored and what is sent, and between
//! what is sent and the note that it was.
//!
//! The test runs a cosmos-local and a service-bus-local, and lets writers append to many meters. One subscription is
//! emptied by a receiver that counts what comes; another by a consumer of the module's, which keeps its inbox. The
//! topic detects no duplicates, so none is hidden.
//!
//! # Layout
//!
//! - `point`, `standing`: where a publisher process stands still, so that it can be killed there.
//! - `order`: what it is told. The process itself is in `publisher.rs`.
//! - `recorder`: who listens, and what must have come of it.

mod order;
mod point;
mod recorder;
mod standing;

pub use order::{Order, TOPIC, connect};
pub use point::Point;
pub use recorder::{Received, Record, Recorder, expected, recorded};
pub use standing::{Standing, StandingBus, StandingHandler};
