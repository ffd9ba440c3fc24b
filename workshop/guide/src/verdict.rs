//! What the output of a test binary means.

use crate::expected::{self, Difference};
use crate::legible;

/// The outcome of one file of checks.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// The test binary was never started: cargo has the word.
    NotRun,
    /// The file has no tests, so it proves nothing.
    Empty,
    /// All passed.
    Passed,
    /// Some failed.
    Failed(Vec<Failure>),
    /// The test binary ended in the middle: an abort, an exit or a signal.
    Died,
}

/// One test that failed.
#[derive(Debug, PartialEq)]
pub struct Failure {
    /// The name by which cargo knows the test.
    pub test: String,
    pub reason: Reason,
    /// The `path:line` where it panicked, if it did.
    pub place: Option<String>,
}

/// Why a test failed.
#[derive(Debug, PartialEq)]
pub enum Reason {
    /// The attendee has not written this step yet.
    Waiting { step: u8, text: String },
    /// An expected result differs.
    Differs(Difference),
    /// Anything else, in the words of the test.
    Message(String),
}

/// Reads the output of one test binary.
pub fn of(output: &str) -> Verdict {
    let Some(count) = output.lines().find_map(|line| line.strip_prefix("running ")) else {
        return Verdict::NotRun;
    };
    if count.starts_with("0 ") {
        return Verdict::Empty;
    }
    match output.lines().find_map(|line| line.strip_prefix("test result: ")) {
        None => Verdict::Died,
        Some(result) if result.starts_with("ok") => Verdict::Passed,
        Some(_) => Verdict::Failed(failures(output)),
    }
}

impl Failure {
    /// The name of the test without those of the modules around it.
    pub fn function(&self) -> &str {
        self.test.rsplit("::").next().unwrap_or(&self.test)
    }

    /// The name of the test as the sentence it is.
    pub fn sentence(&self) -> String {
        self.function().replace('_', " ")
    }
}

