//! Where am I, `next`, `go` and `hint`: finding the way through the course.

use crate::store::{workshop, write_step};
use crate::support::Workshop;

const LESSON: &str = "---
title: The store
minutes: 40
---

# 01 The store

A store keeps what happened, in order, and never changes it: that is all it does, and it does it well.

## You will

- see one;
- see another that is described in so many words that they do not fit into one line of the page.

## Step 1. One event, one id (8 min)
## Step 2. A late writer is refused (9 min)
";

fn course() -> Workshop {
    workshop()
        .write("workshop/01-store/README.md", LESSON)
        .write("workshop/02-more/README.md", "# 02 More\n\nMore of it.\n")
        .write("workshop/02-more/tests/step_1_more.rs", "//! Step 1. More.\n")
}

const AT_STEP_1: &str = "01 store   step 1 of 2   one event, one id

  read   workshop/01-store/README.md:15
  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just hint (rung 1 of 3)
";

#[test]
fn without_a_command_the_guide_says_where_one_is_and_what_comes_next() {
    let answer = course().guide(&[]);
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, AT_STEP_1, ""));
}

#[test]
fn a_step_that_is_written_but_was_never_checked_is_not_waited_for() {
    let course = course();
    write_step(&course, "step 1", "    format!(\"{stream}:{version}\")");
    let answer = course.guide(&[]);
    assert!(answer.out.starts_with("01 store   step 2 of 2"), "{}", answer.out);
}

#[test]
fn where_check_stopped_is_remembered() {
    let course = course();
    write_step(&course, "step 1", "    String::from(\"1\")");
    assert_eq!(course.guide(&["check"]).code, 1);
    let answer = course.guide(&[]);
    assert!(answer.out.starts_with("01 store   step 1 of 2"), "{}", answer.out);
}

#[test]
fn a_finished_module_leads_to_the_next() {
    let course = course().write(".guide/state", "01-store here\n01-store done\n");
    write_step(&course, "step 1", "    format!(\"{stream}:{version}\")");
    write_step(&course, "step 2", "    expected < actual");
    assert_eq!(
        course.guide(&[]).out,
        "01 store   all 2 steps pass

  next   workshop/02-more/README.md, just go 02
"
    );
}

#[test]
fn a_step_that_was_taken_back_is_the_current_one_again() {
    let course = course().write(".guide/state", "01-store here\n01-store done\n");
    assert_eq!(course.guide(&[]).out, AT_STEP_1);
}

#[test]
fn going_to_a_module_prints_the_head_of_its_lesson_and_the_file_to_open() {
    let course = course();
    let answer = course.guide(&["go", "1"]);
    assert_eq!(
        answer.out,
        "01 store   40 minutes, 2 steps

A store keeps what happened, in order, and never changes it: that is all it
does, and it does it well.

You will:
- see one;
- see another that is described in so many words that they do not fit into one
  line of the page.

  read   workshop/01-store/README.md
  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just hint (rung 1 of 3)
"
    );
}

#[test]
fn next_goes_on_and_stays_there() {
    let course = course();
    let answer = course.guide(&["next"]);
    assert_eq!(
        answer.out,
        "02 more   1 step

More of it.

  read   workshop/02-more/README.md
  next   workshop/02-more/exercise, just check
  stuck  just solve 1 (a copy of yours is kept)
"
    );
    assert_eq!(course.read(".guide/state"), "02-more here\n");
    assert!(course.guide(&[]).out.starts_with("02 more"));
    let end = course.guide(&["next"]);
    assert_eq!(end.code, 2);
    assert_eq!(end.err, "02-more is the last module: `just go 1` goes back to the beginning\n");
}

#[test]
fn what_others_noted_in_the_state_is_kept() {
    let course =
        course().write(".guide/state", "07-old at step 3\n01-store here\nsomething else\n");
    course.guide(&["go", "2"]);
    assert_eq!(course.read(".guide/state"), "07-old at step 3\nsomething else\n02-more here\n");
}

#[test]
fn a_module_that_was_renamed_since_begins_the_course_again() {
    let course = course().write(".guide/state", "03-renamed here\n");
    assert_eq!(course.guide(&[]).out, AT_STEP_1);
}

mod hints {
    use super::*;

    #[test]
    fn come_rung_by_rung_and_the_last_stays() {
        let course = course();
        let first = course.guide(&["hint"]);
        assert_eq!(
            first.out,
            "01 store   step 1 of 2   one event, one id

Where to look (rung 1 of 3)

What tells two events of one stream apart?

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just hint (rung 2 of 3)
"
        );
        assert!(course.guide(&["hint", "1"]).out.contains("The shape (rung 2 of 3)"));
        let last = "01 store   step 1 of 2   one event, one id

The lines (rung 3 of 3)

format!(\"{stream}:{version}\")

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just solve 1 (a copy of yours is kept)
";
        assert_eq!(course.guide(&["hint"]).out, last);
        assert_eq!(course.guide(&["hint"]).out, last);
    }

    #[test]
    fn are_those_of_the_step_that_failed() {
        let course = course().write(".guide/state", "01-store at step 2\n");
        write_step(&course, "step 1", "    format!(\"{stream}:{version}\")");
        let hint = course.guide(&["hint"]).out;
        assert!(hint.contains("The lines (rung 1 of 1)\n\nexpected != actual\n"), "{hint}");
    }

    #[test]
    fn that_nobody_wrote_are_answered_with_what_to_read() {
        let course = course().write(".guide/state", "02-more here\n");
        course.change("workshop/02-more/hints.md", "# Hints\n");
        let answer = course.guide(&["hint"]);
        assert_eq!(answer.code, 2);
        assert!(
            answer.err.contains("hints.md has no rungs for step 1: read the step"),
            "{}",
            answer.err
        );
    }
}
