//! Commands a second of ours and of other libraries of event sourcing: one small aggregate, all in memory, in one
//! run, on one thread, one command after the other.
//!
//! A command loads the aggregate, decides and appends one event. Each library is used as its own documentation
//! shows it, with the store in memory that comes with it. They are measured in processes of their own: one of
//! them prints a line at each load, which goes nowhere here.
//!
//! # Layout
//!
//! - `peer`: what is asked of each of them, and how it is measured.
//! - `ours`, `with_cqrs_es`, `with_eventcore`, `with_eventually`: the same counter in the words of each.

mod ours;
mod peer;
mod with_cqrs_es;
mod with_eventcore;
mod with_eventually;

use clap::ValueEnum;

pub use peer::{EVENTS, Failure, Rates};

/// Ours and what it is set beside.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Library {
    /// The kit's.
    Ours,
    /// cqrs-es.
    CqrsEs,
    /// eventually.
    Eventually,
    /// eventcore.
    Eventcore,
}

impl Library {
    /// All of them, ours first.
    pub const ALL: [Self; 4] = [Self::Ours, Self::CqrsEs, Self::Eventually, Self::Eventcore];

    /// With its version.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::CqrsEs => "cqrs-es 0.5",
            Self::Eventually => "eventually 0.4",
            Self::Eventcore => "eventcore 2",
        }
    }
}

/// Takes the rates of one of them, in a process that does nothing else. `quick` takes fewer rounds.
///
/// # Errors
///
/// The library refused a command, or its counters are wrong afterwards.
pub fn measure(library: Library, quick: bool) -> Result<Rates, Failure> {
    let rounds = if quick { 5 } else { 20 };
    match library {
        Library::Ours => peer::measure::<ours::Ours>(rounds),
        Library::CqrsEs => peer::measure::<with_cqrs_es::CqrsEs>(rounds),
        Library::Eventually => peer::measure::<with_eventually::Eventually>(rounds),
        Library::Eventcore => peer::measure::<with_eventcore::Eventcore>(rounds),
    }
}