/// The failures that follow each other as `---- name stdout ----` and what the test printed.
fn failures(output: &str) -> Vec<Failure> {
    let names = failed(output);
    let begins = |line: &str| -> Option<String> {
        let name = line.strip_prefix("---- ")?.strip_suffix(" stdout ----")?;
        names.iter().find(|failed| *failed == name).cloned()
    };
    let mut said: Vec<(String, String)> = Vec::new();
    for line in output.lines().take_while(|line| !line.starts_with("test result: ")) {
        match (begins(line), said.last_mut()) {
            (Some(name), _) => said.push((name, String::new())),
            (None, Some((_, text))) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    if let Some((_, text)) = said.last_mut() {
        // The list of names closes the section.
        text.truncate(text.rfind("\nfailures:\n").unwrap_or(text.len()));
    }
    said.into_iter().map(|(test, text)| explained(test, &text)).collect()
}

fn failed(output: &str) -> Vec<String> {
    let results = output.lines().filter_map(|line| line.strip_prefix("test "));
    let failed =
        results.filter_map(|line| line.split_once(" ... ")).filter(|(_, r)| *r == "FAILED");
    failed.map(|(name, _)| name.trim_end_matches(" - should panic").to_owned()).collect()
}

fn explained(test: String, said: &str) -> Failure {
    let (place, message) =
        panic(said).map_or((None, said.trim()), |(place, message)| (Some(place), message));
    let reason = waiting(said)
        .or_else(|| expected::difference(said).map(Reason::Differs))
        .or_else(|| unequal(message).map(Reason::Differs))
        .unwrap_or_else(|| Reason::Message(unescaped(message)));
    Failure { test, reason, place: place.map(str::to_owned) }
}

/// `not yet implemented: step 2: text`, as `todo!` prints it or as it comes back in a store's error.
fn waiting(text: &str) -> Option<Reason> {
    let (_, rest) = text.split_once("not yet implemented: step ")?;
    let (step, text) = rest.split_once(": ")?;
    // A text printed for debugging has its line breaks and quotes escaped.
    let end = text.find(['\n', '"', '\\']).unwrap_or(text.len());
    Some(Reason::Waiting { step: step.parse().ok()?, text: text[..end].trim().into() })
}

/// The step that somebody has not written yet, if that is what a program ended with.
pub fn open_step(said: &str) -> Option<(u8, String)> {
    match waiting(said)? {
        Reason::Waiting { step, text } => Some((step, text)),
        _ => None,
    }
}

/// The place and the message of the first panic, without its frame.
fn panic(text: &str) -> Option<(&str, &str)> {
    let (frame, message) = text.split_once(" panicked at ")?.1.split_once(":\n")?;
    let end = message.find("\nnote: ").or_else(|| message.find("\nstack backtrace:"));
    let place = frame.rsplit_once(':').map_or(frame, |(place, _column)| place);
    Some((place, message[..end.unwrap_or(message.len())].trim()))
}

/// Two values that should be equal, as expected results are shown: ours with `-`, theirs with `+`. Checks name
/// what the attendee's code gave first. Of two that should not be equal one is enough.
fn unequal(message: &str) -> Option<Difference> {
    let (equal, said) = match message.strip_prefix("assertion `left == right` failed") {
        Some(said) => (false, said),
        None => (true, message.strip_prefix("assertion `left != right` failed")?),
    };
    let (said, values) = said.rsplit_once("\n  left: ")?;
    let (left, right) = values.split_once("\n right: ")?;
    let (mut lines, said) = (Vec::new(), said.trim_start_matches(": "));
    // Some say before the reason which of several cases it was.
    let (case, why) = match said.split_once("why: ") {
        Some((case, why)) => (case.trim_end_matches(": "), Some(why.to_owned())),
        None => (said, None),
    };
    lines.extend((!case.is_empty()).then(|| format!("{case}:")));
    if equal {
        lines.push(format!("both are {}", legible::on_a_line(left)));
    } else {
        lines.extend(legible::differing(right, left));
    }
    Some(Difference { lines, why })
}

/// A test that returns an error prints it on one line for debugging.
fn unescaped(message: &str) -> String {
    message.replace("\\n", "\n").replace("\\\"", "\"").trim_start_matches("note: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cargo 1.95 and insta 1.49 print.
    const CAPTURED: &str = include_str!("../tests/captured/failures.txt");

    fn failure(test: &str) -> Failure {
        let Verdict::Failed(failures) = of(CAPTURED) else { panic!("no failures") };
        let mut failures = failures.into_iter();
        failures.find(|failure| failure.test == test).expect("the test is among the failures")
    }

    fn message(test: &str) -> String {
        match failure(test).reason {
            Reason::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_failed_test_is_a_failure() {
        let Verdict::Failed(failures) = of(CAPTURED) else { panic!("no failures") };
        assert_eq!(failures.len(), 7);
    }

    #[test]
    fn a_name_becomes_a_sentence() {
        assert_eq!(
            failure("the_id_holds_stream_and_version").sentence(),
            "the id holds stream and version"
        );
    }

    #[test]
    fn an_open_todo_is_a_step_that_waits() {
        let waits = Reason::Waiting { step: 1, text: "build 3".into() };
        assert_eq!(failure("waiting").reason, waits);
    }

    #[test]
    fn a_script_that_is_not_written_yet_is_found_in_the_error() {
        let waits = Reason::Waiting { step: 2, text: "compare".into() };
        assert_eq!(failure("result").reason, waits);
    }

    #[test]
    fn an_assertion_shows_ours_and_theirs_as_an_expected_result_does() {
        let lines = ["the version:", "- 2", "+ 1"].map(Into::into).into();
        assert_eq!(failure("equal").reason, Reason::Differs(Difference { lines, why: None }));
        assert_eq!(failure("equal").place.as_deref(), Some("tests/step_1_x.rs:23"));
    }

    #[test]
    fn the_reason_of_an_assertion_stands_below_it() {
        let said =
            "assertion `left == right` failed: in memory: why: one to load\n  left: 1\n right: 2";
        let difference = unequal(said).expect("a difference");
        assert_eq!(difference.lines, ["in memory:", "- 2", "+ 1"]);
        assert_eq!(difference.why.as_deref(), Some("one to load"));
        assert_eq!(unequal("assertion failed: x"), None);
    }

    #[test]
    fn two_values_that_should_differ_are_told_as_one() {
        let said =
            "assertion `left != right` failed: why: a\n  left: Version(1)\n right: Version(1)";
        assert_eq!(unequal(said).expect("a difference").lines, ["both are 1"]);
    }

    #[test]
    fn the_last_failure_does_not_swallow_the_list_of_names() {
        let Verdict::Failed(failures) = of(CAPTURED) else { panic!("no failures") };
        let last = format!("{:?}", failures.last());
        assert!(!last.contains("failures:"), "{last}");
    }

    #[test]
    fn a_panic_that_was_expected_and_did_not_come_is_told() {
        let said = "test did not panic as expected at tests/step_1_x.rs:28:4";
        assert_eq!(message("should"), said);
    }

    #[test]
    fn an_expected_result_comes_as_a_difference_with_its_reason() {
        let Reason::Differs(difference) = failure("the_id_holds_stream_and_version").reason else {
            panic!("no difference");
        };
        assert_eq!(difference.lines[4..6], ["-   \"id\": \"cart-7:1\",", "+   \"id\": \"1\","]);
        let why = "a second writer at the same version must meet 409";
        assert_eq!(difference.why.as_deref(), Some(why));
    }

    #[test]
    fn a_new_result_without_a_reason_is_a_difference_too() {
        let Reason::Differs(difference) = failure("file_snapshot").reason else {
            panic!("no difference");
        };
        assert_eq!(
            difference,
            Difference { lines: ["+ a", "+ b", "+ c"].map(Into::into).into(), why: None }
        );
    }

    #[test]
    fn without_a_run_cargo_has_the_word() {
        assert_eq!(of(""), Verdict::NotRun);
    }

    #[test]
    fn a_run_of_no_tests_proves_nothing() {
        let said = "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed\n";
        assert_eq!(of(said), Verdict::Empty);
    }

    #[test]
    fn a_run_without_a_result_died() {
        assert_eq!(of("\nrunning 2 tests\ntest a ... "), Verdict::Died);
    }

    #[test]
    fn a_run_of_passing_tests_passed() {
        let said = "\nrunning 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed\n";
        assert_eq!(of(said), Verdict::Passed);
    }
}
