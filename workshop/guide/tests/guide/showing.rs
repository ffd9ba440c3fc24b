//! `guide show` and `guide race`: examples of the checks crate.

use crate::store::{workshop, write_step};
use crate::support::Workshop;

const RACE: &str =
    "//! A race.\nfn main() {\n    println!(\"id {}\", store_checks::id(\"cart-7\", 1));\n}\n";

fn course() -> Workshop {
    workshop().write("workshop/01-store/examples/race.rs", RACE)
}

#[test]
fn our_solution_races_before_a_line_is_written() {
    let answer = course().guide(&["race", "--solution"]);
    assert_eq!(answer.out, "01 store   race, our solution\n\nid cart-7:1\n");
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
}

#[test]
fn what_is_shown_is_the_attendees_own() {
    let course = course();
    write_step(&course, "step 1", "    format!(\"mine {stream} {version}\")");
    let answer = course.guide(&["race"]);
    assert_eq!(answer.out, "01 store   race, your exercise\n\nid mine cart-7 1\n");
}

#[test]
fn a_step_that_is_missing_for_it_is_named() {
    let answer = course().guide(&["race", "1"]);
    assert_eq!(
        answer.out,
        "01 store   race

  fail   step 1 is waiting for you
         name the event of cart-7 at 1

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just race 01 --solution shows ours
"
    );
    assert_eq!(answer.code, 1);
}

#[test]
fn a_module_without_a_race_names_those_that_have_one() {
    let course = course().write("workshop/02-more/README.md", "More.\n");
    let answer = course.guide(&["race", "2"]);
    assert_eq!(answer.err, "02-more has nothing to race: try `just race 01`\n");
    let nowhere = course.guide(&["show"]);
    assert_eq!(nowhere.err, "01-store has nothing to show, and no other module has\n");
}
