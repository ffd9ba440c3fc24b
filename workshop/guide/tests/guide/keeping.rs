//! `diff`, `solve`, `reset` and `back`: whatever replaces work keeps it.

use crate::store::{workshop, write_step};
use crate::support::Workshop;

const LIB: &str = "workshop/01-store/exercise/src/lib.rs";

/// The names of the copies, oldest first.
fn copies(workshop: &Workshop) -> Vec<String> {
    let folder = std::fs::read_dir(workshop.path(".guide/saved")).expect("copies");
    let mut names: Vec<String> = folder
        .map(|entry| entry.expect("a copy").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    names
}

fn untimed(out: &str, copy: &str) -> String {
    out.replace(copy, "01-store-TIME")
}

#[test]
fn after_solve_the_checks_pass_and_mine_is_kept() {
    let workshop = workshop();
    write_step(&workshop, "step 1", "    missing()");
    let mine = workshop.exercise();
    let answer = workshop.guide(&["solve"]);
    let copy = copies(&workshop).remove(0);
    assert_eq!(
        untimed(&answer.out, &copy),
        "01 store   step 1 of 2   one event, one id

  pass   the exercise now holds our solution
  saved  .guide/saved/01-store-TIME, just back

  next   workshop/01-store/exercise/src/lib.rs:5, just check
  stuck  just hint (rung 1 of 3)
"
    );
    assert_eq!(workshop.guide(&["check"]).code, 0);
    assert_eq!(workshop.read(&format!(".guide/saved/{copy}/src/lib.rs")), mine);
    let equal = workshop.guide(&["diff"]);
    assert_eq!(equal.out, "your exercise and our solution of 01-store are the same\n");
}

#[test]
fn one_step_is_solved_and_the_others_stay_mine() {
    let workshop = workshop();
    write_step(&workshop, "step 1", "    let mine = version;\n\n    format!(\"{stream}:{mine}\")");
    write_step(&workshop, "step 2", "    if expected > actual {\n        wrong\n    }");
    assert_eq!(workshop.guide(&["solve", "2"]).code, 0);
    let exercise = workshop.exercise();
    assert!(
        exercise.contains("    // step 1\n    let mine = version;\n\n    format!"),
        "{exercise}"
    );
    assert!(exercise.contains("    // step 2\n    expected != actual\n}\n"), "{exercise}");
    assert_eq!(workshop.guide(&["check"]).code, 0);
}

#[test]
fn a_step_whose_comment_is_gone_is_taken_with_its_file() {
    let workshop = workshop();
    workshop.change(LIB, "pub fn other() {}\n");
    let answer = workshop.guide(&["solve", "2"]);
    assert!(answer.out.contains("lib.rs is ours from top to bottom"), "{}", answer.out);
    assert_eq!(workshop.guide(&["check"]).code, 0);
}

#[test]
fn reset_restores_the_starter_and_takes_away_what_was_added() {
    let workshop = workshop();
    let starter = workshop.exercise();
    write_step(&workshop, "step 1", "    String::new()");
    workshop.change("workshop/01-store/exercise/src/deep/more.rs", "mine\n");
    workshop.change("workshop/01-store/exercise/src/bytes.bin", "\u{1}\r\n");
    assert_eq!(workshop.guide(&["reset"]).code, 0);
    assert_eq!(workshop.exercise(), starter);
    assert!(!workshop.path("workshop/01-store/exercise/src/deep").exists());

    assert_eq!(workshop.guide(&["back"]).code, 0);
    assert!(workshop.exercise().contains("String::new()"));
    assert_eq!(workshop.read("workshop/01-store/exercise/src/deep/more.rs"), "mine\n");
    assert_eq!(workshop.read("workshop/01-store/exercise/src/bytes.bin"), "\u{1}\r\n");
}

#[test]
fn back_can_be_undone_by_back() {
    let workshop = workshop();
    write_step(&workshop, "step 1", "    String::from(\"mine\")");
    let mine = workshop.exercise();
    workshop.guide(&["solve"]);
    let ours = workshop.exercise();
    for expected in [&mine, &ours, &mine] {
        assert_eq!(workshop.guide(&["back"]).code, 0);
        assert_eq!(&workshop.exercise(), expected);
    }
    assert_eq!(copies(&workshop).len(), 4);
}

#[test]
fn an_older_copy_is_restored_by_its_name() {
    let workshop = workshop();
    write_step(&workshop, "step 1", "    String::from(\"oldest\")");
    for _ in 0..3 {
        workshop.guide(&["reset"]);
    }
    let oldest = copies(&workshop).remove(0);
    assert_eq!(workshop.guide(&["back", &format!(".guide/saved/{oldest}/")]).code, 0);
    assert!(workshop.exercise().contains("oldest"));
    let unknown = workshop.guide(&["back", "01-store-1970"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains(&format!("choose one of {oldest}, ")), "{}", unknown.err);
}

#[test]
fn copies_of_one_second_do_not_replace_each_other() {
    let workshop = workshop();
    for number in 0..12 {
        workshop.change(LIB, &format!("// {number}\n"));
        assert_eq!(workshop.guide(&["reset"]).code, 0);
    }
    let kept: Vec<String> = copies(&workshop)
        .iter()
        .map(|copy| workshop.read(&format!(".guide/saved/{copy}/src/lib.rs")))
        .collect();
    let written: Vec<String> = (0..12).map(|number| format!("// {number}\n")).collect();
    assert_eq!(kept, written);
}

#[test]
fn without_a_copy_nothing_is_replaced() {
    let workshop = workshop().write(".guide/saved", "in the way");
    write_step(&workshop, "step 1", "    String::from(\"mine\")");
    let mine = workshop.exercise();
    for command in [&["solve"][..], &["solve", "1"], &["reset"]] {
        let answer = workshop.guide(command);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(answer.err.contains("cannot write"), "{}", answer.err);
        assert_eq!(workshop.exercise(), mine);
    }
}

#[test]
fn work_that_git_never_saw_is_kept_as_well() {
    let workshop = workshop();
    workshop.commit();
    write_step(&workshop, "step 1", "    String::from(\"mine\")");
    workshop.change("workshop/01-store/exercise/src/untracked.rs", "mine\n");
    workshop.guide(&["solve"]);
    workshop.guide(&["back"]);
    assert!(workshop.exercise().contains("mine"));
    assert_eq!(workshop.read("workshop/01-store/exercise/src/untracked.rs"), "mine\n");
}

#[test]
fn before_anything_was_saved_back_says_what_saves() {
    let answer = workshop().guide(&["back"]);
    assert_eq!(answer.code, 2);
    assert_eq!(
        answer.err,
        "nothing of 01-store was saved yet: `just solve` and `just reset` save before they replace\n"
    );
}

#[test]
fn a_step_that_is_not_there_is_answered_with_those_that_are() {
    let answer = workshop().guide(&["solve", "3"]);
    assert_eq!(answer.err, "there is no step 3: choose one of 1 to 2, or none for all of them\n");
}

#[test]
fn the_difference_has_mine_and_ours_without_markers() {
    let workshop = workshop();
    write_step(&workshop, "step 1", "    format!(\"{stream}:{version}\")");
    assert_eq!(
        workshop.guide(&["diff"]).out,
        "--- workshop/01-store/exercise/src/lib.rs
+++ workshop/01-store/solution/src/lib.rs
@@ -7,5 +7,5 @@
 
 /// Whether a writer is late.
 pub fn stale(expected: u64, actual: u64) -> bool {
-    todo!(\"step 2: compare {expected} with {actual}\")
+    expected != actual
 }

"
    );
}
