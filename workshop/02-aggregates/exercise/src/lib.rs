//! Aggregates: the things that streams are about, guarded by their rules, and a repository that carries
//! out commands on them.
//!
//! Use it to write rules as two plain functions, `decide` and `evolve`, and to leave loading, conflicts
//! and repeats to [`Repository::execute`].
//!
//! # Layout
//!
//! - `aggregate`, `context`: the words: [`Aggregate`], [`Context`].
//! - [`meter`] with [`registration`], [`readings`], [`field`]: the first aggregate, a smart meter. Read it first.
//! - `repository`, `outcome`: load, fold, decide, append; and on a conflict decide again.
//! - `states`, `commands`: where states come from, and which commands they remember.
//! - `queue`: commands for one aggregate wait for each other.
//! - `codec` with `encode`, `decode`, `any_event`: between events and what is stored of them.
//! - [`specification`]: tests as given, when, then.
//!
//! # Why this design
//!
//! Rules are pure, so they are tested without a store and decided again at no cost. An event's id is made
//! of the command's, so a command that is sent twice leaves its events once. A conflict brings the events
//! that were missed, so deciding again needs no second read.
//!
//! # What it does not do
//!
//! A command changes one aggregate. States are folded from the whole stream each time: module 05 keeps
//! them.

mod aggregate;
mod any_event;
mod codec;
mod commands;
mod context;
mod decode;
mod encode;
pub mod field;
pub mod meter;
mod outcome;
mod queue;
pub mod readings;
pub mod registration;
mod repository;
pub mod specification;
mod states;

pub use aggregate::Aggregate;
pub use any_event::AnyEvent;
pub use codec::{CodecError, Recorded, decode, encode};
pub use commands::RecentCommands;
pub use context::Context;
pub use outcome::{ExecuteError, Outcome};
pub use repository::Repository;
pub use states::{Folded, LoadError, Loaded, State, States};
