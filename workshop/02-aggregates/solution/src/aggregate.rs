//! What an aggregate is: a state that decides and evolves.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The thing one stream is about, guarded by its rules. The implementor is the state that its events
/// add up to; `Default` is the state before the first of them.
///
/// Both functions are pure: no clock, no I/O, no new ids. What a decision needs comes with the command.
pub trait Aggregate: Default + Clone {
    /// The front of the stream's name, such as `meter`.
    const CATEGORY: &'static str;
    /// Which of them: the rest of the stream's name.
    type Id: Display;
    /// What somebody wants of it.
    type Command: Clone;
    /// What happened to it: an ordinary enum that serde can write and read.
    type Event: Serialize + DeserializeOwned;
    /// Why a command is refused.
    type Error: std::error::Error;

    /// Answers a command with what happens, or with the rule against it. Nothing to do is no event.
    ///
    /// # Errors
    ///
    /// The rule that is against it.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// Makes an event part of the state. It never fails and never decides.
    fn evolve(&mut self, event: &Self::Event);
}
