//! `mine`: the sample, smart meters, on the modules that the attendee has solved.
//!
//! A copy of the workspace in `.guide/mine` has their exercises in place of our solutions. The sample and the
//! modules between take no notice: an exercise is called and used as the solution it was made from.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::progress::Progress;
use crate::report::{self, Report, Word};
use crate::solved::{self, Files};
use crate::{cargo, copy, files, manifest};
use std::path::Path;
use std::process::ExitCode;

/// The sample that runs on them.
const SAMPLE: &str = "energy";
/// Where the copy lies. Its own data is in `.daybook` there, beside none of ours.
const COPY: &str = ".guide/mine";

/// Run the sample on the modules that you have solved; the others are ours
#[derive(clap::Args)]
pub struct Arguments {
    /// What the sample is told, such as `-- --ephemeral`
    #[arg(last = true)]
    sample: Vec<String>,
}

/// Runs the command until the sample ends.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let mut report = Report::new("mine   the sample on your own modules", report::colour());
    let mut laid = Files::new();
    for module in course.modules()? {
        if module.steps()?.is_empty() {
            continue;
        }
        let said = format!("{} {}", module.number(), module.subject());
        if let Some(step) = missing(course, &module)? {
            report.note("ours", &format!("{said}: step {step} of yours has not passed yet"));
        } else {
            laid.extend(in_place_of_ours(course, &module)?);
            report.note("yours", &said);
        }
    }
    if laid.is_empty() {
        report.gap();
        report.say(Word::Next, "just check: a module is yours once all of its steps pass");
        print!("{}", report.finish());
        return Ok(ExitCode::from(1));
    }
    println!("{}", report.finish());
    let target = cargo::target_folder(&course.root)?;
    let root = course.root.join(COPY);
    copy::bring(course, &root, "mine", &laid)?;
    let mut command = vec!["run", "-q", "-p", SAMPLE, "--"];
    command.extend(arguments.sample.iter().map(String::as_str));
    let target: [(&str, &Path); 1] = [("CARGO_TARGET_DIR", &target)];
    let succeeded = cargo::watched_with(&root, &command, &target)?;
    Ok(ExitCode::from(u8::from(!succeeded)))
}

/// The first step that `check` has not seen pass, or that was opened again since; none if the module is theirs.
fn missing(course: &Course, module: &Module) -> Result<Option<u8>, Error> {
    Ok(Progress::of(course, module.clone())?.step().map(|step| step.number))
}

/// The attendee's exercise at the paths of the solution, as the package that the others depend on.
fn in_place_of_ours(course: &Course, module: &Module) -> Result<Files, Error> {
    let name = manifest::package_name(&module.path("solution/Cargo.toml"))?;
    let (exercise, solution) = (module.place().join("exercise"), module.place().join("solution"));
    let mut laid = Files::new();
    for (path, bytes) in solved::mine(module)? {
        let inner = path.strip_prefix(&exercise).unwrap_or(&path).to_owned();
        let bytes = if inner == Path::new("Cargo.toml") {
            let text = files::text(&course.root.join(&path))?;
            manifest::in_place_of(&name, &path, &text)?.into_bytes()
        } else {
            bytes
        };
        laid.insert(solution.join(inner), bytes);
    }
    Ok(laid)
}
