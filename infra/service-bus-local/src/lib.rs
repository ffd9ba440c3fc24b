//! A Service Bus on this machine: queues, topics and subscriptions over the service's own HTTP protocol.
//!
//! Use it to develop and to test without an account, a container or a network. The official emulator speaks
//! AMQP only, so a client over REST, such as `azure_messaging_servicebus` 0.21, has nothing to talk to but Azure
//! and this.
//!
//! # Layout
//!
//! - [`gateway`](self): paths, headers, signatures and errors as clients expect them; knows no storage.
//! - `engine`: queues, topics, locks, schedules and dead letters on `redb`; knows no HTTP.
//! - `rules`: which messages a subscription gets: correlation and SQL filters; knows neither.
//! - `config`: the entities, from a `Config.json` of the official emulator's shape.
//! - `clock`: the time, which tests and learners move.
//!
//! # Why this design
//!
//! Each layer can be read and tested alone. One thread does all that changes a message, one thing after the
//! other, and commits many of them at once: there is one order and one clock, so what the broker does is what a
//! model of one page does.
//!
//! # What it does not do
//!
//! It is a development server: one machine, one process, no replication, and REST only. Sessions, deferral,
//! forwarding, transactions and rule actions are refused by name.

mod clock;
mod config;
mod engine;
mod gateway;
mod message;
mod rules;
mod server;

pub use clock::Clock;
pub use config::{Config, ConfigError};
pub use engine::{OpenError, Storage};
pub use gateway::{Policy, Right};
pub use server::{EMULATOR_KEY, EMULATOR_POLICY, Options, ServiceBusLocal, StartError};

/// Runs the code of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
