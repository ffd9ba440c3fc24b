//! `bundle`: everything for a room without a network, in one archive for USB sticks.
//!
//! ```text
//! daybook-offline/
//!   READ-ME-FIRST.txt
//!   .cargo/config.toml   cargo finds it above the repository, so nothing inside has to change
//!   vendor/              the crates
//!   extras/              what the teacher adds: a Rust installer, rendered slides, an image
//!   daybook/             the repository at its last commit, without its history
//! ```
//!
//! Cargo asks for its settings in all folders above: so copies of the workspace use the vendored crates as
//! well, `git status` stays clean, and `git pull` works once there is a network.

use crate::course::Course;
use crate::error::Error;
use crate::report::{self, Report, Word};
use crate::{cargo, files};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The folder in the archive.
const TOP: &str = "daybook-offline";
const MEGABYTE: u64 = 1024 * 1024;

/// Everything for a day offline in one archive, for USB sticks
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the archive goes; in `target/bundle` unless given
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Files to put into `extras/`: a Rust installer for each kind of laptop, slides, an image
    #[arg(long, value_name = "FILE", num_args = 1..)]
    add: Vec<PathBuf>,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let folder = cargo::target_folder(&course.root)?.join("bundle");
    let top = folder.join(TOP);
    let archive = match &arguments.to {
        Some(path) => std::path::absolute(path)
            .map_err(|source| Error::Write { path: path.clone(), source })?,
        None => folder.join(format!("{TOP}.tar.gz")),
    };
    empty(&top)?;
    let repository = top.join("daybook");
    clone(course, &repository)?;
    let settings = vendor(&repository, &top.join("vendor"))?;
    files::write(&top.join(".cargo/config.toml"), settings.as_bytes())?;
    files::write(&top.join("READ-ME-FIRST.txt"), READ_ME_FIRST.as_bytes())?;
    for extra in &arguments.add {
        add(extra, &top.join("extras"))?;
    }
    if let Some(folder) = archive.parent() {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|source| Error::Write { path: folder.into(), source })?;
    }
    let to = archive.to_string_lossy();
    asked(Command::new("tar").args(["-czf", &to, "-C"]).arg(&folder).arg(TOP))?;
    empty(&top)?;
    let size = archive.metadata().map_or(0, |file| file.len()) / MEGABYTE;
    let mut report = Report::new("bundle   for a room without a network", report::colour());
    report.say(Word::Pass, &format!("{size} MB: the last commit, its crates, and no history"));
    report.note("file", &to);
    if arguments.add.is_empty() {
        report.note("note", "no Rust installer is in it: --add FILE puts one into extras/");
    }
    if is_dirty(course) {
        report.note("note", "what is not committed is not in it");
    }
    report.say(Word::Next, "unpack it on another laptop with `tar -xzf`, and just doctor there");
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}

/// A shallow clone: the files, and a repository in which `git diff` shows an attendee's work.
fn clone(course: &Course, to: &Path) -> Result<(), Error> {
    let quiet = ["clone", "--quiet", "--no-local", "--depth", "1", "--no-tags"];
    asked(git().args(quiet).arg(&course.root).arg(to))?;
    // The way back leads to where the teacher got it from, not to the teacher's disk.
    let origin = git().arg("-C").arg(&course.root).args(["remote", "get-url", "origin"]).output();
    let origin = origin.ok().filter(|said| said.status.success());
    let origin = origin.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    let mut remote = git();
    remote.arg("-C").arg(to).arg("remote");
    let is_remote = |origin: &String| origin.contains(['@', ':']) && !Path::new(origin).exists();
    match origin.filter(is_remote) {
        Some(origin) => asked(remote.args(["set-url", "origin", &origin])),
        None => asked(remote.args(["remove", "origin"])),
    }
    .map(drop)
}

/// Copies the crates, and returns the settings by which cargo finds them.
fn vendor(repository: &Path, to: &Path) -> Result<String, Error> {
    let to = to.to_string_lossy();
    let arguments = ["vendor", "--locked", "--versioned-dirs", &to];
    let said = cargo::run(repository, &arguments, false)?;
    if !said.succeeded {
        return Err(Error::Metadata { said: said.diagnostics() });
    }
    // Cargo names the folder as it was asked to; on another machine it is where the settings are.
    let settings = said.tests.lines().map(|line| match line.split_once(" = ") {
        Some(("directory", _)) => "directory = \"vendor\"".to_owned(),
        _ => line.to_owned(),
    });
    let mut settings: Vec<String> = settings.collect();
    settings.extend(["", "[net]", "offline = true", ""].map(str::to_owned));
    Ok(settings.join("\n"))
}

fn add(extra: &Path, folder: &Path) -> Result<(), Error> {
    let unreadable = |source| Error::Read { path: extra.into(), source };
    let name =
        extra.file_name().ok_or_else(|| unreadable(std::io::ErrorKind::InvalidInput.into()))?;
    files::write(&folder.join(name), &files::existing(extra)?)
}

fn empty(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: folder.into(), source })
        }
        _ => Ok(()),
    }
}

fn is_dirty(course: &Course) -> bool {
    let said = git().arg("-C").arg(&course.root).args(["status", "--porcelain"]).output();
    said.is_ok_and(|said| !said.stdout.is_empty())
}

fn git() -> Command {
    let mut command = Command::new("git");
    // A hook of another repository may have started us: these would lead git there.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

/// Runs a program that has to succeed.
fn asked(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output =
        command.output().map_err(|source| Error::Program { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Asked { program, said: String::from_utf8_lossy(&output.stderr).trim().into() })
}

const READ_ME_FIRST: &str = "\
Daybook, a workshop on event sourcing, for a room without a network.

1. Copy this whole folder to your disk: building on the stick takes for ever.
2. Install Rust, if `rustc --version` does not answer: an installer for your
   laptop may be in extras/. A C compiler is needed as well: on Linux gcc or
   clang, on a Mac `xcode-select --install`, on Windows the Visual Studio Build
   Tools.
3. In a terminal, go to the folder `daybook` in here, and run

       cargo run -q -p guide -- warm
       cargo run -q -p guide -- doctor

   With just (https://just.systems), `just warm` and `just doctor` do the same.
   The first build takes minutes. No network is asked for anything.
4. Begin with workshop/README.md.

The crates are in vendor/, and .cargo/config.toml beside it sends cargo there:
the folder `daybook` works offline only inside this one.
";
