//! What `cosmos-local` and `service-bus-local` have in common: each is one program that keeps its data in one file
//! and answers HTTP on this machine.
//!
//! Use it for a server of that kind. It knows nothing of Cosmos DB or Service Bus.
//!
//! # Layout
//!
//! - [`storage`]: where the data is, and opening it; `memory`: storage that takes no more than was written;
//!   `writer`: the transactions that write it.
//! - [`listener`]: the port, and an orderly end.
//! - [`body`]: request bodies, read within bounds.
//! - [`program`]: what the command lines share.

pub mod body;
pub mod listener;
mod memory;
pub mod program;
pub mod storage;
mod writer;
