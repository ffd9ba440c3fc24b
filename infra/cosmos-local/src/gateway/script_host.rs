//! Lets a script work in a transaction, and adds up what its operations cost.

use super::cost;
use crate::charge;
use crate::engine::{Definition, Failure, Operation, Outcome, Transaction};
use crate::query::{Page, Request};
use crate::scripts::Host;
use std::sync::Mutex;

/// A transaction as scripts see it.
pub struct ScriptHost {
    transaction: Transaction,
    definition: Definition,
    /// A query has the host shared, so the sum is behind a lock; nobody ever waits for it.
    spent: Mutex<f64>,
}

impl ScriptHost {
    pub fn new(transaction: Transaction, definition: Definition) -> Self {
        Self {
            transaction,
            definition,
            spent: Mutex::new(0.0),
        }
    }

    /// The transaction with what the script wrote, and what its operations would have cost a client.
    pub fn finish(self) -> (Transaction, f64) {
        let spent = self.spent.into_inner();
        (
            self.transaction,
            spent.unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    fn spend(&self, charge: f64) {
        let mut spent = self
            .spent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *spent += charge;
    }
}

impl Host for ScriptHost {
    fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure> {
        let outcome = self.transaction.apply(operation);
        let charge = outcome
            .as_ref()
            .map(|outcome| cost::of(outcome, &self.definition));
        self.spend(charge.unwrap_or(charge::FLAT));
        outcome
    }

    fn query(&self, request: &Request) -> Result<Page, Failure> {
        let page = self.transaction.query(request)?;
        // What a script reads does not leave the server: only the look-ups count.
        self.spend(charge::query(page.scanned, 0));
        Ok(page)
    }
}
