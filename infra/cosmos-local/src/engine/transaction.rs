//! One transaction of one logical partition: a read snapshot with an overlay of its own writes.

use super::{Failure, Operation, Outcome};
use crate::query::{Page, Request};

/// Owned and `Send`, so that a procedure can hold it while it runs. Sees its own writes, in queries too.
pub struct Transaction {}

/// A transaction that has been committed.
#[derive(Debug)]
pub struct Committed<T> {
    pub value: T,
    /// LSN of this transaction, or the range's newest when it wrote nothing.
    pub lsn: u64,
    /// The partition-key range that holds the logical partition.
    pub range: u32,
}

impl Transaction {
    /// Carries out one operation. After an error the transaction is as before the operation and can go on.
    pub fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure> {
        todo!("{operation:?}")
    }

    /// One page of a query over this logical partition.
    pub fn query(&self, request: &Request) -> Result<Page, Failure> {
        todo!("{request:?}")
    }
}
