//! What is remembered between two commands: `.guide/state`, a line for each thing.
//!
//! ```text
//! 01-event-store here
//! 01-event-store at step 2
//! 01-event-store hint 2 rung 1
//! ```
//!
//! Lines are keyed by the module's folder, so a pull or a renamed module breaks none of them; lines that
//! are not understood belong to another version of the guide and are kept. Whether a step is done is
//! what `check` says: the file only remembers where it stopped last.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::files;
use std::path::PathBuf;

/// The file, line by line.
pub struct State {
    path: PathBuf,
    lines: Vec<String>,
}

/// Where `check` stopped last in a module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stand {
    At(u8),
    Done,
}

impl State {
    /// Reads it; a missing file says nothing.
    pub fn of(course: &Course) -> Result<Self, Error> {
        let path = course.root.join(".guide/state");
        let text = files::bytes(&path)?.unwrap_or_default();
        let lines = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
        Ok(Self { path, lines })
    }

    /// The folder of the module the attendee is in.
    pub fn here(&self) -> Option<&str> {
        self.last(|line| line.strip_suffix(" here"))
    }

    /// Moves the attendee.
    pub fn go(&mut self, module: &Module) {
        self.lines.retain(|line| !line.trim().ends_with(" here"));
        self.lines.push(format!("{} here", module.folder));
    }

    /// Where `check` stopped last.
    pub fn stand(&self, module: &Module) -> Option<Stand> {
        self.last(|line| match line.strip_prefix(&module.folder)?.strip_prefix(' ')? {
            "done" => Some(Stand::Done),
            rest => rest.strip_prefix("at step ")?.parse().ok().map(Stand::At),
        })
    }

    /// Notes where `check` stopped; `None` forgets it.
    pub fn stop(&mut self, module: &Module, stand: Option<Stand>) {
        let (done, at) = (format!("{} done", module.folder), format!("{} at step ", module.folder));
        self.lines.retain(|line| line.trim() != done && !line.starts_with(&at));
        match stand {
            Some(Stand::At(step)) => self.lines.push(format!("{at}{step}")),
            Some(Stand::Done) => self.lines.push(done),
            None => {}
        }
    }

    /// How many rungs of a step's hints were shown.
    pub fn rungs(&self, module: &Module, step: u8) -> usize {
        let key = rung_key(module, step);
        self.last(|line| line.strip_prefix(&key)?.parse().ok()).unwrap_or(0)
    }

    /// Notes how many rungs were shown.
    pub fn show_rungs(&mut self, module: &Module, step: u8, rungs: usize) {
        let key = rung_key(module, step);
        self.lines.retain(|line| !line.starts_with(&key));
        self.lines.push(format!("{key}{rungs}"));
    }

    /// Writes it.
    pub fn save(&self) -> Result<(), Error> {
        files::write(&self.path, (self.lines.join("\n") + "\n").as_bytes())
    }

    fn last<'a, T>(&'a self, read: impl Fn(&'a str) -> Option<T>) -> Option<T> {
        self.lines.iter().rev().find_map(|line| read(line.trim()))
    }
}

fn rung_key(module: &Module, step: u8) -> String {
    format!("{} hint {step} rung ", module.folder)
}
