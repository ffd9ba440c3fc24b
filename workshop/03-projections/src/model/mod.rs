//! A random model of the protocol: real workers and real folders over a network on which everything goes wrong
//! that can, by a seed; and then the law: every view equals the fold of the events.
//!
//! # Layout
//!
//! - `network`: the dice. Every request waits in it, and there the crowd may leave a worker for a while, or for good.
//! - `documents`, `feed`, `store`: what workers ask for, with its faults.
//! - `crowd`: polls one worker after the other, as the dice fall.
//! - `world`: what there is, the workers in it, and what must be true in the end.

mod crowd;
mod documents;
mod feed;
mod network;
mod store;
mod world;

pub use world::{run, tell};

/// A promise that the protocol needs, and that a transport could break. The model has to notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// None: the law must hold.
    Nothing,
    /// A page is written down when it is finished, and not before it is begun.
    Pin,
    /// The checkpoint of a view is not looked at.
    Checkpoint,
    /// A view is replaced whoever wrote it meanwhile.
    Condition,
    /// A view is created over one that is there.
    Create,
    /// A replica that has not seen an event says that it is gone.
    Replica,
}
