//! Tests that read as a specification: given these events, when this command, then those events.
//!
//! `given::<Meter>([…]).when(command)` is an ordinary result. Compare it with `assert_eq!`, or let
//! [`Then`] print what differs.

use std::fmt::{Debug, Write as _};

use serde::Serialize;

use crate::{Aggregate, encode};

/// Equal lines that are shown around what differs.
const AROUND: usize = 3;

/// An aggregate to which something has happened.
#[derive(Debug, Clone)]
pub struct Given<A>(A);

/// The aggregate after these events.
#[must_use]
pub fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    let mut aggregate = A::default();
    for event in events {
        aggregate.evolve(&event);
    }
    Given(aggregate)
}

impl<A: Aggregate> Given<A> {
    /// What it decides.
    ///
    /// # Errors
    ///
    /// Its rejection.
    pub fn when(&self, command: A::Command) -> Result<Vec<A::Event>, A::Error> {
        self.0.decide(command)
    }

    /// The aggregate itself.
    #[must_use]
    pub fn state(&self) -> &A {
        &self.0
    }
}

/// What was to be decided.
pub trait Then<E, R> {
    /// These events, in this order.
    ///
    /// # Panics
    ///
    /// The decision is another one; the message shows the difference.
    #[track_caller]
    fn then(self, events: impl IntoIterator<Item = E>);

    /// No event: there was nothing to do.
    ///
    /// # Panics
    ///
    /// As [`then`](Self::then).
    #[track_caller]
    fn then_nothing(self);

    /// This refusal.
    ///
    /// # Panics
    ///
    /// As [`then`](Self::then).
    #[track_caller]
    fn then_refused(self, rejection: R);
}

impl<E: Serialize, R: Debug> Then<E, R> for Result<Vec<E>, R> {
    #[track_caller]
    fn then(self, events: impl IntoIterator<Item = E>) {
        let events: Vec<E> = events.into_iter().collect();
        compare(&lines::<E, R>(&Ok(events)), &lines(&self));
    }

    #[track_caller]
    fn then_nothing(self) {
        compare(&lines::<E, R>(&Ok(vec![])), &lines(&self));
    }

    #[track_caller]
    fn then_refused(self, rejection: R) {
        compare(&lines::<E, R>(&Err(rejection)), &lines(&self));
    }
}

/// A decision as it is shown: each event with its kind and its fields, a line for each.
fn lines<E: Serialize, R: Debug>(decision: &Result<Vec<E>, R>) -> Vec<String> {
    match decision {
        Err(rejection) => vec![format!("refused: {rejection:?}")],
        Ok(events) if events.is_empty() => vec!["nothing to do".to_owned()],
        Ok(events) => events.iter().flat_map(event).collect(),
    }
}

fn event(event: &impl Serialize) -> Vec<String> {
    let shown = encode(event).map_err(|error| error.to_string()).and_then(|(kind, data)| {
        let data: serde_json::Value =
            serde_json::from_str(data.get()).map_err(|error| error.to_string())?;
        Ok(if data.as_object().is_some_and(serde_json::Map::is_empty) {
            kind.to_owned()
        } else {
            format!("{kind} {data:#}")
        })
    });
    let shown = shown.unwrap_or_else(|error| format!("an event that cannot be written: {error}"));
    shown.lines().map(str::to_owned).collect()
}

#[track_caller]
fn compare(expected: &[String], got: &[String]) {
    assert!(
        expected == got,
        "the decision differs: - expected, + decided\n{}",
        difference(expected, got)
    );
}

/// The lines between the first and the last that differ, with a few around them.
fn difference(expected: &[String], got: &[String]) -> String {
    let front = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let (expected, got_rest) = (&expected[front..], &got[front..]);
    let pairs = expected.iter().rev().zip(got_rest.iter().rev());
    let back = pairs.take_while(|(a, b)| a == b).count();
    let (from, to) = (front.saturating_sub(AROUND), (got.len() - back + AROUND).min(got.len()));
    let mut out = String::new();
    let mut write = |mark: &str, lines: &[String]| {
        for line in lines {
            let _ = writeln!(out, "{mark} {line}");
        }
    };
    let left_out = |count: usize| match count {
        0 => vec![],
        _ => vec![format!("… {count} equal lines")],
    };
    write(" ", &left_out(from));
    write(" ", &got[from..front]);
    write("-", &expected[..expected.len() - back]);
    write("+", &got_rest[..got_rest.len() - back]);
    write(" ", &got[got.len() - back..to]);
    write(" ", &left_out(got.len() - to));
    out
}
