//! `guide check`, as an attendee uses it: on a workshop without dependencies, built by cargo.

use crate::store::{workshop, write_step};
use crate::support::Workshop;

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
  stuck  just hint (rung 1 of 3)
"
    );
    assert_eq!(untouched.code, 1);

    write_step(&workshop, "step 1", "    String::from(\"1\")");
    let wrong = workshop.guide(&["check"]);
    assert_eq!(
        wrong.out,
        "01 store   step 1 of 2   one event, one id

  fail   the id holds stream and version
         - \"cart-7:1\"
         + \"1\"
         (1 more of this step fails)

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just hint (rung 1 of 3)
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
  stuck  just hint 01 (rung 1 of 1)
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
