//! `watch`: `check` on every save.
//!
//! It looks at the files four times a second instead of waiting for file events. A module has some twenty
//! files, so looking costs nothing, and it works where events do not arrive: on network drives, in
//! containers, on a Windows drive seen from WSL. Nothing is set on the terminal that a ctrl-c would have
//! to take back.

use crate::commands::check;
use crate::course::Course;
use crate::error::Error;
use crate::files;
use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

const GLANCE: Duration = Duration::from_millis(250);

/// When each file was written last, and how long it is.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs the command until it is interrupted, or told to quit.
pub fn run(course: &Course) -> Result<ExitCode, Error> {
    let keys = keys();
    loop {
        // Before the check, so that what is saved while it runs is not missed.
        let seen = look(course)?;
        check::run(course, &check::Arguments::default())?;
        println!(
            "\n(watching: save a file or press Enter to check, q and Enter or ctrl-c to leave)\n"
        );
        // A closed terminal is noticed by the next line that is read, not here.
        let _ = std::io::stdout().flush();
        if !changed(course, &seen, &keys)? {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Waits for a save or a key; false means to leave.
fn changed(course: &Course, seen: &Seen, keys: &Receiver<String>) -> Result<bool, Error> {
    let mut last = seen.clone();
    loop {
        match keys.recv_timeout(GLANCE) {
            Ok(line) => return Ok(line.trim() != "q"),
            Err(RecvTimeoutError::Timeout) => {}
            // Nobody can press a key, saving still works.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(GLANCE),
        }
        let now = look(course)?;
        // Some editors write in several moves: wait until two glances agree.
        if now != *seen && now == last {
            return Ok(true);
        }
        last = now;
    }
}

/// What somebody writes while checking: the exercise, and authors the checks.
fn look(course: &Course) -> Result<Seen, Error> {
    let module = course.here()?;
    let mut seen = Seen::new();
    for folder in ["exercise", "tests", "src"].map(|folder| module.path(folder)) {
        for inner in files::all(&folder)? {
            let path = folder.join(inner);
            // A file that goes away between listing and looking is a change as well.
            let said = path.metadata().map(|file| (file.modified().ok(), file.len()));
            seen.insert(path, said.unwrap_or_default());
        }
    }
    Ok(seen)
}

/// The lines that are typed.
fn keys() -> Receiver<String> {
    let (typed, keys) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                break;
            }
        }
    });
    keys
}
