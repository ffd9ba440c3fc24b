//! Without a command: where am I, and what comes next.

use crate::course::Course;
use crate::error::Error;
use crate::progress::Progress;
use std::process::ExitCode;

/// Runs the command.
pub fn run(course: &Course) -> Result<ExitCode, Error> {
    let progress = Progress::of(course, course.here()?)?;
    let mut report = progress.report();
    if let Some(step) = progress.step() {
        report.note("read", &crate::place::of_lesson(&progress.module, step.number)?);
    }
    progress.say_next(course, &mut report)?;
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}
