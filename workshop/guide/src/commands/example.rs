//! `show` and `race`: examples of a module's checks crate, run on the attendee's exercise or on our solution.

use crate::cargo::{self, Side};
use crate::course::Course;
use crate::error::Error;
use crate::progress;
use crate::report::Word;
use crate::{manifest, place, verdict};
use std::process::ExitCode;

/// What both examples can be told.
#[derive(clap::Args)]
pub struct Arguments {
    /// The module; the one you are in unless named
    module: Option<String>,
    /// Run our solution instead of your exercise
    #[arg(long)]
    solution: bool,
}

/// Runs the example of this name.
pub fn run(course: &Course, name: &str, arguments: &Arguments) -> Result<ExitCode, Error> {
    let module = course.chosen(arguments.module.as_deref())?;
    if !module.path(&format!("examples/{name}.rs")).is_file() {
        let with = course.modules()?.into_iter();
        let with = with.filter(|module| module.path(&format!("examples/{name}.rs")).is_file());
        let known = with.map(|module| module.number().to_owned()).collect();
        return Err(Error::NoExample { name: name.into(), folder: module.folder, known });
    }
    let side = if arguments.solution { Side::Solution } else { Side::Exercise };
    let package = manifest::package_name(&module.path("Cargo.toml"))?;
    let mut command = cargo::all_checks(&package, side);
    command[0] = "run";
    command.extend(["--example", name]);
    let said = cargo::run(&course.root, &command, false)?;
    if said.succeeded {
        let whose = if arguments.solution { "our solution" } else { "your exercise" };
        print!(
            "{}{}",
            progress::heading(&module, &format!("{name}, {whose}")).finish(),
            said.tests
        );
        return Ok(ExitCode::SUCCESS);
    }
    let mut report = progress::heading(&module, name);
    let number = module.number();
    let next = if let Some((step, text)) = verdict::open_step(&said.cargo) {
        report.say(Word::Fail, &format!("step {step} is waiting for you"));
        report.more(&text);
        place::of_step(&module, side, step)?
    } else {
        report.say(Word::Fail, &format!("{name} ended in the middle:"));
        report.gap();
        report.quote(&said.diagnostics());
        None
    };
    report.gap();
    let place = next.unwrap_or_else(|| module.place().join(side.folder()).display().to_string());
    report.say(Word::Next, &format!("{place}, just check"));
    report.say(Word::Stuck, &format!("just {name} {number} --solution shows ours"));
    print!("{}", report.finish());
    Ok(ExitCode::from(1))
}
