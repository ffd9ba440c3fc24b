//! `solve`, `reset` and `back`: put something else in place of the exercise, and save it before.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::progress::Progress;
use crate::saved;
use crate::solved::{self, Files};
use crate::state::{Stand, State};
use crate::{exercise, report, starter};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Take our lines, for one step or for the whole module; yours are saved
#[derive(clap::Args)]
pub struct Arguments {
    /// The step, 1 to 3; all of them unless given
    step: Option<u8>,
}

/// Bring back what was saved last; what is there now is saved first
#[derive(clap::Args)]
pub struct BackArguments {
    /// A folder in `.guide/saved`; the newest of this module unless given
    copy: Option<String>,
}

/// Runs `solve`.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let module = course.here()?;
    let steps = module.checked_steps()?;
    let Some(step) = arguments.step else {
        let wanted = solved::exercise(&module, |_| true)?;
        return finish(course, &module, &wanted, "the exercise now holds our solution", None);
    };
    if !steps.iter().any(|found| found.number == step) {
        return Err(Error::UnknownStep { step, last: steps.last().map_or(1, |step| step.number) });
    }
    let (wanted, whole) = with_step(&module, step)?;
    let mut said = format!("step {step} now holds our lines");
    for path in whole {
        let path = path.display();
        let _ = write!(said, "\n{path} is ours from top to bottom: its `// step {step}` was gone");
    }
    finish(course, &module, &wanted, &said, Some(Stand::At(step)))
}

/// Runs `reset`.
pub fn reset(course: &Course) -> Result<ExitCode, Error> {
    let module = course.here()?;
    let wanted = exercise::generate(&module)?.exercise;
    finish(course, &module, &wanted, "the exercise is as it was at the start", None)
}

/// Runs `back`.
pub fn back(course: &Course, arguments: &BackArguments) -> Result<ExitCode, Error> {
    let module = course.here()?;
    let copies = saved::copies(course, &module)?;
    let named = arguments.copy.as_deref().map(|copy| copy.trim_end_matches(['/', '\\']));
    let named = named.map(|copy| copy.rsplit(['/', '\\']).next().unwrap_or(copy));
    let copy = match named {
        None => copies.last(),
        Some(name) => copies.iter().find(|copy| *copy == name),
    };
    let Some(copy) = copy else {
        return Err(Error::NoCopy { folder: module.folder, known: copies });
    };
    let wanted = saved::read(course, &module, copy)?;
    finish(course, &module, &wanted, &format!("the exercise is as it was in {copy}"), None)
}

fn finish(
    course: &Course,
    module: &Module,
    wanted: &Files,
    said: &str,
    stand: Option<Stand>,
) -> Result<ExitCode, Error> {
    let copy = saved::replace(course, module, wanted)?;
    let mut state = State::of(course)?;
    state.stop(module, stand);
    state.save()?;
    let progress = Progress::of(course, module.clone())?;
    let mut report = progress.report();
    report.say(report::Word::Pass, said);
    report.note("saved", &format!("{}, just back", copy.display()));
    report.gap();
    progress.say_next(course, &mut report)?;
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}

/// The attendee's files with our lines for one step, and those that had to be taken whole.
fn with_step(module: &Module, step: u8) -> Result<(Files, Vec<std::path::PathBuf>), Error> {
    let (mut wanted, mut whole) = (solved::mine(module)?, Vec::new());
    let sources = exercise::sources(module)?;
    for source in sources.iter().filter(|source| source.blocks.iter().any(|b| b.step == step)) {
        let path = Path::new(&module.place()).join("exercise").join(&source.path);
        let mine = String::from_utf8_lossy(wanted.get(&path).map_or(&[], Vec::as_slice));
        let text = solved::spliced(source, &mine, step).unwrap_or_else(|| {
            whole.push(path.clone());
            starter::with(source, |index| Some(starter::lines(source, &source.blocks[index])))
        });
        wanted.insert(path, text.into_bytes());
    }
    Ok((wanted, whole))
}
