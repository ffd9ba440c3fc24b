//! Proves module 03 with what can go wrong in earnest: worker processes that are killed and stopped, partitions
//! that split, requests that fail and answers that are lost.
//!
//! Each test runs a cosmos-local of its own, lets writers append to many meters, and runs the projections of the
//! energy sample in processes of their own. In the end every view must be the fold of the events, byte for
//! byte, or by value where a view is made of several streams.
//!
//! # Layout
//!
//! - `place`: the Cosmos DB of a test, and its clients.
//! - `writers`: append to many meters, and keep a book of what was acknowledged.
//! - `energy_views`: the projections, and a processor for all of them.
//! - `watched` with `watch`, `point`: documents that stand still at a chosen point, so that a process can be
//!   killed there.
//! - `order`, `orders`, `process`: what a worker process is told, and how a test starts, stops and kills it.
//! - `audit`: compares streams with the book, and views with streams.

mod audit;
mod energy_views;
mod order;
mod orders;
mod place;
mod point;
mod process;
mod watch;
mod watched;
mod writers;

pub use audit::{Audit, caught_up, caught_up_with, lease_owners};
pub use energy_views::project;
pub use order::Order;
pub use orders::orders;
pub use place::{DATABASE, Place, serve};
pub use point::Point;
pub use process::Process;
pub use watch::Watch;
pub use watched::Watched;
pub use writers::{Book, Writers};
