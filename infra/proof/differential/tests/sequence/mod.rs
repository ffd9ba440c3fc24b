//! The operations of a sequence, and what both say to them.

mod both;
mod operation;

pub use both::Both;
pub use operation::operation;
