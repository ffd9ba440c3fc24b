//! A copy of the workspace, on which exercises are solved, spoiled and run.
//!
//! It lies in `target/verify`, so the attendee's files are never touched, not even by a run that is
//! interrupted.

use crate::cargo::{self, Said, Side};
use crate::course::{Course, Module, Step};
use crate::error::Error;
use crate::solved::Files;
use crate::verdict::{self, Verdict};
use crate::{copy, files, manifest};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The copy.
pub struct Bench {
    /// The copy as a course of its own.
    pub course: Course,
    target: PathBuf,
}

impl Bench {
    /// Makes the copy, or brings it up to date.
    pub fn open(course: &Course) -> Result<Self, Error> {
        let target = cargo::target_folder(&course.root)?;
        let root = target.join("verify");
        copy::bring(course, &root, "verify", &Files::new())?;
        Ok(Self { course: Course { root }, target })
    }

    /// The module's exercise becomes this.
    pub fn put(&self, exercise: &Files) -> Result<(), Error> {
        exercise
            .iter()
            .try_for_each(|(path, bytes)| files::update(&self.course.root.join(path), bytes))
    }

    /// Runs the checks of these steps on the exercise. They are built in one go, since cargo then uses
    /// all cores.
    pub fn check(&self, module: &Module, steps: &[Step]) -> Result<Vec<(Verdict, Said)>, Error> {
        let package = manifest::package_name(&module.path("Cargo.toml"))?;
        let mut build = vec!["test", "--no-run", "-p", &package, "--features", "mine"];
        for step in steps {
            build.extend(["--test", &step.test]);
        }
        // A build that fails is told by the run that follows.
        self.cargo(&build)?;
        let run = |step: &Step| {
            let said = self.cargo(&cargo::arguments(&package, Side::Exercise, &step.test))?;
            Ok((verdict::of(&said.tests), said))
        };
        steps.iter().map(run).collect()
    }

    /// Runs cargo in the copy.
    pub fn cargo(&self, arguments: &[&str]) -> Result<Said, Error> {
        cargo::run_with(&self.course.root, arguments, false, &self.variables())
    }

    /// What the guide says in the copy.
    pub fn guide(&self, arguments: &[&str]) -> Result<String, Error> {
        let unknown = |source| Error::Program { program: "guide".into(), source };
        let mut command = Command::new(std::env::current_exe().map_err(unknown)?);
        command.args(arguments).current_dir(&self.course.root).envs(self.variables());
        let output = command.output().map_err(unknown)?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    /// What makes a program that runs in the copy use the shared target folder.
    pub fn variables(&self) -> Vec<(&'static str, &Path)> {
        // Nobody debugs what is built here, and without debug information linking takes half the time.
        // The crates of others have none anyway, so theirs stay shared.
        vec![("CARGO_TARGET_DIR", &self.target), ("CARGO_PROFILE_DEV_DEBUG", Path::new("0"))]
    }
}
