//! What the checks see: our solution, or your exercise with `--features mine`.

#[cfg(not(feature = "mine"))]
pub use aggregates::*;
#[cfg(feature = "mine")]
pub use aggregates_exercise::*;

pub mod account;
pub mod unreliable;
pub mod words;
