//! What the guide can be told to do: a file for each command.

mod agenda;
mod bundle;
mod charges;
mod check;
mod diff;
mod doctor;
mod example;
mod go;
mod here;
mod hint;
mod mine;
mod room;
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
    /// Show documents, request lines, charges and the timeline of a small run
    Show(example::Arguments),
    /// Two writers, one stream, a fixed interleaving
    Race(example::Arguments),
    Charges(charges::Arguments),
    Mine(mine::Arguments),
    Room(room::Arguments),
    Agenda(agenda::Arguments),
    Bundle(bundle::Arguments),
    /// Is this machine ready? Run, fix, run again
    Doctor,
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
        Command::Show(arguments) => example::run(&course, "show", &arguments),
        Command::Race(arguments) => example::run(&course, "race", &arguments),
        Command::Charges(arguments) => charges::run(&course, &arguments),
        Command::Mine(arguments) => mine::run(&course, &arguments),
        Command::Agenda(arguments) => agenda::run(&course, &arguments),
        Command::Room(arguments) => room::run(&course, &arguments),
        Command::Bundle(arguments) => bundle::run(&course, &arguments),
        Command::Doctor => doctor::run(&course),
        Command::Warm => warm::run(&course),
        Command::Verify(arguments) => verify::run(&course, &arguments),
        Command::Starters(arguments) => starters::run(&course, &arguments),
    }
}
