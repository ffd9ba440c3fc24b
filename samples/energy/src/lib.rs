//! Smart meters: register one, activate it, import its readings, and see what is true now and what was
//! true then.
//!
//! Use it to see event sourcing at work, and as the first program to copy from.
//!
//! # Layout
//!
//! The rules of a meter are module 02's: read [`daybook::aggregates::meter`] first.
//!
//! - [`meters`]: carries out commands and reads histories.
//! - [`view`], [`weeks`]: what pages show of a meter, folded from its events.
//! - [`projections`]: views of many meters, folded from the change feed; [`projecting`] runs them.
//! - [`delivery`]: a day's readings as CSV and as JSON.
//! - [`store`]: Cosmos DB, or memory for tests.
//! - [`demo`]: the talk's scenario.
//! - [`words`]: what the cockpit says of meters.
//! - [`web`]: pages and JSON, beside the cockpit's pages of streams.
//!
//! # Why this design
//!
//! There is one kind of state, the stream of a meter. Every answer is folded from it when it is asked
//! for: the simplest thing that is right, and the starting point for everything that makes it fast.
//!
//! # What it does not do
//!
//! It keeps no views, so the list of meters loads every stream. There are no users and no rights.

pub mod delivery;
pub mod demo;
pub mod meters;
pub mod projecting;
pub mod projections;
pub mod role;
pub mod store;
pub mod view;
pub mod web;
pub mod weeks;
pub mod words;
