//! `charges`: what a command costs, by each way to a state. An example of module 05, in full view: it takes minutes.

use crate::cargo;
use crate::course::Course;
use crate::error::Error;
use crate::manifest;
use std::process::ExitCode;

/// What a command costs, by each way to a state
#[derive(clap::Args)]
pub struct Arguments {
    /// The lengths of the streams, such as `10 1000`
    lengths: Vec<u32>,
}

/// Runs the command on our solution.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let module = course.module("snapshots")?;
    let package = manifest::package_name(&module.path("Cargo.toml"))?;
    let lengths: Vec<_> = arguments.lengths.iter().map(u32::to_string).collect();
    let mut command = vec!["run", "-q", "-p", &package, "--example", "charges", "--"];
    command.extend(lengths.iter().map(String::as_str));
    let succeeded = cargo::watched(&course.root, &command)?;
    Ok(ExitCode::from(u8::from(!succeeded)))
}
