//! What the guide can be told to do: a file for each command.

mod check;
mod starters;

use crate::course::Course;
use crate::error::Error;
use std::process::ExitCode;

/// The commands, each with its own arguments.
#[derive(clap::Subcommand)]
pub enum Command {
    Check(check::Arguments),
    Starters(starters::Arguments),
}

/// Runs a command on the course around the current folder.
pub fn run(command: Command) -> Result<ExitCode, Error> {
    let course = Course::find()?;
    match command {
        Command::Check(arguments) => check::run(&course, &arguments),
        Command::Starters(arguments) => starters::run(&course, &arguments),
    }
}
