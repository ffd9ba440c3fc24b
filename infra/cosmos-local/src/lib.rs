//! A Cosmos DB on this machine: items, transactions, queries, the change feed and, unlike every other
//! emulator that runs on Linux and Apple silicon, stored procedures.
//!
//! Use it to develop and to test against the real client without an account, a container or a network. It
//! speaks the service's own HTTP protocol, so any Cosmos DB client can connect to it.
//!
//! # Layout
//!
//! - [`gateway`](self): routes, headers, keys and errors as clients expect them; knows no storage.
//! - `engine`: databases, containers, documents, transactions, change feed on `redb`; knows no HTTP.
//! - `query`: the SQL subset: parse, plan by index, evaluate; knows neither.
//! - `scripts`: stored procedures on QuickJS inside an engine transaction.
//! - `clock`: the time that documents are stamped with and expire by.
//! - `charge`: the request-unit model; `throttle`: what happens when throughput is used up.
//! - `server`: starts and stops all of it. `faults`: what is to go wrong by order; `admin`: the handle that orders it,
//!   and partition splits.
//!
//! # Why this design
//!
//! Each layer can be read and tested alone. A write, a batch and a procedure are the same thing, a
//! transaction of one logical partition, so they share one code path and one set of promises.
//!
//! # What it does not do
//!
//! It is a development server: one machine, one process, no replication. What is missing answers 501 with
//! the feature's name.

mod admin;
mod charge;
mod clock;
mod engine;
mod faults;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gateway;
mod query;
mod scripts;
mod server;
mod throttle;

pub use admin::{Admin, AdminError, Range};
pub use clock::Clock;
pub use engine::{OpenError, Storage};
pub use faults::{Effect, Fault, OperationKind, OrderedFault};
pub use server::{CosmosLocal, EMULATOR_KEY, Options, StartError};

/// Runs the code of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
