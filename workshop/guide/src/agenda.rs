//! Agendas: a day as a list of parts, with the minutes that the lessons say.
//!
//! `slides/agendas/half-day.toml` lists the parts and says how long the day is; the page beside it,
//! `half-day.md`, is written from it.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::lesson::{self, Page};
use crate::{files, manifest};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml_edit::Table;

/// Where the lists and their pages lie, relative to the course.
const FOLDER: &str = "slides/agendas";
/// Minutes for reading a lesson, beside its steps.
pub const READING: u32 = 5;
/// The share of a day that talks may take.
const TALKS_PERCENT: u32 = 15;

/// A day.
#[derive(Debug)]
pub struct Agenda {
    /// Such as `half-day`.
    pub name: String,
    pub title: String,
    pub minutes: u32,
    /// When it begins, in minutes since midnight; agendas without it count from 0:00.
    start: Option<u32>,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    is_talk: bool,
    minutes: u32,
    text: String,
}

/// One line of the day.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// Such as `9:40`.
    pub from: String,
    pub minutes: u32,
    pub text: String,
}

impl Agenda {
    /// Reads the agenda of this name.
    pub fn read(course: &Course, name: &str) -> Result<Self, Error> {
        let known = names(course)?;
        if !known.iter().any(|one| one == name) {
            return Err(Error::UnknownAgenda { wanted: name.into(), known });
        }
        let path = list(name);
        let text = files::text(&course.root.join(&path))?;
        let read = manifest::read(&path, &text)?;
        let fault = |fault: String| Error::Agenda { path: path.clone(), fault };
        let title = read.get("title").and_then(|title| title.as_str());
        let minutes = read.get("minutes").and_then(toml_edit::Item::as_integer);
        let (Some(title), Some(Ok(minutes))) = (title, minutes.map(u32::try_from)) else {
            return Err(fault(
                "no title and minutes: write title = \"Half a day\", minutes = 195".into(),
            ));
        };
        let start = match read.get("start").and_then(|start| start.as_str()) {
            Some(text) => Some(time(text).map_err(fault)?),
            None => None,
        };
        let parts = read.get("part").and_then(|parts| parts.as_array_of_tables());
        let parts = parts.into_iter().flatten().map(|part| Part::read(course, part, &fault));
        let parts = parts.collect::<Result<_, _>>()?;
        Ok(Self { name: name.into(), title: title.into(), minutes, start, parts })
    }

    /// The day from this time, or from its own.
    pub fn lines(&self, start: Option<u32>) -> Vec<Line> {
        let mut now = start.or(self.start).unwrap_or(0);
        let mut lines = Vec::new();
        let mut line = |minutes: u32, text: &str| {
            lines.push(Line { from: clock(now), minutes, text: text.into() });
            now += minutes;
        };
        for part in &self.parts {
            line(part.minutes, &part.text);
        }
        if let Some(slack @ 1..) = self.minutes.checked_sub(self.sum()) {
            line(slack, "Slack");
        }
        line(0, "End");
        lines
    }

    /// The page beside the list.
    pub fn page(&self) -> String {
        let mut page = format!(
            "# {}\n\n`just agenda --write` makes this page from `{name}.toml` and the minutes in the lessons.\n\
             With clock times: `just agenda {name} --start 13:00`.\n\n| From | Minutes | What |\n|---|---|---|\n",
            self.title,
            name = self.name
        );
        for line in self.lines(None) {
            let minutes = if line.minutes == 0 { String::new() } else { line.minutes.to_string() };
            let _ = writeln!(page, "| {} | {minutes} | {} |", line.from, line.text);
        }
        page
    }

    /// What is wrong with it, each a sentence that says what to do.
    pub fn faults(&self) -> Vec<String> {
        let (shown, mut faults) = (list(&self.name).display().to_string(), Vec::new());
        if let Some(over @ 1..) = self.sum().checked_sub(self.minutes) {
            faults.push(format!(
                "{shown}: its parts are {over} minutes longer than its {}: shorten or leave out one",
                self.minutes
            ));
        }
        let talks: u32 =
            self.parts.iter().filter(|part| part.is_talk).map(|part| part.minutes).sum();
        if talks * 100 > self.minutes * TALKS_PERCENT {
            faults.push(format!(
                "{shown}: talks take {talks} of {} minutes: keep them under {TALKS_PERCENT} %",
                self.minutes
            ));
        }
        faults
    }

    fn sum(&self) -> u32 {
        self.parts.iter().map(|part| part.minutes).sum()
    }
}

