//! An erasure, written down. Stream: `erasure:{what}`. Rule: it is done after it was ordered, each way once.
//!
//! Whoever has to answer for it can show who wanted it, when, and why, after everything else is gone.

use std::collections::BTreeMap;

use aggregates::Aggregate;
use serde::{Deserialize, Serialize};

/// How somebody is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The stream is deleted.
    Stream,
    /// The key is erased.
    Key,
    /// The record outside the events is removed.
    Person,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody wants it. From here on it is to be done, whatever happens.
    ErasureOrdered {
        /// How.
        way: Way,
        /// Why. Say nothing of the person here: it stays.
        reason: String,
    },
    /// It is done.
    ErasureCompleted {
        /// How.
        way: Way,
    },
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// That it is done.
    Order {
        /// How.
        way: Way,
        /// Why.
        reason: String,
    },
    /// That it is noted as done.
    Complete {
        /// How.
        way: Way,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Who has to answer for it needs one.
    #[error("reason must not be empty: say why, without a word about the person")]
    NoReason,
    /// Nobody wanted it.
    #[error("the erasure was not ordered: order it first")]
    NotOrdered,
}

/// What decisions about it need: the ways, and whether each is done.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure(BTreeMap<Way, bool>);

impl Aggregate for Erasure {
    const CATEGORY: &'static str = "erasure";
    type Id = String;
    type Command = Command;
    type Event = Event;
    type Error = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Order { reason, .. } if reason.trim().is_empty() => Err(Rejection::NoReason),
            Command::Order { way, .. } if self.0.contains_key(&way) => Ok(vec![]),
            Command::Order { way, reason } => Ok(vec![Event::ErasureOrdered { way, reason }]),
            Command::Complete { way } => match self.0.get(&way) {
                None => Err(Rejection::NotOrdered),
                Some(true) => Ok(vec![]),
                Some(false) => Ok(vec![Event::ErasureCompleted { way }]),
            },
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::ErasureOrdered { way, .. } => self.0.insert(*way, false),
            Event::ErasureCompleted { way } => self.0.insert(*way, true),
        };
    }
}

impl Erasure {
    /// Ways that were ordered and are not done: do them again.
    pub fn open(&self) -> impl Iterator<Item = Way> {
        self.0.iter().filter(|(_, done)| !**done).map(|(way, _)| *way)
    }
}
