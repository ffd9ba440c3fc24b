//! `guide starters`, as an author uses it.

use crate::support::{MANIFEST, Workshop};

const SOLUTION: &str = r#"//! A store.

/// The id of an event.
pub fn id(stream: &str, version: u64) -> String {
    let stream = stream.trim();
    //@ step 1: name the event of {stream} at {version}
    let version = version + 1;
    format!("{stream}:{version}")
    //@ end
}

/// Nothing to do here.
pub fn given() -> u64 {
    1
}
"#;

const STARTER: &str = r#"//! A store.

/// The id of an event.
pub fn id(stream: &str, version: u64) -> String {
    let stream = stream.trim();
    // step 1
    todo!("step 1: name the event of {stream} at {version}")
}

/// Nothing to do here.
pub fn given() -> u64 {
    1
}
"#;

const SCRIPT: &str = "function append(expected) {\n    var context = getContext();\n    \
    //@ step 2: refuse a stale writer\n    if (expected !== 0) {\n        throw new Error(\"stale\");\n    \
    }\n    //@ end\n}\n";

#[test]
fn marked_rust_becomes_a_todo_and_everything_else_is_copied() {
    let workshop = Workshop::with_solution(SOLUTION);
    let answer = workshop.guide(&["starters"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(workshop.exercise(), STARTER);
}

#[test]
fn marked_javascript_becomes_a_throw() {
    let workshop =
        Workshop::with_solution(SOLUTION).write("workshop/01-store/solution/src/append.js", SCRIPT);
    workshop.guide(&["starters"]);
    assert_eq!(
        workshop.read("workshop/01-store/exercise/src/append.js"),
        "function append(expected) {\n    var context = getContext();\n    // step 2\n    \
         throw new Error(\"not yet implemented: step 2: refuse a stale writer\");\n}\n"
    );
}

#[test]
fn the_manifest_is_the_solutions_with_another_name() {
    let workshop = Workshop::with_solution(SOLUTION);
    workshop.guide(&["starters"]);
    let manifest = workshop.read("workshop/01-store/exercise/Cargo.toml");
    assert!(manifest.contains("name = \"store-exercise\""), "{manifest}");
    assert!(manifest.contains("[lib]\ntest = false\ndoctest = false\n"), "{manifest}");
    assert!(manifest.contains("[lints.rust]\nunused = \"allow\"\n"), "{manifest}");
    assert!(!manifest.contains("workspace"), "{manifest}");
}

#[test]
fn windows_line_endings_are_kept() {
    let workshop = Workshop::with_solution(&SOLUTION.replace('\n', "\r\n"));
    workshop.guide(&["starters"]);
    assert_eq!(workshop.exercise(), STARTER.replace('\n', "\r\n"));
}

#[test]
fn a_second_run_changes_nothing() {
    let workshop = Workshop::with_solution(SOLUTION);
    workshop.guide(&["starters"]);
    let answer = workshop.guide(&["starters"]);
    assert_eq!(answer.out, "starters equal the solutions (modules: 1, files changed: 0)\n");
}

mod stale_files {
    use super::*;

    #[test]
    fn a_file_that_left_the_solution_leaves_the_exercise() {
        let workshop = Workshop::with_solution(SOLUTION)
            .write("workshop/01-store/solution/src/old/part.rs", "//! Old.\n");
        workshop.guide(&["starters"]);
        std::fs::remove_dir_all(workshop.path("workshop/01-store/solution/src/old")).unwrap();
        workshop.guide(&["starters"]);
        assert!(!workshop.path("workshop/01-store/exercise/src/old").exists());
    }

    #[test]
    fn a_committed_one_goes_too() {
        let workshop = Workshop::with_solution(SOLUTION)
            .write("workshop/01-store/exercise/src/old.rs", "//! Old.\n");
        workshop.commit();
        assert_eq!(workshop.guide(&["starters", "--check"]).code, 1);
        assert_eq!(workshop.guide(&["starters"]).code, 0);
        assert!(!workshop.path("workshop/01-store/exercise/src/old.rs").exists());
    }

    #[test]
    fn a_file_that_git_does_not_track_stays() {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        workshop.commit();
        workshop.change("workshop/01-store/exercise/notes.txt", "mine");
        workshop.guide(&["starters"]);
        assert_eq!(workshop.read("workshop/01-store/exercise/notes.txt"), "mine");
        assert_eq!(workshop.guide(&["starters", "--check"]).code, 0);
    }
}

mod work_of_the_attendee {
    use super::*;

    fn solved() -> Workshop {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        workshop.commit();
        workshop.change("workshop/01-store/exercise/src/lib.rs", "my work");
        workshop
    }

    #[test]
    fn is_not_overwritten() {
        let workshop = solved();
        let answer = workshop.guide(&["starters"]);
        assert_eq!((answer.code, workshop.exercise().as_str()), (2, "my work"));
        assert!(answer.err.contains("workshop/01-store/exercise/src/lib.rs"), "{}", answer.err);
        assert!(answer.err.contains("just starters --force"), "{}", answer.err);
    }

    #[test]
    fn is_overwritten_when_forced() {
        let workshop = solved();
        workshop.guide(&["starters", "--force"]);
        assert_eq!(workshop.exercise(), STARTER);
    }

    #[test]
    fn is_overwritten_once_it_is_in_a_commit() {
        let workshop = solved();
        workshop.commit();
        workshop.guide(&["starters"]);
        assert_eq!(workshop.exercise(), STARTER);
    }

    #[test]
    fn is_safe_without_git_as_well() {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        workshop.change("workshop/01-store/exercise/src/lib.rs", "my work");
        assert_eq!(workshop.guide(&["starters"]).code, 2);
        assert_eq!(workshop.exercise(), "my work");
    }

    #[test]
    fn is_not_confused_with_a_starter_that_was_never_committed() {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        let changed = SOLUTION.replace("Nothing to do here", "Nothing to see here");
        workshop.change("workshop/01-store/solution/src/lib.rs", &changed);
        assert_eq!(workshop.guide(&["starters"]).code, 0);
        assert!(workshop.exercise().contains("Nothing to see here"));
    }
}

mod compared {
    use super::*;

    #[test]
    fn equal_starters_pass() {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        assert_eq!(workshop.guide(&["starters", "--check"]).code, 0);
    }

    #[test]
    fn a_difference_is_shown_with_the_remedy_and_nothing_is_written() {
        let workshop = Workshop::with_solution(SOLUTION);
        workshop.guide(&["starters"]);
        let drifted = STARTER.replace("    1\n", "    2\n");
        workshop.change("workshop/01-store/exercise/src/lib.rs", &drifted);
        let answer = workshop.guide(&["starters", "--check"]);
        assert_eq!(answer.code, 1);
        assert!(answer.out.contains("--- workshop/01-store/exercise/src/lib.rs"), "{}", answer.out);
        assert!(answer.out.contains("-    2\n+    1\n"), "{}", answer.out);
        assert!(answer.out.contains("run `just starters`"), "{}", answer.out);
        assert_eq!(workshop.exercise(), drifted);
    }

    #[test]
    fn a_long_difference_is_cut() {
        let workshop = Workshop::with_solution(&"//! Line.\n".repeat(100));
        let answer = workshop.guide(&["starters", "--check"]);
        assert!(answer.out.contains("… and "), "{}", answer.out);
        assert!(answer.out.lines().count() < 60, "{}", answer.out);
    }
}

mod pages {
    use super::*;

    fn with_page(name: &str, text: &str) -> Workshop {
        Workshop::with_solution(SOLUTION)
            .write("workshop/01-store/solution/src/append.js", SCRIPT)
            .write(&format!("workshop/01-store/{name}"), text)
    }

    const HINTS: &str = "# Hints\n\n## Step 1. Name it\n### Where to look\nUp.\n### The lines\nold\n\n\
        ## Step 2. Refuse\n### The lines\n```js\n# not a heading\n```\n";

    #[test]
    fn the_last_rung_of_the_hints_is_the_code_of_the_step() {
        let workshop = with_page("hints.md", HINTS);
        workshop.guide(&["starters"]);
        assert_eq!(
            workshop.read("workshop/01-store/hints.md"),
            "# Hints\n\n## Step 1. Name it\n### Where to look\nUp.\n### The lines\n\n\
             ```rust\nlet version = version + 1;\nformat!(\"{stream}:{version}\")\n```\n\n\
             ## Step 2. Refuse\n### The lines\n\n\
             ```js\nif (expected !== 0) {\n    throw new Error(\"stale\");\n}\n```\n"
        );
        let again = workshop.guide(&["starters"]);
        assert!(again.out.contains("files changed: 0"), "{}", again.out);
    }

    #[test]
    fn several_blocks_of_a_step_stand_under_their_paths() {
        let two = "fn a() {\n    //@ step 2: do a\n    a1();\n    //@ end\n}\nfn b() {\n    \
                   //@ step 2: do b\n    b1();\n    //@ end\n}\n";
        let hints = "## Step 1. One\n### The lines\n## Step 2. Two\n### The lines\n";
        let workshop =
            with_page("hints.md", hints).write("workshop/01-store/solution/src/two.rs", two);
        workshop.guide(&["starters"]);
        let hints = workshop.read("workshop/01-store/hints.md");
        let (_, step_2) = hints.split_once("## Step 2. Two\n").unwrap();
        assert_eq!(
            step_2,
            "### The lines\n\n```rust\n// src/two.rs\na1();\n\nb1();\n```\n\n\
             ```js\n// src/append.js\nif (expected !== 0) {\n    throw new Error(\"stale\");\n}\n```\n"
        );
    }

    #[test]
    fn code_in_the_lesson_is_filled_by_step() {
        let lesson = "# Lesson\n\n```js step=2\nold\n```\n\n```rust\nuntouched\n```\n";
        let workshop = with_page("README.md", lesson);
        workshop.guide(&["starters"]);
        assert_eq!(
            workshop.read("workshop/01-store/README.md"),
            "# Lesson\n\n```js step=2\nif (expected !== 0) {\n    throw new Error(\"stale\");\n}\n```\n\n\
             ```rust\nuntouched\n```\n"
        );
    }

    #[test]
    fn outdated_code_in_a_lesson_is_a_difference() {
        let workshop = with_page("README.md", "```rust step=1\nold\n```\n");
        let answer = workshop.guide(&["starters", "--check"]);
        assert_eq!(answer.code, 1);
        assert!(answer.out.contains("--- workshop/01-store/README.md"), "{}", answer.out);
    }

    #[test]
    fn a_fence_for_a_step_that_is_not_there_is_refused() {
        let workshop = with_page("README.md", "Text.\n\n```rust step=2\n```\n");
        let answer = workshop.guide(&["starters"]);
        assert_eq!(answer.code, 2);
        assert_eq!(
            answer.err,
            "workshop/01-store/README.md:3: the solution marks no rust lines as step 2: correct the \
             fence or add the markers\n"
        );
    }

    #[test]
    fn hints_without_a_step_are_refused() {
        let workshop = with_page("hints.md", "## Step 1. Name it\n### The lines\n");
        let answer = workshop.guide(&["starters"]);
        assert!(answer.err.contains("hints.md:1: step 2 has no last rung"), "{}", answer.err);
    }
}

mod decks {
    use super::*;

    const EXPECTED: &str = "---\nsource: a.rs\n---\ngiven | when\nnone  | add\none   | add\n";

    fn with_deck(text: &str) -> Workshop {
        Workshop::with_solution(SOLUTION)
            .write("workshop/01-store/tests/snapshots/rules.snap", EXPECTED)
            .write("slides/01-store.md", text)
    }

    fn filled(fence: &str) -> String {
        let workshop = with_deck(&format!("# Deck\n\n```{fence}\nold\n```\n\n---\n"));
        let answer = workshop.guide(&["starters"]);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""));
        let deck = workshop.read("slides/01-store.md");
        let quoted = deck.strip_prefix(&format!("# Deck\n\n```{fence}\n")).unwrap();
        quoted.strip_suffix("```\n\n---\n").unwrap().to_owned()
    }

    #[test]
    fn a_deck_shows_the_lines_of_a_step() {
        let step = "let version = version + 1;\nformat!(\"{stream}:{version}\")\n";
        assert_eq!(filled("rust step=1"), step);
        assert_eq!(filled("rust step=1 in=lib.rs lines=2"), "format!(\"{stream}:{version}\")\n");
    }

    #[test]
    fn a_deck_shows_an_item_of_any_file() {
        let item = filled("rust from=workshop/01-store/solution/src/lib.rs item=given");
        assert_eq!(item, "pub fn given() -> u64 {\n    1\n}\n");
    }

    #[test]
    fn a_deck_shows_rows_of_an_expected_result() {
        let rows = filled("text from=workshop/01-store/tests/snapshots/rules.snap lines=1,3");
        assert_eq!(rows, "given | when\none   | add\n");
    }

    #[test]
    fn a_deck_without_a_module_quotes_too() {
        let fence = "```text from=workshop/01-store/tests/snapshots/rules.snap lines=1\n";
        let workshop = with_deck("").write("slides/99-closing.md", &format!("{fence}```\n"));
        workshop.guide(&["starters"]);
        assert_eq!(workshop.read("slides/99-closing.md"), format!("{fence}given | when\n```\n"));
    }

    #[test]
    fn a_deck_that_differs_fails_the_check() {
        let workshop = with_deck("```rust step=1\nold\n```\n");
        let answer = workshop.guide(&["starters", "--check"]);
        assert_eq!(answer.code, 1);
        assert!(answer.out.contains("--- slides/01-store.md"), "{}", answer.out);
    }

    #[test]
    fn a_slide_copies_no_code() {
        let answer = with_deck("```rust step=1\n```\n\n```rust\nfn by_hand() {}\n```\n")
            .guide(&["starters"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.starts_with("slides/01-store.md:4: a slide quotes"), "{}", answer.err);
    }

    #[test]
    fn what_is_not_there_is_named_with_its_line() {
        let wrong = [
            ("rust from=workshop/no.rs", "workshop/no.rs cannot be read"),
            ("rust from=workshop/01-store/solution/src/lib.rs item=no", "lib.rs has no item no"),
            ("rust step=1 lines=2-3", "there are 2 lines, so 2 to 3 are not"),
            ("rust step=1 in=no.rs", "the solution marks no rust lines as step 1"),
        ];
        for (fence, complaint) in wrong {
            let answer = with_deck(&format!("\n```{fence}\n```\n")).guide(&["starters"]);
            assert_eq!(answer.code, 2);
            let place = answer.err.starts_with("slides/01-store.md:2: ");
            assert!(place && answer.err.contains(complaint), "{fence}: {}", answer.err);
        }
    }
}

mod rules {
    use super::*;

    /// The complaints about a solution, which must be the only result.
    fn complaints(lib: &str) -> String {
        let workshop = Workshop::with_solution(lib);
        let answer = workshop.guide(&["starters"]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(!workshop.path("workshop/01-store/exercise").exists());
        answer.err.replace("workshop/01-store/solution/src/", "")
    }

    fn step(marker: &str, lines: &str) -> String {
        format!("fn f() {{\n    {marker}\n{lines}    //@ end\n}}\n")
    }

    #[test]
    fn a_step_is_closed() {
        let said = complaints("fn f() {\n    //@ step 1: do it\n    a();\n}\n");
        assert_eq!(said, "lib.rs:2: this step is never closed: add `//@ end` after its lines\n");
    }

    #[test]
    fn an_end_has_a_beginning() {
        let said = complaints("fn f() {\n    a();\n    //@ end\n}\n");
        assert_eq!(
            said,
            "lib.rs:3: no step is open here: add `//@ step N: text` above its lines\n"
        );
    }

    #[test]
    fn steps_do_not_nest() {
        let said = complaints(&step("//@ step 1: do it", "    //@ step 2: do that\n    a();\n"));
        assert_eq!(said, "lib.rs:3: step 1 is still open: close it with `//@ end` first\n");
    }

    #[test]
    fn a_marker_has_one_form() {
        let said = complaints("fn f() {\n    //@ stage 1\n}\n");
        assert_eq!(
            said,
            "lib.rs:2: `//@ stage 1` is not a marker: write `//@ step N: text` or `//@ end`\n"
        );
    }

    #[test]
    fn a_marker_stands_on_a_line_of_its_own() {
        let said = complaints("fn f() {\n    a(); //@ end\n}\n");
        assert!(said.starts_with("lib.rs:2: a marker needs a line of its own"), "{said}");
    }

    #[test]
    fn there_are_three_steps_at_most() {
        let said = complaints(&step("//@ step 4: do it", "    a();\n"));
        assert!(
            said.starts_with("lib.rs:2: there is no step 4: a module has steps 1 to 3\n"),
            "{said}"
        );
    }

    #[test]
    fn a_step_is_not_empty() {
        let said = complaints(&step("//@ step 1: do it", "\n"));
        assert_eq!(said, "lib.rs:2: this step is empty: mark the lines the attendee writes\n");
    }

    #[test]
    fn fifteen_lines_are_allowed_and_sixteen_are_not() {
        let fifteen = Workshop::with_solution(&step("//@ step 1: do it", &"    a();\n".repeat(15)));
        assert_eq!(fifteen.guide(&["starters"]).code, 0);
        let said = complaints(&step("//@ step 1: do it", &"    a();\n".repeat(16)));
        assert_eq!(said, "lib.rs:2: step 1 has 16 lines, 15 are the most: mark fewer of them\n");
    }

    #[test]
    fn the_lines_of_a_step_count_wherever_they_stand() {
        let half = step("//@ step 1: do it", &"    a();\n".repeat(8));
        let said = complaints(&half.repeat(2));
        assert!(said.starts_with("lib.rs:2: step 1 has 16 lines"), "{said}");
    }

    #[test]
    fn a_step_is_the_tail_of_its_block() {
        let said =
            complaints("fn f() {\n    //@ step 1: do it\n    a();\n    //@ end\n\n    b();\n}\n");
        assert!(said.starts_with("lib.rs:4: a step is the tail of its block"), "{said}");
    }

    #[test]
    fn a_step_may_end_a_closure() {
        let closure = "fn f() {\n    run(|| {\n        //@ step 1: do it\n        a();\n        //@ end\n    })\n}\n";
        assert_eq!(Workshop::with_solution(closure).guide(&["starters"]).code, 0);
    }

    #[test]
    fn the_text_begins_in_lower_case() {
        let said = complaints(&step("//@ step 1: Do it", "    a();\n"));
        assert!(said.starts_with("lib.rs:2: the text begins with a verb in lower case"), "{said}");
    }

    #[test]
    fn the_text_fits_into_a_string() {
        let said = complaints(&step("//@ step 1: say \"hello\"", "    a();\n"));
        assert!(said.starts_with("lib.rs:2: the text becomes a string"), "{said}");
    }

    #[test]
    fn braces_in_the_text_hold_names() {
        for text in ["add {}", "add {a.b}", "add {0}", "add {a", "add a}", "add {a} b}"] {
            let said = complaints(&step(&format!("//@ step 1: {text}"), "    a();\n"));
            assert!(said.starts_with("lib.rs:2: braces in the text hold"), "{text}: {said}");
        }
    }

    #[test]
    fn a_parameter_may_be_shown_for_debugging() {
        let shown = Workshop::with_solution(&step("//@ step 1: add {a:?} to {b}", "    a();\n"));
        assert_eq!(shown.guide(&["starters"]).code, 0);
    }

    #[test]
    fn a_solution_holds_no_tests() {
        let said = complaints("fn f() {}\n\n#[cfg(test)]\nmod tests {}\n");
        assert!(said.starts_with("lib.rs:3: a solution holds no tests: move them"), "{said}");
    }

    #[test]
    fn all_complaints_come_at_once() {
        let said = complaints("#[cfg(test)]\nmod a {}\n#[cfg(test)]\nmod b {}\n");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

mod places {
    use super::*;

    #[test]
    fn the_guide_works_from_inside_a_module() {
        let workshop = Workshop::with_solution(SOLUTION);
        let inside = workshop.path("workshop/01-store/solution/src");
        assert_eq!(workshop.guide_in(&inside, &["starters"]).code, 0);
        assert_eq!(workshop.exercise(), STARTER);
    }

    #[test]
    fn outside_of_a_workshop_the_guide_says_where_to_go() {
        let elsewhere = tempfile::tempdir().unwrap();
        let answer = Workshop::empty().guide_in(elsewhere.path(), &["starters"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("go to the Daybook folder"), "{}", answer.err);
    }

    #[test]
    fn without_a_solution_there_is_nothing_to_write() {
        let answer = Workshop::empty().guide(&["starters"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("no module to write a starter for"), "{}", answer.err);
    }

    #[test]
    fn a_broken_manifest_is_named() {
        let workshop = Workshop::with_solution(SOLUTION)
            .write("workshop/01-store/solution/Cargo.toml", &MANIFEST.replace('=', ":"));
        let answer = workshop.guide(&["starters"]);
        assert!(
            answer.err.contains("01-store/solution/Cargo.toml is not valid TOML"),
            "{}",
            answer.err
        );
    }
}
