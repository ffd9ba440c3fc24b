//! What operations cost, as a model says. `k` is a document's size in KB, at least 1; `t` the number of indexed
//! paths of its container. The documents of these streams have less than 1 KB, so for them √k is 1.

use event_store::EVENTS;

/// Whatever finds nothing.
pub const FLAT: f64 = 1.0;

/// An event of an account as a query returns it, about.
pub const BYTES_OF_AN_EVENT: usize = 400;

/// The formulas, as they are printed.
pub const FORMULAS: &str = "\
read        1.0 x root(k)          k: KB of the document, at least 1
create      5.0 x root(k) + 0.1 t  t: indexed paths of the container
query       2.8 a page + 0.05 an event looked at + 0.1 a KB returned
batch       the read of the last event + its creates
procedure   4.6 + 0.9 x (two reads + its creates)";

/// A point read.
#[must_use]
pub fn read(bytes: usize) -> f64 {
    (count(bytes) / 1024.0).max(1.0).sqrt()
}

/// An event created.
#[must_use]
pub fn create() -> f64 {
    5.0 + 0.1 * count(EVENTS.indexed.len())
}

/// The pages of a query.
#[must_use]
pub fn query(pages: u32, events: usize, bytes: usize) -> f64 {
    2.8 * f64::from(pages) + 0.05 * count(events) + 0.1 * count(bytes) / 1024.0
}

/// An append by batch behind a known event.
#[must_use]
pub fn batch(events: usize) -> f64 {
    read(0) + create() * count(events)
}

/// An append by procedure behind a known event: it reads that one, and looks for the next, which is not there.
#[must_use]
pub fn procedure(events: usize) -> f64 {
    4.6 + 0.9 * (read(0) + FLAT + create() * count(events))
}

/// A number of things, to be calculated with.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers here are far below 2^52")]
pub fn count(number: usize) -> f64 {
    number as f64
}
