//! Requests nobody should send, through real sockets: none of them panics, hangs or stops the server.

#[path = "../support/mod.rs"]
mod support;

mod bodies;
mod connections;
mod heads;
mod wire;
mod world;