impl Part {
    fn read(
        course: &Course,
        table: &Table,
        fault: &dyn Fn(String) -> Error,
    ) -> Result<Self, Error> {
        let text = |key| table.get(key).and_then(|value| value.as_str());
        let number = |key| {
            let value = table.get(key).and_then(toml_edit::Item::as_integer);
            value.and_then(|value| u32::try_from(value).ok())
        };
        let known = ["module", "talk", "meet", "break", "do", "minutes", "steps", "note", "title"];
        if let Some((key, _)) = table.iter().find(|(key, _)| !known.contains(key)) {
            return Err(fault(format!("`{key}` is unknown: write one of {}", known.join(", "))));
        }
        let kinds = ["module", "talk", "meet", "break", "do"];
        let mut said = kinds.iter().filter_map(|kind| Some((*kind, text(kind)?)));
        let (Some((kind, name)), None) = (said.next(), said.next()) else {
            return Err(fault(format!(
                "each part is one of {}: write `talk = \"…\"`",
                kinds.join(", ")
            )));
        };
        let told = number("minutes");
        let (minutes, mut text_of) = match kind {
            "module" => {
                let (taught, title) = taught(course, name, text("title"), number("steps"), fault)?;
                let minutes = taught
                    .or(told)
                    .ok_or_else(|| fault(format!("{name} is no module yet: say its `minutes`")))?;
                (Some(minutes), title)
            }
            "talk" => (told, format!("Talk: {name}")),
            "meet" => (told, format!("Meeting point {name}")),
            _ => (told, name.to_owned()),
        };
        let minutes =
            minutes.ok_or_else(|| fault(format!("`{name}` says no minutes: add them")))?;
        if let Some(note) = text("note") {
            let _ = write!(text_of, ": {note}");
        }
        Ok(Self { is_talk: kind == "talk", minutes, text: text_of })
    }
}

/// The minutes of a module, or of its first steps, and what it is called on the agenda. A module that is still
/// to be written has no minutes, and the title that is planned.
fn taught(
    course: &Course,
    name: &str,
    planned: Option<&str>,
    steps: Option<u32>,
    fault: &dyn Fn(String) -> Error,
) -> Result<(Option<u32>, String), Error> {
    let (number, subject) = name.split_once('-').unwrap_or((name, name));
    let module = course.modules()?.into_iter().find(|module| module.folder == name);
    let Some(module) = module else {
        return Ok((None, format!("Module {number}, {}", planned.unwrap_or(subject))));
    };
    let text = readme(&module)?;
    let page = lesson::read(&text);
    let title = format!("Module {number}, {}", page.front("title").unwrap_or(subject));
    let missing = || fault(format!("{name} says no minutes: `just verify minutes` tells more"));
    let Some(steps) = steps else {
        return Ok((Some(minutes(&page).ok_or_else(missing)?), title));
    };
    let first = page.steps().filter(|(step, _)| u32::from(step.number) <= steps);
    let sum: Option<u32> = first.map(|(step, _)| step.minutes).sum();
    Ok((Some(sum.ok_or_else(missing)? + READING), format!("{title}, steps 1 to {steps}")))
}

/// The minutes that a lesson says in its front matter.
pub fn minutes(page: &Page<'_>) -> Option<u32> {
    page.front("minutes").and_then(|minutes| minutes.parse().ok())
}

fn readme(module: &Module) -> Result<String, Error> {
    let text = files::bytes(&module.path("README.md"))?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The names of all agendas.
pub fn names(course: &Course) -> Result<Vec<String>, Error> {
    let names = files::names(&course.root.join(FOLDER))?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(".toml")).map(str::to_owned).collect())
}

fn list(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.toml"))
}

/// The page beside the list, relative to the course.
pub fn page_of(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.md"))
}

/// The minutes since midnight of a time such as `9:00` or `13:30`.
pub fn time(text: &str) -> Result<u32, String> {
    let read = |text: &str, below: u32| text.parse::<u32>().ok().filter(|number| *number < below);
    let parts =
        text.split_once(':').and_then(|(hour, minute)| Some((read(hour, 24)?, read(minute, 60)?)));
    parts
        .map(|(hour, minute)| hour * 60 + minute)
        .ok_or_else(|| format!("`{text}` is no time of day: write it as 09:00"))
}

fn clock(minutes: u32) -> String {
    format!("{}:{:02}", minutes / 60 % 24, minutes % 60)
}
