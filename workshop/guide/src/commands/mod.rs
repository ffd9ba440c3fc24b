//! What the guide can be told to do: a file for each command.

mod check;
mod diff;
mod go;
mod here;
mod hint;
mod solve;
pub mod starters;
mod verify;
pub mod warm;
mod watch;

use crate::course::Course;
use crate::error::Error;
use std::process::ExitCode;

/// The commands, each with its own arguments.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Go to the next module
    Next,
    Go(go::Arguments),
    Check(check::Arguments),
    /// Check on every save
    Watch,
    Hint(hint::Arguments),
    Diff(diff::Arguments),
    Solve(solve::Arguments),
    /// Take the starter, as at the beginning; yours is saved
    Reset,
    Back(solve::BackArguments),
    /// Fetch and build everything once
    Warm,
    Starters(starters::Arguments),
    Verify(verify::Arguments),
}

/// Runs a command on the course around the current folder.
pub fn run(command: Option<Command>) -> Result<ExitCode, Error> {
    let course = Course::find()?;
    let Some(command) = command else {
        return here::run(&course);
    };
    match command {
        Command::Next => go::next(&course),
        Command::Go(arguments) => go::run(&course, &arguments),
        Command::Check(arguments) => check::run(&course, &arguments),
        Command::Watch => watch::run(&course),
        Command::Hint(arguments) => hint::run(&course, &arguments),
        Command::Diff(arguments) => diff::run(&course, &arguments),
        Command::Solve(arguments) => solve::run(&course, &arguments),
        Command::Reset => solve::reset(&course),
        Command::Back(arguments) => solve::back(&course, &arguments),
        Command::Warm => warm::run(&course),
        Command::Verify(arguments) => verify::run(&course, &arguments),
        Command::Starters(arguments) => starters::run(&course, &arguments),
    }
}
