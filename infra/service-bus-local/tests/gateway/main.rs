//! The server as its clients see it, over plain HTTP. The real client has its tests in `infra/service-bus`.

#[path = "../support/mod.rs"]
mod support;

mod admin;
mod hostile;
mod messages;
mod server;
mod world;
