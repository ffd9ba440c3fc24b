//! Snapshots and the cost of writing: states that need not be folded from the first event each time.
//!
//! Use it when streams grow long, or when a command must cost one request: [`Cached`] and [`Snapshots`] take the
//! place of the fold in [`aggregates::Repository`].
//!
//! # Layout
//!
//! - `snapshot`, `snapshots`: a state as a document, and a state from it and the tail of the stream. Read these first.
//! - `packed`: states that are long are compressed.
//! - `policy`, `taker`: when a snapshot is taken, and the handler of the change feed that takes it.
//! - `cached`: states in memory.
//! - [`books`] with [`year`]: a stream for each period, closed and carried forward; a meter's readings by year.
//!
//! # Why this design
//!
//! A snapshot is a memory of the reader's, not of the store's: it is never asked whether something happened. So it
//! may be missing, old, unreadable or of another program's making, and the state is right all the same. It names
//! the event it ends with, and is used only if the stream has that event at that place: a container that was
//! restored, or a stream that was deleted, is another history.
//! A state in memory is checked by the append itself, which names the version that it rests on.
//!
//! # What it does not do
//!
//! It makes no stream shorter. That is what closing the books is for.

pub mod books;
mod cached;
mod packed;
mod policy;
mod snapshot;
mod snapshots;
mod taker;
pub mod year;
mod year_id;

pub use cached::{Cached, Hits};
pub use policy::Policy;
pub use snapshot::{Restored, SNAPSHOTS, Snapshot, SnapshotDocument, Unusable};
pub use snapshots::Snapshots;
pub use taker::{Taken, Taker};
