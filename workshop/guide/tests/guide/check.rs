//! `guide check`, as an attendee uses it: on a workshop without dependencies, built by cargo.

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

fn workshop() -> Workshop {
    let workshop = Workshop::with_solution(SOLUTION)
        .write("Cargo.toml", ROOT)
        .write("workshop/01-store/Cargo.toml", CHECKS)
        .write("workshop/01-store/src/lib.rs", SWITCH)
        .write("workshop/01-store/tests/step_1_id.rs", STEP_1)
        .write("workshop/01-store/tests/step_2_late.rs", STEP_2)
        .write(
            "workshop/01-store/hints.md",
            "## Step 1. Id\n### The lines\n## Step 2. Late\n### The lines\n",
        );
    assert_eq!(workshop.guide(&["starters"]).code, 0);
    workshop
}

/// Replaces the line that fails in the exercise.
fn write_step(workshop: &Workshop, step: &str, lines: &str) {
    let exercise = workshop.exercise();
    let todo = exercise.lines().find(|line| line.contains(&format!("todo!(\"{step}:")));
    let exercise = exercise.replace(todo.expect("the step is still open"), lines);
    workshop.change("workshop/01-store/exercise/src/lib.rs", &exercise);
}

/// One story, since every new workshop is built from nothing.
#[test]
fn an_attendee_goes_from_the_starter_to_the_end() {
    let workshop = workshop();

    let untouched = workshop.guide(&["check"]);
    assert_eq!(
        untouched.out,
        "01 store   step 1 of 2   one event, one id

  fail   step 1 is waiting for you
         name the event of cart-7 at 1

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  workshop/01-store/hints.md:1
"
    );
    assert_eq!(untouched.code, 1);

    write_step(&workshop, "step 1", "    String::from(\"1\")");
    let wrong = workshop.guide(&["check"]);
    assert_eq!(
        wrong.out,
        "01 store   step 1 of 2   one event, one id

  fail   the id holds stream and version
         assertion `left == right` failed
           left: \"1\"
          right: \"cart-7:1\"
         (1 more of this step fails)

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  workshop/01-store/hints.md:1
"
    );

    let exercise = workshop.exercise();
    workshop.change(
        "workshop/01-store/exercise/src/lib.rs",
        &exercise.replace("String::from(\"1\")", "missing(stream)"),
    );
    let broken = workshop.guide(&["check", "01"]);
    assert_eq!(broken.code, 1);
    assert!(
        broken.out.contains("  fail   cargo could not build the exercise:\n"),
        "{}",
        broken.out
    );
    assert!(broken.out.contains("error[E0425]: cannot find function `missing`"), "{}", broken.out);
    assert!(
        broken.out.contains("  next   workshop/01-store/exercise/src/lib.rs:6, just check 01\n")
    );
    assert!(!broken.out.contains("Compiling"), "{}", broken.out);

    workshop.change(
        "workshop/01-store/exercise/src/lib.rs",
        &exercise.replace("String::from(\"1\")", "format!(\"{stream}:{version}\")"),
    );
    let first = workshop.guide(&["check", "store"]);
    assert_eq!(
        first.out,
        "01 store   step 2 of 2   a late writer is refused

  pass   one event, one id   01.1
  fail   step 2 is waiting for you
         compare 1 with 2

  next   workshop/01-store/exercise/src/lib.rs:11, just check 01
  stuck  workshop/01-store/hints.md:8
"
    );

    write_step(&workshop, "step 2", "    expected < actual");
    let done = workshop.guide(&["check", "01-store"]);
    assert_eq!(
        done.out,
        "01 store   all 2 steps pass

  pass   one event, one id   01.1
  pass   a late writer is refused   01.2

  next   nothing: this is the last module
"
    );
    assert_eq!((done.code, done.err.as_str()), (0, ""));
}

#[test]
fn our_solution_passes_while_the_exercise_is_untouched() {
    let workshop = workshop();
    let answer = workshop.guide(&["check", "--solution"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert!(answer.out.starts_with("01 store   all 2 steps pass\n"), "{}", answer.out);
}

#[test]
fn a_file_without_checks_does_not_pass() {
    let workshop =
        workshop().write("workshop/01-store/tests/step_1_id.rs", "//! Step 1. Nothing.\n");
    let answer = workshop.guide(&["check", "--solution"]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("  fail   step_1_id.rs holds no checks\n"), "{}", answer.out);
}

#[test]
fn checks_that_end_in_the_middle_are_told() {
    let exits = "//! Step 1. Gone.\n#[test]\nfn goes() { eprintln!(\"farewell\"); std::process::abort() }\n";
    let workshop = workshop().write("workshop/01-store/tests/step_1_id.rs", exits);
    let answer = workshop.guide(&["check", "--solution"]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("  fail   the checks ended in the middle"), "{}", answer.out);
}

mod choosing {
    use super::*;

    #[test]
    fn without_checks_anywhere_the_remedy_is_said() {
        let answer = Workshop::empty().guide(&["check"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("no module has checks yet"), "{}", answer.err);
    }

    #[test]
    fn a_module_that_is_not_there_is_answered_with_those_that_are() {
        let answer = workshop().guide(&["check", "07"]);
        assert_eq!(answer.err, "there is no module `07`: choose one of 01-store\n");
    }

    #[test]
    fn a_module_without_checks_is_refused() {
        let workshop = workshop().write("workshop/02-more/README.md", "Later.\n");
        let answer = workshop.guide(&["check", "2"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("module 02-more has no checks"), "{}", answer.err);
    }

    #[test]
    fn the_state_says_where_one_is() {
        let workshop = workshop()
            .write("workshop/02-more/README.md", "Later.\n")
            .write(".guide/state", "02-more here\n");
        let answer = workshop.guide(&["check"]);
        assert!(answer.err.contains("module 02-more has no checks"), "{}", answer.err);
    }
}
