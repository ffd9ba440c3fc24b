//! `mine`: the sample runs on what the attendee wrote.

use crate::store::{workshop, write_step};
use crate::support::Workshop;

const ROOT: &str = r#"[workspace]
resolver = "3"
members = [
    "samples/energy", "workshop/01-store", "workshop/01-store/solution", "workshop/01-store/exercise",
]

[workspace.package]
version = "0.1.0"
"#;

const SAMPLE: &str = r#"[package]
name = "energy"
version.workspace = true
edition = "2024"

[dependencies]
store = { path = "../../workshop/01-store/solution" }
"#;

const MAIN: &str = r#"fn main() {
    println!("{} {:?}", store::id("cart-7", 1), std::env::args().nth(1));
}
"#;

/// A course with a sample that prints an id.
fn with_sample() -> Workshop {
    let workshop = workshop();
    let inherits =
        |text: &str| text.replacen("edition =", "version.workspace = true\nedition =", 1);
    let checks = inherits(&workshop.read("workshop/01-store/Cargo.toml"));
    let solution = workshop.read("workshop/01-store/solution/Cargo.toml");
    let solution = inherits(&solution.replace("[lints]\nworkspace = true\n", ""));
    let workshop = workshop
        .write("Cargo.toml", ROOT)
        .write("workshop/01-store/Cargo.toml", &checks)
        .write("workshop/01-store/solution/Cargo.toml", &solution)
        .write("samples/energy/Cargo.toml", SAMPLE)
        .write("samples/energy/src/main.rs", MAIN);
    assert_eq!(workshop.guide(&["starters"]).code, 0);
    workshop
}

#[test]
fn the_sample_runs_on_the_modules_that_pass() {
    let workshop = with_sample();
    write_step(&workshop, "step 1", "    [stream, &version.to_string()].join(\":\")");
    write_step(&workshop, "step 2", "    actual != expected");
    assert_eq!(workshop.guide(&["check"]).code, 0);
    // Seen to pass, then changed: the difference shows whose lines run.
    let exercise = workshop.exercise().replace("join(\":\")", "join(\"-mine-\")");
    workshop.change("workshop/01-store/exercise/src/lib.rs", &exercise);
    let answer = workshop.guide(&["mine", "--", "--ephemeral"]);
    assert_eq!(
        answer.out,
        "mine   the sample on your own modules

  yours  01 store

cart-7-mine-1 Some(\"--ephemeral\")
",
        "{}",
        answer.err
    );
    assert!(workshop.read("workshop/01-store/solution/src/lib.rs").contains("//@ step 1"));
}

#[test]
fn a_module_with_an_open_step_runs_on_our_lines_and_alone_is_no_sample() {
    let workshop = with_sample();
    write_step(&workshop, "step 1", "    format!(\"{stream}:{version}\")");
    assert_eq!(workshop.guide(&["check"]).code, 1);
    let answer = workshop.guide(&["mine"]);
    assert_eq!(answer.code, 1);
    assert_eq!(
        answer.out,
        "mine   the sample on your own modules

  ours   01 store: step 2 of yours has not passed yet

  next   just check: a module is yours once all of its steps pass
"
    );
}
