//! A bank account. Stream: `account:{id}`. Rule: nobody takes out more than there is.
//!
//! Small events, so that streams can be long.

use aggregates::Aggregate;
use serde::{Deserialize, Serialize};

use crate::Snapshot;

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Money came in.
    Deposited {
        /// How much.
        amount: u64,
    },
    /// Money went out.
    Withdrawn {
        /// How much.
        amount: u64,
    },
}

/// What somebody wants of an account.
#[derive(Debug, Clone)]
pub enum Command {
    /// Put in these amounts, one by one, all or none.
    Deposit(Vec<u64>),
    /// Take out that much.
    Withdraw(u64),
    /// Leave that much at most: what is beyond goes out.
    LeaveAtMost(u64),
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the balance is {balance}")]
pub struct Overdrawn {
    /// What there is.
    pub balance: u64,
}

/// What decisions need.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What there is.
    pub balance: u64,
}

impl Snapshot for Account {
    const SCHEMA: u32 = 2;
}

impl Aggregate for Account {
    const CATEGORY: &'static str = "account";
    type Id = String;
    type Command = Command;
    type Event = Event;
    type Error = Overdrawn;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Overdrawn> {
        match command {
            Command::Deposit(amounts) => {
                Ok(amounts.into_iter().map(|amount| Event::Deposited { amount }).collect())
            }
            Command::Withdraw(amount) if amount > self.balance => {
                Err(Overdrawn { balance: self.balance })
            }
            Command::Withdraw(amount) => Ok(vec![Event::Withdrawn { amount }]),
            Command::LeaveAtMost(rest) if self.balance <= rest => Ok(vec![]),
            Command::LeaveAtMost(rest) => {
                Ok(vec![Event::Withdrawn { amount: self.balance - rest }])
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Deposited { amount } => self.balance += amount,
            Event::Withdrawn { amount } => self.balance -= amount,
        }
    }
}
