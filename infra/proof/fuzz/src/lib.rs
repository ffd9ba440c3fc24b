//! What is fuzzed of cosmos-local: the gateway, the SQL parser and binary JSON. Each target takes any bytes and panics
//! when something is wrong.
//!
//! On the stable compiler `tests/bounded.rs` drives them with made-up and damaged inputs, a bounded number of each, in
//! CI. `just fuzz <target>` drives them with libFuzzer for as long as it is let.
//!
//! # Layout
//!
//! - `gateway`: bytes to requests, several on the same server. `sql`, `binary`: bytes to queries and bodies.

mod binary;
mod gateway;
mod sql;

pub use binary::binary_json;
pub use gateway::gateway;
pub use sql::sql;
