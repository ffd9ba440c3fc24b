//! `hint`: the next rung for the step the attendee is at.

use crate::course::Course;
use crate::error::Error;
use crate::progress::{self, Progress};
use crate::state::State;
use crate::{files, lesson};
use std::process::ExitCode;

/// Show the next hint for your step: where to look, the shape, the lines
#[derive(clap::Args)]
pub struct Arguments {
    /// The module; the one you are in unless named
    module: Option<String>,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let progress = Progress::of(course, course.chosen(arguments.module.as_deref())?)?;
    let module = &progress.module;
    let Some(step) = progress.step() else {
        let mut report = progress.report();
        progress.say_next(course, &mut report)?;
        print!("{}", report.finish());
        return Ok(ExitCode::SUCCESS);
    };
    let path = module.path("hints.md");
    let text = files::text(&path)?.replace("\r\n", "\n");
    let page = lesson::read(&text);
    let rungs = page.rungs(step.number);
    let mut state = State::of(course)?;
    // After the last rung, the last is shown again.
    let rung = (state.rungs(module, step.number) + 1).min(rungs.len());
    let Some(section) = rung.checked_sub(1).and_then(|index| rungs.get(index)) else {
        return Err(Error::NoHints { path, step: step.number });
    };
    state.show_rungs(module, step.number, rung);
    state.save()?;

    let mut report = progress.report();
    report.paragraphs(&format!("{} (rung {rung} of {})", section.heading, rungs.len()));
    report.gap();
    report.paragraphs(section.text.trim());
    report.gap();
    let place = crate::place::of_step(module, crate::cargo::Side::Exercise, step.number)?;
    let folder = || module.place().join("exercise").display().to_string();
    let named = arguments.module.as_ref().map_or("", |_| module.number());
    let again = if named.is_empty() { "just check".into() } else { format!("just check {named}") };
    report.say(crate::report::Word::Next, &format!("{}, {again}", place.unwrap_or_else(folder)));
    report.say(crate::report::Word::Stuck, &progress::stuck(&state, module, step.number, named)?);
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}
