//! cosmos-local beside Microsoft's in-memory emulator: the same requests to both, and what the answers differ in.
//!
//! # Layout
//!
//! - `pair`: the two servers, and a container that is the same in both.
//! - `client`: plain requests over HTTP.
//! - `answer`: what of an answer is compared.
//! - `known`: the table of known differences, each with its reason.

mod answer;
mod client;
mod known;
mod pair;

pub use answer::{Answer, without_system_properties};
pub use client::{Client, Sent};
pub use known::{Known, compare};
pub use pair::Pair;
