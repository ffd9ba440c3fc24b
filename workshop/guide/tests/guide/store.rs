//! A small module, `01-store`, that cargo builds without dependencies.

use crate::support::Workshop;

const ROOT: &str = r#"[workspace]
resolver = "3"
members = ["workshop/01-store", "workshop/01-store/solution", "workshop/01-store/exercise"]

[workspace.lints.rust]
unsafe_code = "forbid"
"#;

const CHECKS: &str = r#"[package]
name = "store-checks"
edition = "2024"

[features]
mine = ["dep:store-exercise"]

[dependencies]
store = { path = "solution" }
store-exercise = { path = "exercise", optional = true }
"#;

const SWITCH: &str = r#"#[cfg(feature = "mine")]
pub use store_exercise::*;
#[cfg(not(feature = "mine"))]
pub use store::*;
"#;

const SOLUTION: &str = r#"//! A store.

/// The id of an event.
pub fn id(stream: &str, version: u64) -> String {
    //@ step 1: name the event of {stream} at {version}
    format!("{stream}:{version}")
    //@ end
}

/// Whether a writer is late.
pub fn stale(expected: u64, actual: u64) -> bool {
    //@ step 2: compare {expected} with {actual}
    expected != actual
    //@ end
}
"#;

const STEP_1: &str = r#"//! Step 1. One event, one id.
#[test]
fn the_id_holds_stream_and_version() {
    assert_eq!(store_checks::id("cart-7", 1), "cart-7:1");
}
#[test]
fn another_version_is_another_id() {
    assert_ne!(store_checks::id("cart-7", 1), store_checks::id("cart-7", 2));
}
"#;

const STEP_2: &str = r"//! Step 2. A late writer is refused.
#[test]
fn a_writer_at_an_old_version_is_late() {
    assert!(store_checks::stale(1, 2));
}
";

const HINTS: &str = "# Hints

## Step 1. One event, one id
### Where to look
What tells two events of one stream apart?
### The shape
A format string with both.
### The lines
## Step 2. A late writer is refused
### The lines
";

/// A course of one module with two steps, as it is cloned.
pub fn workshop() -> Workshop {
    let workshop = Workshop::with_solution(SOLUTION)
        .write("Cargo.toml", ROOT)
        .write("workshop/01-store/Cargo.toml", CHECKS)
        .write("workshop/01-store/src/lib.rs", SWITCH)
        .write("workshop/01-store/tests/step_1_id.rs", STEP_1)
        .write("workshop/01-store/tests/step_2_late.rs", STEP_2)
        .write("workshop/01-store/hints.md", HINTS);
    assert_eq!(workshop.guide(&["starters"]).code, 0);
    workshop
}

/// Replaces the line that fails in the exercise.
pub fn write_step(workshop: &Workshop, step: &str, lines: &str) {
    let exercise = workshop.exercise();
    let todo = exercise.lines().find(|line| line.contains(&format!("todo!(\"{step}:")));
    let exercise = exercise.replace(todo.expect("the step is still open"), lines);
    workshop.change("workshop/01-store/exercise/src/lib.rs", &exercise);
}
