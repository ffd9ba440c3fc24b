//! What the output of a test binary means.

use crate::expected::{self, Difference};

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
    /// The name of the test function.
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
    let Some(count) = output
        .lines()
        .find_map(|line| line.strip_prefix("running "))
    else {
        return Verdict::NotRun;
    };
    if count.starts_with("0 ") {
        return Verdict::Empty;
    }
    match output
        .lines()
        .find_map(|line| line.strip_prefix("test result: "))
    {
        None => Verdict::Died,
        Some(result) if result.starts_with("ok") => Verdict::Passed,
        Some(_) => Verdict::Failed(failures(output)),
    }
}

impl Failure {
    /// The name of the test as the sentence it is.
    pub fn sentence(&self) -> String {
        self.test
            .rsplit("::")
            .next()
            .unwrap_or(&self.test)
            .replace('_', " ")
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
    for line in output
        .lines()
        .take_while(|line| !line.starts_with("test result: "))
    {
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
    said.into_iter()
        .map(|(test, text)| explained(test, &text))
        .collect()
}

fn failed(output: &str) -> Vec<String> {
    let results = output.lines().filter_map(|line| line.strip_prefix("test "));
    let failed = results
        .filter_map(|line| line.split_once(" ... "))
        .filter(|(_, r)| *r == "FAILED");
    failed
        .map(|(name, _)| name.trim_end_matches(" - should panic").to_owned())
        .collect()
}

fn explained(test: String, said: &str) -> Failure {
    let (place, message) = panic(said).map_or((None, said.trim()), |(place, message)| {
        (Some(place), message)
    });
    let reason = waiting(said)
        .or_else(|| expected::difference(said).map(Reason::Differs))
        .unwrap_or_else(|| Reason::Message(legible(message)));
    Failure {
        test,
        reason,
        place: place.map(str::to_owned),
    }
}

/// `not yet implemented: step 2: text`, as `todo!` prints it or as it comes back in a store's error.
fn waiting(text: &str) -> Option<Reason> {
    let (_, rest) = text.split_once("not yet implemented: step ")?;
    let (step, text) = rest.split_once(": ")?;
    // A text printed for debugging has its line breaks and quotes escaped.
    let end = text.find(['\n', '"', '\\']).unwrap_or(text.len());
    Some(Reason::Waiting {
        step: step.parse().ok()?,
        text: text[..end].trim().into(),
    })
}

/// The place and the message of the first panic, without its frame.
fn panic(text: &str) -> Option<(&str, &str)> {
    let (frame, message) = text.split_once(" panicked at ")?.1.split_once(":\n")?;
    let end = message
        .find("\nnote: ")
        .or_else(|| message.find("\nstack backtrace:"));
    let place = frame
        .rsplit_once(':')
        .map_or(frame, |(place, _column)| place);
    Some((place, message[..end.unwrap_or(message.len())].trim()))
}

/// A test that returns an error prints it on one line for debugging.
fn legible(message: &str) -> String {
    message
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
        .trim_start_matches("note: ")
        .to_owned()
}
