//! What can go wrong, and what to do about it.

use crate::marker::Fault;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Everything a command can fail with. Each message ends with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no workshop in {from} or above it: go to the Daybook folder, the one that holds \
         `workshop`, and try again"
    )]
    NoCourse { from: PathBuf },

    #[error(
        "no module to write a starter for: write workshop/NN-name/solution with its Cargo.toml, \
         then run `just starters` again"
    )]
    NoSolutions,

    #[error(
        "no module has checks yet: write workshop/NN-name/tests/step_1_name.rs, then run \
         `just check` again"
    )]
    NoChecks,

    #[error(
        "module {folder} has no checks: write workshop/{folder}/tests/step_1_name.rs, then run \
         `just check` again"
    )]
    NoChecksIn { folder: String },

    #[error("{folder} is the last module: `just go 1` goes back to the beginning")]
    LastModule { folder: String },

    #[error("{path} has no rungs for step {step}: read the step in the lesson again", path = path.display())]
    NoHints { path: PathBuf, step: u8 },

    #[error("there is no step {step}: choose one of 1 to {last}, or none for all of them")]
    UnknownStep { step: u8, last: u8 },

    #[error("{}", no_copy(folder, known))]
    NoCopy { folder: String, known: Vec<String> },

    #[error("there is no module `{wanted}`: choose one of {}", known.join(", "))]
    UnknownModule { wanted: String, known: Vec<String> },

    #[error("{path} has no name in [package]: add name = \"…\"", path = path.display())]
    NoName { path: PathBuf },

    #[error("{path} is not valid TOML: repair it", path = path.display())]
    Manifest { path: PathBuf, source: toml_edit::TomlError },

    #[error("{}", lines(faults))]
    Rules { faults: Vec<Fault> },

    #[error(
        "nothing was written, because these files hold work that is in no commit:\n{}\n\
         commit or stash it, or give it up with `just starters --force`",
        paths(files)
    )]
    OwnWork { files: Vec<PathBuf> },

    #[error("cannot read {path}: check that it is there and yours to read", path = path.display())]
    Read { path: PathBuf, source: std::io::Error },

    #[error("cannot write {path}: check the folder's permissions and the free space", path = path.display())]
    Write { path: PathBuf, source: std::io::Error },

    #[error(
        "{path} has no version in [workspace.package]: add version = \"0.1.0\"",
        path = path.display()
    )]
    NoVersion { path: PathBuf },

    #[error("{path} has a version of its own: write version.workspace = true", path = path.display())]
    OwnVersion { path: PathBuf },

    #[error("{path}: {fault}", path = path.display())]
    Agenda { path: PathBuf, fault: String },

    #[error("there is no agenda `{wanted}`: choose one of {}", known.join(", "))]
    UnknownAgenda { wanted: String, known: Vec<String> },

    #[error("cannot start {program}: install it, or add it to the PATH")]
    Program { program: String, source: std::io::Error },

    #[error("{program} says: {said}")]
    Asked { program: String, said: String },

    #[error("no room answers at {address}: look at the teacher's terminal, or go on without")]
    NoRoom { address: std::net::SocketAddr },

    #[error("{said}")]
    Refused { said: String },

    #[error("cargo cannot read the workspace: repair what it says\n{said}")]
    Metadata { said: String },

    #[error("cannot start a shell: install sh, on Windows PowerShell 7")]
    Shell { source: std::io::Error },

    #[error("{folder} has nothing to {name}{}", other_modules(name, known))]
    NoExample { name: String, folder: String, known: Vec<String> },

    #[error("there is no gate `{wanted}`: choose one of {}", known.join(", "))]
    UnknownGate { wanted: String, known: Vec<&'static str> },

    #[error("cannot start cargo: install Rust from https://rustup.rs, or add it to the PATH")]
    Cargo { source: std::io::Error },
}

/// The message and those of its causes, on one line after another.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "\n  because: {}", error.to_string().trim_end());
        cause = error.source();
    }
    text
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn other_modules(name: &str, known: &[String]) -> String {
    match known {
        [] => ", and no other module has".into(),
        [first, ..] => format!(": try `just {name} {first}`"),
    }
}

fn no_copy(folder: &str, known: &[String]) -> String {
    match known {
        [] => format!(
            "nothing of {folder} was saved yet: `just solve` and `just reset` save before they replace"
        ),
        _ => format!("there is no such copy of {folder}: choose one of {}", known.join(", ")),
    }
}

fn paths(files: &[PathBuf]) -> String {
    files.iter().map(|file| format!("  {}", file.display())).collect::<Vec<_>>().join("\n")
}
