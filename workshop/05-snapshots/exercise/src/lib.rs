//! Snapshots and the cost of writing: states that need not be folded from the first event each time.
//!
//! Use it when streams grow long, or when a command must cost one request: [`Cached`] and [`Snapshots`] take the
//! place of the fold in [`aggregates::Repository`].
//!
//! # Layout
//!
//! - `snapshot`, `snapshots`: a state as a document, and a state from it and the tail of the stream. Read these first.
//! - `policy`, `taker`: when a snapshot is taken, and the handler of the change feed that takes it.
//! - `cached`: states in memory.
//! - [`books`]: a stream for each period, closed and carried forward.
//!
//! # Why this design
//!
//! A snapshot is a memory of the reader's, not of the store's: it is never asked whether something happened. So it
//! may be missing, old, unreadable or of another program's making, and the state is right all the same.
//! A state in memory is checked by the append itself, which names the version that it rests on.
//!
//! # What it does not do
//!
//! It makes no stream shorter. That is what closing the books is for.

pub mod books;
mod cached;
mod policy;
mod snapshot;
mod snapshots;
mod taker;

pub use cached::{Cached, Hits};
pub use policy::Policy;
pub use snapshot::{SNAPSHOTS, Snapshot, SnapshotDocument, Unusable};
pub use snapshots::Snapshots;
pub use taker::Taker;
