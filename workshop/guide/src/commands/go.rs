//! `go` and `next`: to another module. Each begins from our solution of those before it, so any order works.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::progress::{self, Progress};
use crate::state::State;
use crate::{files, lesson, room};
use std::process::ExitCode;

/// Go to a module, whatever you have done so far
#[derive(clap::Args)]
pub struct Arguments {
    /// The module, as `5`, `05` or `05-snapshots`
    module: String,
}

/// Runs `go`.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    go(course, course.module(&arguments.module)?)
}

/// Runs `next`.
pub fn next(course: &Course) -> Result<ExitCode, Error> {
    let here = course.here()?;
    match course.after(&here)? {
        Some(module) => go(course, module),
        None => Err(Error::LastModule { folder: here.folder }),
    }
}

fn go(course: &Course, module: Module) -> Result<ExitCode, Error> {
    let mut state = State::of(course)?;
    state.go(&module);
    let progress = Progress::of(course, module)?;
    state.save()?;
    print!("{}", arrival(course, &progress)?);
    room::report(course, &room::Place::of(&progress));
    Ok(ExitCode::SUCCESS)
}

/// The head of the lesson, and the file to open.
fn arrival(course: &Course, progress: &Progress) -> Result<String, Error> {
    let module = &progress.module;
    let text = files::bytes(&module.path("README.md"))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
    let page = lesson::read(&text);
    let count = progress.steps.len();
    let steps = if count == 1 { "1 step".into() } else { format!("{count} steps") };
    let minutes =
        page.front("minutes").map_or(String::new(), |minutes| format!("{minutes} minutes, "));
    let mut report = progress::heading(module, &format!("{minutes}{steps}"));
    for section in [page.head(), page.named("You will")].into_iter().flatten() {
        if section.level > 1 {
            report.paragraphs(&format!("{}:", section.heading));
        }
        report.paragraphs(section.text.trim());
        report.gap();
    }
    report.note("read", &module.place().join("README.md").display().to_string());
    progress.say_next(course, &mut report)?;
    Ok(report.finish())
}
