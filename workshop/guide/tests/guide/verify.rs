//! `guide verify`: the gates, each on a course that is sound but for one thing.

use crate::store::workshop;
use crate::support::{Answer, MANIFEST, Workshop};

const ROOT: &str = r#"[workspace]
resolver = "3"
members = ["workshop/01-store", "workshop/01-store/solution", "workshop/01-store/exercise"]

[workspace.package]
version = "0.1.0"
"#;

const LESSON: &str = "---
title: The store
minutes: 22
---

# 01 The store

## You will
See one.
## Why
Because.
## Step 1. One event, one id (8 min)
```console fails=true
$ guide check
```
## Step 2. A late writer is refused (9 min)
## Look
At [the hints](hints.md#step-1-one-event-one-id).
```console
$ echo one &&\\
  test -f .guide/state
```
## Stretch
More.
## In production
Much more.
";

const HINTS: &str = "# Hints

## Step 1. One event, one id
### Where to look
Here.
### The shape
A text.
### The lines
## Step 2. A late writer is refused
### Where to look
There.
### The shape
A comparison.
### The lines
";

const MAP: &str = "| Module | Minutes |\n|---|---|\n| [01](01-store/README.md) | 22 |\n";

const CHECKS: &str = "workshop/01-store/tests/step_2_late.rs";
const SOUND: &str = r"//! Step 2. A late writer is refused.
#[test]
fn a_writer_at_an_old_version_is_late() {
    assert!(store_checks::stale(1, 2));
}
";

/// A course on which every gate passes.
fn sound() -> Workshop {
    let workshop = workshop();
    let inherits =
        |text: &str| text.replacen("edition =", "version.workspace = true\nedition =", 1);
    let checks = inherits(&workshop.read("workshop/01-store/Cargo.toml"));
    let solution = inherits(&MANIFEST.replace("[lints]\nworkspace = true\n", ""));
    let lesson = LESSON.replace("$ guide", &format!("$ {}", env!("CARGO_BIN_EXE_guide")));
    let workshop = workshop
        .write("Cargo.toml", ROOT)
        .write("workshop/README.md", MAP)
        .write("workshop/01-store/Cargo.toml", &checks)
        .write("workshop/01-store/solution/Cargo.toml", &solution)
        .write("workshop/01-store/README.md", &lesson)
        .write("workshop/01-store/hints.md", HINTS)
        .write("workshop/01-store/wrong/step_1/constant.rs", "    format!(\"{stream}:1\")\n");
    assert_eq!(workshop.guide(&["starters"]).code, 0);
    workshop
}

/// What a gate finds, without the times.
fn findings(answer: &Answer) -> String {
    let lines = answer.out.lines().map(|line| match line.rsplit_once(" (") {
        Some((line, time)) if time.ends_with(" s)") => line,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A gate fails on this course, and says this; the lines of the page are joined.
fn refused(workshop: &Workshop, gate: &str, sentence: &str) {
    let answer = workshop.guide(&["verify", gate]);
    let joined = findings(&answer).replace("\n         ", " ");
    assert!(joined.contains(&format!("  fail   {gate}: ")), "{joined}{}", answer.err);
    assert!(joined.contains(sentence), "{joined}");
    assert!(joined.ends_with("gates that fail: 1 of 1"), "{joined}");
    assert_eq!(answer.code, 1);
}

#[test]
fn a_sound_course_passes_and_the_attendees_files_are_not_touched() {
    let workshop = sound();
    // A starter that somebody worked on: only the gate that compares it minds.
    let mine = workshop.exercise().replace("todo!(\"step 1:", "missing!(\"step 1:");
    workshop.change("workshop/01-store/exercise/src/lib.rs", &mine);
    let gates =
        ["modules", "minutes", "links", "expected", "steps", "wrong", "console", "warnings"];
    let answer = workshop.guide(&[&["verify"], &gates[..]].concat());
    assert_eq!(
        findings(&answer),
        "  pass   modules: steps, checks, headings, hints and markers agree
  pass   minutes: minutes add up
  pass   links: relative links resolve
  pass   expected: every expected file has a check that reads it
  pass   steps: with steps 1 to n solved, exactly the checks 1 to n pass
  pass   wrong: every wrong answer is caught by its step's checks
  pass   console: the commands in the pages run
  pass   warnings: starters compile without warnings

all 8 gates pass",
        "{}",
        answer.err
    );
    assert_eq!(answer.code, 0);
    assert_eq!(workshop.exercise(), mine);
    assert!(!workshop.path(".guide/state").exists());
    refused(&workshop, "starters", "exercise/src/lib.rs is not what the solution generates");
}

#[test]
fn a_gate_that_is_not_there_is_answered_with_those_that_are() {
    let answer = sound().guide(&["verify", "spelling"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.starts_with("there is no gate `spelling`: choose one of modules, "),
        "{}",
        answer.err
    );
}

mod reading {
    use super::*;

    fn changed(path: &str, from: &str, to: &str) -> Workshop {
        let workshop = sound();
        let text = workshop.read(path);
        assert!(text.contains(from), "{path} has no {from}");
        workshop.change(path, &text.replacen(from, to, 1));
        workshop
    }

    #[test]
    fn a_module_without_checks_is_refused() {
        let workshop = sound().write("workshop/02-more/README.md", "# More\n");
        refused(&workshop, "modules", "workshop/02-more has no checks: write");
    }

    #[test]
    fn a_step_without_hints_is_refused() {
        let workshop = changed("workshop/01-store/hints.md", "## Step 2.", "## Part 2.");
        refused(&workshop, "modules", "step 2 is not in workshop/01-store/hints.md: add");
    }

    #[test]
    fn a_hint_of_no_step_is_refused() {
        let workshop = sound();
        let hints = HINTS.to_owned() + "## Step 3. More\n";
        workshop.change("workshop/01-store/hints.md", &hints);
        refused(&workshop, "modules", "step 3 is not in workshop/01-store/tests/step_3_name.rs");
    }

    #[test]
    fn a_step_with_two_rungs_is_refused() {
        let workshop = changed("workshop/01-store/hints.md", "### The shape\n", "");
        refused(
            &workshop,
            "modules",
            "hints.md: step 1 has the rungs [\"Where to look\", \"The lines\"]",
        );
    }

    #[test]
    fn a_step_that_nobody_writes_is_refused() {
        let workshop =
            sound().write("workshop/01-store/solution/src/lib.rs", "//! Nothing to write.\n");
        refused(
            &workshop,
            "modules",
            "step 1 is not in workshop/01-store/solution: mark its lines",
        );
    }

    #[test]
    fn one_step_has_one_name() {
        let workshop = changed("workshop/01-store/README.md", "One event, one id", "One id");
        refused(
            &workshop,
            "modules",
            "calls step 1 `one id`, its checks call it `one event, one id`",
        );
    }

    #[test]
    fn a_module_that_the_editor_does_not_know_is_refused() {
        let workshop = sound().write(".vscode/settings.json", "{}");
        refused(&workshop, "modules", ".vscode/settings.json does not name store-checks/mine");
    }

    #[test]
    fn a_lesson_without_a_heading_is_refused() {
        let workshop = changed("workshop/01-store/README.md", "## Stretch", "## Go on");
        refused(&workshop, "modules", "README.md has no heading `## Stretch`: add it");
    }

    #[test]
    fn the_teachers_page_says_of_each_module_what_is_asked_and_the_way_back() {
        let page = |text: &str| sound().write("slides/INSTRUCTOR.md", text);
        refused(&page("# For the teacher\n"), "modules", "says nothing of 01-store: add `### 01");
        let part = |name: &str| format!("- **The {name}:** text\n");
        let asked = "# For\n\n### 01 Store\n".to_owned() + &part("question that always comes");
        let workshop = page(&(asked + &part("mistake that always comes")));
        refused(&workshop, "modules", "INSTRUCTOR.md:3: module 01 lacks `**The way back:**`");
    }

    #[test]
    fn steps_and_module_have_the_same_minutes() {
        let workshop = changed("workshop/01-store/README.md", "(9 min)", "(10 min)");
        refused(
            &workshop,
            "minutes",
            "says 22 minutes, its steps and 5 for reading are 23: correct one",
        );
    }

    #[test]
    fn the_map_has_the_modules_minutes() {
        let workshop = changed("workshop/README.md", "22", "25");
        refused(&workshop, "minutes", "workshop/README.md:3: 01-store takes 22 minutes, not 25");
    }

    #[test]
    fn a_link_to_nothing_is_refused() {
        let workshop = changed("workshop/01-store/README.md", "hints.md#step", "hints.md#stop");
        refused(&workshop, "links", "no heading is called #stop-1-one-event-one-id");
        let workshop = changed("workshop/01-store/README.md", "(hints.md", "(tips.md");
        refused(
            &workshop,
            "links",
            "README.md:18: the link to tips.md#step-1-one-event-one-id leads nowhere",
        );
    }

    #[test]
    fn an_expected_file_without_a_check_is_refused() {
        let file =
            |name: &str| format!("workshop/01-store/tests/snapshots/step_2_late__{name}.snap");
        let text = format!("---\nsource: {CHECKS}\nexpression: x\n---\nyes\n");
        let workshop = sound()
            .write(&file("a_writer_at_an_old_version_is_late"), &text)
            .write(&file("a_writer_at_an_old_version_is_late-2@v1"), &text);
        assert_eq!(workshop.guide(&["verify", "expected"]).code, 0);
        workshop.change(&file("gone"), &text);
        refused(&workshop, "expected", "step_2_late__gone.snap is read by no check: delete it");
    }
}

mod running {
    use super::*;

    #[test]
    fn what_an_attendee_reads_at_a_wrong_answer_is_shown_to_authors() {
        let answer = sound().guide(&["verify", "--show", "01"]);
        let file = "== workshop/01-store/wrong/step_1/constant.rs\n01 store   step 1 of 2";
        assert!(answer.out.starts_with(file), "{}{}", answer.out, answer.err);
        assert!(answer.out.contains("fail   another version is another id"), "{}", answer.out);
    }

    #[test]
    fn a_step_that_leans_on_a_later_one_is_refused() {
        let leans = "//! Step 1. One event, one id.\n#[test]\nfn leans() {\n    \
                     assert_eq!(store_checks::id(\"a\", 1), \"a:1\");\n    \
                     assert!(store_checks::stale(1, 2));\n}\n";
        let workshop = sound().write("workshop/01-store/tests/step_1_id.rs", leans);
        refused(
            &workshop,
            "steps",
            "step_1_id.rs fails with step 1 solved: check nothing that needs a later",
        );
    }

    #[test]
    fn checks_that_pass_without_the_step_are_refused() {
        let workshop = sound().write(CHECKS, &SOUND.replace("store_checks::stale(1, 2)", "true"));
        refused(
            &workshop,
            "steps",
            "step_2_late.rs passes on the untouched starter: ask for something",
        );
    }

    #[test]
    fn a_starter_that_fails_for_another_reason_is_refused() {
        let workshop = sound().write(CHECKS, &SOUND.replace("store_checks::stale(1, 2)", "false"));
        refused(
            &workshop,
            "steps",
            "but not with `not yet implemented: step 2`: let it reach the step",
        );
    }

    #[test]
    fn a_wrong_answer_that_passes_is_refused() {
        let right = "    [stream, &version.to_string()].join(\":\")\n";
        let workshop = sound().write("workshop/01-store/wrong/step_1/right.rs", right);
        refused(&workshop, "wrong", "wrong/step_1/right.rs passes tests/step_1_id.rs: add a check");
    }

    #[test]
    fn a_wrong_answer_that_does_not_compile_is_refused() {
        let workshop = sound().write("workshop/01-store/wrong/step_1/broken.rs", "    missing()\n");
        refused(&workshop, "wrong", "wrong/step_1/broken.rs cannot be built: repair it");
    }

    #[test]
    fn a_wrong_answer_of_no_step_is_refused() {
        let workshop = sound().write("workshop/01-store/wrong/step_7/any.rs", "    1\n");
        refused(&workshop, "wrong", "wrong/step_7 belongs to no step: rename it");
        let workshop = sound().write("workshop/01-store/wrong/step_1/any.js", "1;\n");
        refused(&workshop, "wrong", "wrong/step_1/any.js takes the place of no block");
    }

    #[test]
    fn a_command_that_fails_is_shown_with_its_words() {
        let page = "```console\n$ echo farewell; exit 3\n```\n";
        let workshop = sound().write("README.md", page);
        refused(&workshop, "console", "README.md:1: `echo farewell; exit 3` fails: correct it");
        assert!(workshop.guide(&["verify", "console"]).out.contains("\nfarewell\n"));
    }

    #[test]
    fn a_command_that_was_to_fail_and_does_not_is_refused() {
        let workshop = sound().write("README.md", "```console fails=true\n$ true\n```\n");
        refused(&workshop, "console", "`true` succeeds: remove `fails=true`");
    }

    #[test]
    fn a_command_that_never_ends_is_ended() {
        let page = "```console timeout=1\n$ sleep 600 & sleep 600\n```\n";
        let workshop = sound().write("README.md", page);
        refused(
            &workshop,
            "console",
            "still runs after 1 s: write `timeout=SECONDS`, or `test=false`",
        );
    }

    #[test]
    fn a_starter_with_a_warning_is_refused() {
        let workshop = sound();
        let lib = workshop.read("workshop/01-store/solution/src/lib.rs");
        let more = "\n/// Deprecated.\n#[deprecated]\npub fn old() {}\n/// Uses it.\npub fn new() {\n    old();\n}\n";
        workshop.change("workshop/01-store/solution/src/lib.rs", &(lib + more));
        refused(&workshop, "warnings", "starters have warnings: repair the solutions");
    }
}
