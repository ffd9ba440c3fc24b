//! Running one file of checks.

use crate::error::Error;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::time::Duration;

/// Silence that nobody wonders about.
const PATIENCE: Duration = Duration::from_secs(3);

/// The solution, or the attendee's exercise.
#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    Solution,
    Exercise,
}

impl Side {
    /// The folder in the module.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Solution => "solution",
            Self::Exercise => "exercise",
        }
    }
}

/// What a run said.
pub struct Said {
    /// The words of the test binary; empty if it was never started.
    pub tests: String,
    /// The words of cargo and the compiler.
    pub cargo: String,
    /// Whether cargo, and what it ran, ended well.
    pub succeeded: bool,
}

impl Said {
    /// The compiler's own text, without cargo's account of its progress; of a build that failed,
    /// without the warnings that stand around its errors.
    pub fn diagnostics(&self) -> String {
        let text: Vec<&str> =
            self.cargo.lines().filter(|line| !is_progress(&plain(line))).collect();
        let is = |line: &str, word| plain(line).starts_with(word);
        let errors_only = text.iter().any(|line| is(line, "error"));
        let mut wanted = true;
        let kept = text.into_iter().filter(|line| {
            wanted = (wanted || is(line, "error")) && !(errors_only && is(line, "warning"));
            wanted
        });
        kept.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// What was printed before a test binary ended without a result.
    pub fn last_words(&self) -> String {
        let text = plain(&self.diagnostics());
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

/// Cargo aligns the verbs of its progress at the twelfth column.
fn is_progress(line: &str) -> bool {
    let verb = line.trim_start().split(' ').next().unwrap_or_default();
    let end = line.len() - line.trim_start().len() + verb.len();
    end == 12 && verb.starts_with(char::is_uppercase)
}

/// Text without colour.
pub fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    rest.fold(first, |plain, part| plain + part)
}

/// The arguments that run one file of checks: also what a person would type.
pub fn arguments<'a>(package: &'a str, side: Side, test: &'a str) -> Vec<&'a str> {
    let mut arguments = all_checks(package, side);
    arguments.extend(["--test", test]);
    arguments
}

/// The arguments that build or run all checks of a module.
pub fn all_checks(package: &str, side: Side) -> Vec<&str> {
    let mut arguments = vec!["test", "-p", package];
    if side == Side::Exercise {
        arguments.extend(["--features", "mine"]);
    }
    arguments
}

/// Runs cargo and waits for it. On a terminal, a long build is announced.
pub fn run(root: &Path, arguments: &[&str], colour: bool) -> Result<Said, Error> {
    run_with(root, arguments, colour, &[])
}

/// Runs cargo with these variables set.
pub fn run_with(
    root: &Path,
    arguments: &[&str],
    colour: bool,
    variables: &[(&str, &Path)],
) -> Result<Said, Error> {
    let mut command = cargo(root, arguments);
    command.env("CARGO_TERM_COLOR", if colour { "always" } else { "never" });
    for (name, value) in [
        // Quiet and verbose runs have another shape than the one that is read here.
        ("CARGO_TERM_QUIET", "false"),
        ("CARGO_TERM_VERBOSE", "false"),
        ("CARGO_TERM_PROGRESS_WHEN", "never"),
        ("RUST_BACKTRACE", "0"),
        ("RUST_LIB_BACKTRACE", "0"),
        ("RUST_TEST_NOCAPTURE", "0"),
        // A failing check must not replace the expected file.
        ("INSTA_UPDATE", "no"),
        ("INSTA_FORCE_PASS", "0"),
        ("INSTA_OUTPUT", "diff"),
    ] {
        command.env(name, value);
    }
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = announced(command).map_err(|source| Error::Cargo { source })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    Ok(Said {
        tests: text(&output.stdout),
        cargo: text(&output.stderr),
        succeeded: output.status.success(),
    })
}

/// Runs cargo in full view, and says whether it succeeded.
pub fn watched(root: &Path, arguments: &[&str]) -> Result<bool, Error> {
    watched_with(root, arguments, &[])
}

/// Runs cargo in full view with these variables set.
pub fn watched_with(
    root: &Path,
    arguments: &[&str],
    variables: &[(&str, &Path)],
) -> Result<bool, Error> {
    let mut command = cargo(root, arguments);
    command.envs(variables.iter().copied());
    let status = command.status().map_err(|source| Error::Cargo { source })?;
    Ok(status.success())
}

/// Where cargo puts what it builds.
pub fn target_folder(root: &Path) -> Result<PathBuf, Error> {
    let mut command = cargo(root, &["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let output = command.output().map_err(|source| Error::Cargo { source })?;
    let said = serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_default();
    match said["target_directory"].as_str() {
        Some(folder) => Ok(folder.into()),
        None => {
            Err(Error::Metadata { said: String::from_utf8_lossy(&output.stderr).trim().into() })
        }
    }
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    command
}

fn announced(mut command: Command) -> std::io::Result<Output> {
    let (done, waiting) = mpsc::channel();
    let announcer = std::thread::spawn(move || {
        let slow = waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout);
        if slow && std::io::stderr().is_terminal() {
            eprintln!("building: minutes the first time, seconds from then on\n");
        }
    });
    let output = command.output();
    let _ = done.send(());
    let _ = announcer.join();
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostics(cargo: &str) -> String {
        Said { tests: String::new(), cargo: cargo.into(), succeeded: false }.diagnostics()
    }

    #[test]
    fn errors_are_told_without_progress_and_warnings() {
        let said = "   Compiling store v0.1.0\nwarning: unused\n --> a.rs:1:1\n\nerror[E1]: no\n --> b.rs:2:2\n\n\
                    warning: unused\n --> c.rs:3:3\n\nerror: could not compile `store`\n";
        assert_eq!(
            diagnostics(said),
            "error[E1]: no\n --> b.rs:2:2\n\nerror: could not compile `store`"
        );
    }

    #[test]
    fn coloured_errors_keep_their_colour() {
        let said = "\x1b[1m\x1b[92m   Compiling\x1b[0m store\n\x1b[1m\x1b[91merror\x1b[0m: no\n";
        assert_eq!(diagnostics(said), "\x1b[1m\x1b[91merror\x1b[0m: no");
    }
}
