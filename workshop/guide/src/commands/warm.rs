//! `warm`: fetches and builds everything once, so that a room needs no network and nobody waits later.

use crate::cargo;
use crate::course::Course;
use crate::error::Error;
use crate::manifest;
use crate::report::{self, Report, Word};
use std::process::ExitCode;

/// What is started with `cargo run`, and how. The servers share the crates of everything else: with `-p` they would
/// have some anew, with the features that they alone ask for.
pub const PROGRAMS: [[&str; 2]; 4] =
    [["-p", "energy"], ["--bin", "cosmos-local"], ["--bin", "service-bus-local"], ["-p", "guide"]];

/// Runs the command.
pub fn run(course: &Course) -> Result<ExitCode, Error> {
    let mut report =
        Report::new("warm   once with a network, then none is needed", report::colour());
    if !cargo::watched(&course.root, &["fetch", "--locked"])? {
        report.say(
            Word::Fail,
            "the crates could not be fetched: see above; connect once and try again",
        );
        print!("{}", report.finish());
        return Ok(ExitCode::from(1));
    }
    report.say(Word::Pass, "the crates are here");
    let failed = build(course)?;
    for arguments in &failed {
        report.say(Word::Fail, &format!("cargo {} fails: see above", arguments.join(" ")));
    }
    if failed.is_empty() {
        report.say(Word::Pass, "everything is built, both ways of the switch");
    }
    report.gap();
    report
        .say(Word::Next, if failed.is_empty() { "just doctor" } else { "repair that, just warm" });
    print!("{}", report.finish());
    Ok(ExitCode::from(u8::from(!failed.is_empty())))
}

/// Builds in full view what people run all day, and returns what could not be built. An exercise may be half-written:
/// then everything under it is built all the same.
fn build(course: &Course) -> Result<Vec<Vec<String>>, Error> {
    let mut failed = Vec::new();
    for (arguments, required) in builds(course)? {
        let asked: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if !cargo::watched(&course.root, &asked)? && required {
            failed.push(arguments);
        }
    }
    Ok(failed)
}

/// What is to be built, and whether it must succeed.
pub fn builds(course: &Course) -> Result<Vec<(Vec<String>, bool)>, Error> {
    let mut all = vec![(vec!["test".to_owned(), "--no-run".to_owned()], true)];
    for module in course.modules()? {
        if module.steps()?.is_empty() {
            continue;
        }
        let package = manifest::package_name(&module.path("Cargo.toml"))?;
        let mine = [
            "build",
            "-p",
            &package,
            "--features",
            "mine",
            "--tests",
            "--examples",
            "--keep-going",
        ];
        all.push((mine.map(str::to_owned).into(), false));
    }
    for [how, program] in PROGRAMS {
        if manifest::is_member(&course.root, program)? {
            all.push((["build", how, program].map(str::to_owned).into(), true));
        }
    }
    Ok(all)
}
