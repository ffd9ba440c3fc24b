//! Smart meters: register one, activate it, import its readings, and see what is true now and what was
//! true then.
//!
//! Use it to see event sourcing at work, and as the first program to copy from.
//!
//! # Layout
//!
//! The rules of a meter are module 02's: read [`daybook::aggregates::meter`] first. What they say of a person is sealed,
//! as in [`daybook::gdpr::meter`].
//!
//! - [`meters`]: carries out commands and reads histories.
//! - [`view`], [`weeks`]: what pages show of a meter, folded from its events.
//! - [`projections`]: views of many meters, folded from the change feed; [`projecting`] runs and reads them.
//! - [`bus`]: what others are told of meters, and what they make of it.
//! - [`delivery`]: a day's readings as CSV and as JSON.
//! - [`store`]: Cosmos DB, wherever it runs. [`role`]: what a process does. [`telling`]: its log and its traces.
//! - [`privacy`], [`forget`]: owners can be forgotten, and told what is held on them. `follow`: what goes with a stream.
//! - [`demo`]: the talk's scenario.
//! - [`words`]: what the cockpit says of meters.
//! - [`web`]: pages and JSON, beside the cockpit's pages of streams.
//!
//! # Why this design
//!
//! There is one kind of state, the stream of a meter. What concerns one meter is folded from it when it is
//! asked for; what concerns many is a view, which can be built again at any time.
//!
//! # What it does not do
//!
//! There are no users and no rights: everybody is the security officer. A meter's page loads its whole stream.

pub mod bus;
pub mod delivery;
pub mod demo;
mod follow;
pub mod forget;
pub mod meters;
pub mod privacy;
pub mod projecting;
pub mod projections;
pub mod role;
pub mod store;
pub mod telling;
pub mod view;
pub mod web;
pub mod weeks;
pub mod words;
