//! `starters`: writes each exercise from its solution, and the code in lessons, hints and
//! slides.
//!
//! An exercise is generated, committed, and then edited by attendees. So a file in it is replaced or
//! deleted only if nothing is lost: it stands in the last commit as it is, or it is what this command
//! wrote last (a copy is kept in `.guide/starters`). Anything else is somebody's work and needs
//! `--force`. Files that are not generated and that git does not track are left alone.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::exercise::{self, Generated};
use crate::{deck, files, git};
use similar::TextDiff;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Lines of difference shown for a file: enough to see what it is about.
const SHOWN: usize = 20;

/// Write the exercises from the solutions (for authors)
#[derive(clap::Args)]
pub struct Arguments {
    /// Write nothing; list what differs and exit with 1
    #[arg(long)]
    check: bool,
    /// Replace exercise files even if they hold work that is in no commit
    #[arg(long, conflicts_with = "check")]
    force: bool,
}

/// A file that is not as it ought to be.
struct Change {
    path: PathBuf,
    now: Option<Vec<u8>>,
    /// `None`: the solution has no such file any more.
    wanted: Option<Vec<u8>>,
    /// Whether what is there now can be had back.
    replaceable: bool,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let generated = generate_all(course)?;
    let modules = generated.len();
    let mut changes = Vec::new();
    for (module, generated) in generated {
        changes.extend(compare(course, &module, generated)?);
    }
    changes.extend(quoting(course, deck::generate(course)?)?);
    if arguments.check && !changes.is_empty() {
        changes.iter().for_each(show);
        println!("generated files that differ: {}; run `just starters` and commit", changes.len());
        return Ok(ExitCode::from(1));
    }
    if !arguments.force {
        refuse_to_lose(&changes)?;
    }
    for change in &changes {
        apply(course, change)?;
    }
    let count = changes.len();
    println!("starters equal the solutions (modules: {modules}, files changed: {count})");
    Ok(ExitCode::SUCCESS)
}

/// The generated files that are not as they ought to be.
pub fn differences(course: &Course) -> Result<Vec<PathBuf>, Error> {
    let mut changes = Vec::new();
    for (module, generated) in generate_all(course)? {
        changes.extend(compare(course, &module, generated)?);
    }
    changes.extend(quoting(course, deck::generate(course)?)?);
    Ok(changes.into_iter().map(|change| change.path).collect())
}

/// Everything to be generated, or the broken rules of all modules at once.
fn generate_all(course: &Course) -> Result<Vec<(Module, Generated)>, Error> {
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    for module in course.modules()? {
        if !module.path("solution/Cargo.toml").is_file() {
            continue;
        }
        match exercise::generate(&module) {
            Ok(generated) => all.push((module, generated)),
            Err(Error::Rules { faults: broken }) => faults.extend(broken),
            Err(error) => return Err(error),
        }
    }
    match (faults.is_empty(), all.is_empty()) {
        (false, _) => Err(Error::Rules { faults }),
        (true, true) => Err(Error::NoSolutions),
        (true, false) => Ok(all),
    }
}

fn compare(course: &Course, module: &Module, wanted: Generated) -> Result<Vec<Change>, Error> {
    let folder = module.place().join("exercise");
    let committed = git::committed(&course.root, &folder);
    let mut stale = git::tracked(&course.root, &folder);
    stale.extend(written_last(course, module)?);
    stale.retain(|path| !wanted.exercise.contains_key(path));

    let files = wanted.exercise.into_iter().map(|(path, bytes)| (path, Some(bytes)));
    let mut changes = Vec::new();
    for (path, wanted) in files.chain(stale.into_iter().map(|path| (path, None))) {
        let now = files::bytes(&course.root.join(&path))?;
        let last = files::bytes(&course.root.join(copy_of(&path)))?;
        let replaceable = now.is_none() || now == last || committed.contains(&path);
        changes.push(Change { path, now, wanted, replaceable });
    }
    changes.retain(|change| change.now != change.wanted);
    changes.extend(quoting(course, wanted.pages)?);
    Ok(changes)
}

/// The pages that differ. Only the quoted code in them is generated, so nobody's words are lost.
fn quoting(course: &Course, pages: BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for (path, page) in pages {
        let now = files::bytes(&course.root.join(&path))?;
        changes.push(Change { path, now, wanted: Some(page), replaceable: true });
    }
    changes.retain(|change| change.now != change.wanted);
    Ok(changes)
}

/// The files of an exercise that this command wrote last.
fn written_last(course: &Course, module: &Module) -> Result<Vec<PathBuf>, Error> {
    let exercise = module.place().join("exercise");
    let copies = files::all(&course.root.join(copy_of(&exercise)))?;
    Ok(copies.into_iter().map(|inner| exercise.join(inner)).collect())
}

fn copy_of(path: &Path) -> PathBuf {
    Path::new(".guide/starters").join(path.strip_prefix("workshop").unwrap_or(path))
}

fn refuse_to_lose(changes: &[Change]) -> Result<(), Error> {
    let own = changes.iter().filter(|change| !change.replaceable);
    let files: Vec<PathBuf> = own.map(|change| change.path.clone()).collect();
    if files.is_empty() { Ok(()) } else { Err(Error::OwnWork { files }) }
}

fn apply(course: &Course, change: &Change) -> Result<(), Error> {
    let (path, copy) = (course.root.join(&change.path), course.root.join(copy_of(&change.path)));
    if let Some(bytes) = &change.wanted {
        println!("  write   {}", change.path.display());
        files::write(&path, bytes)?;
        return files::write(&copy, bytes);
    }
    println!("  delete  {}", change.path.display());
    files::delete(&path)?;
    if copy.is_file() { files::delete(&copy) } else { Ok(()) }
}

fn show(change: &Change) {
    let text = |bytes: &Option<Vec<u8>>| {
        String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned()
    };
    let (now, wanted) = (text(&change.now), text(&change.wanted));
    let path = change.path.display().to_string();
    let diff = TextDiff::from_lines(&now, &wanted);
    let diff = diff.unified_diff().context_radius(2).header(&path, "generated").to_string();
    let lines: Vec<&str> = diff.lines().collect();
    for line in lines.iter().take(SHOWN) {
        println!("{line}");
    }
    if let Some(more @ 1..) = lines.len().checked_sub(SHOWN) {
        println!("… and {more} more");
    }
    println!();
}
