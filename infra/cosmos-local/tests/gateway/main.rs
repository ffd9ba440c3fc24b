//! The server as its clients see it: through the real SDK, and over plain HTTP where that cannot go.

#[path = "../support/mod.rs"]
mod support;

mod batches;
mod change_feed;
mod containers;
mod expiry;
mod faults;
mod hierarchy;
mod items;
mod patches;
mod procedures;
mod queries;
mod refusals;
mod server;
mod splits;
mod throughput;
mod world;
