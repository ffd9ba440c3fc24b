//! `agenda`: a day with its clock times, from the minutes in the lessons.

use crate::agenda::{self, Agenda};
use crate::course::Course;
use crate::error::Error;
use crate::files;
use crate::report::{self, Report};
use std::process::ExitCode;

/// A day with clock times, from the minutes in the lessons
#[derive(clap::Args)]
pub struct Arguments {
    /// Which day, such as `two-hours`
    #[arg(default_value = "full-day")]
    length: String,
    /// When it begins, such as 13:00
    #[arg(long, value_name = "TIME", value_parser = agenda::time)]
    start: Option<u32>,
    /// Write the pages beside all lists (for authors)
    #[arg(long, exclusive = true)]
    write: bool,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    if arguments.write {
        return write(course);
    }
    let agenda = Agenda::read(course, &arguments.length)?;
    let heading = format!("agenda   {}, {} minutes", agenda.title, agenda.minutes);
    let mut report = Report::new(&heading, report::colour());
    for line in agenda.lines(arguments.start) {
        let text = match line.minutes {
            0 => line.text,
            minutes => format!("{minutes:>2} min   {}", line.text),
        };
        report.note(&line.from, &text);
    }
    let faults = agenda.faults();
    if !faults.is_empty() {
        report.gap();
    }
    for fault in &faults {
        report.say(report::Word::Fail, fault);
    }
    print!("{}", report.finish());
    Ok(ExitCode::from(u8::from(!faults.is_empty())))
}

fn write(course: &Course) -> Result<ExitCode, Error> {
    for name in agenda::names(course)? {
        let page = agenda::page_of(&name);
        files::update(&course.root.join(&page), Agenda::read(course, &name)?.page().as_bytes())?;
        println!("{}", page.display());
    }
    Ok(ExitCode::SUCCESS)
}
