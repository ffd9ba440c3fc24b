//! Saved work, so that nothing an attendee wrote is ever lost: `.guide/saved/<module>-<time>/`.
//!
//! Whatever replaces an exercise goes through [`replace`]: it saves first, and stops if it cannot. A copy
//! has its name only once it is whole, so one that was interrupted is never restored.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::files;
use crate::solved::{self, Files};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Where copies are kept, relative to the course.
const FOLDER: &str = ".guide/saved";

/// Puts `wanted` in place of the whole exercise, and returns where the old one was saved.
pub fn replace(course: &Course, module: &Module, wanted: &Files) -> Result<PathBuf, Error> {
    let mine = solved::mine(module)?;
    let copy = save(course, module, &mine)?;
    for (path, bytes) in wanted {
        if mine.get(path) != Some(bytes) {
            files::write(&course.root.join(path), bytes)?;
        }
    }
    for path in mine.keys().filter(|path| !wanted.contains_key(*path)) {
        files::delete(&course.root.join(path))?;
    }
    Ok(copy)
}

/// The names of the module's copies, oldest first.
pub fn copies(course: &Course, module: &Module) -> Result<Vec<String>, Error> {
    let mut names = files::names(&course.root.join(FOLDER))?;
    let prefix = format!("{}-", module.folder);
    names.retain(|name| name.strip_prefix(&prefix).is_some_and(is_time));
    Ok(names)
}

/// The files of a copy, as they were in the exercise.
pub fn read(course: &Course, module: &Module, copy: &str) -> Result<Files, Error> {
    let folder = course.root.join(FOLDER).join(copy);
    let mut found = Files::new();
    for inner in files::all(&folder)? {
        let bytes = files::existing(&folder.join(&inner))?;
        found.insert(module.place().join("exercise").join(inner), bytes);
    }
    Ok(found)
}

fn save(course: &Course, module: &Module, mine: &Files) -> Result<PathBuf, Error> {
    let folder = course.root.join(FOLDER);
    let name = format!("{}-{}", module.folder, stamp(SystemTime::now()));
    // `files::all` passes hidden folders by, so an unfinished copy is nobody's.
    let unfinished = folder.join(format!(".{name}-{}", std::process::id()));
    for (path, bytes) in mine {
        let inner = path.strip_prefix(module.place().join("exercise")).unwrap_or(path);
        files::write(&unfinished.join(inner), bytes)?;
    }
    if mine.is_empty() {
        let created = fs::create_dir_all(&unfinished);
        created.map_err(|source| Error::Write { path: unfinished.clone(), source })?;
    }
    let taken = files::names(&folder)?;
    let numbers = (2..).map(|number| format!("{name}-{number:02}"));
    let mut names = std::iter::once(name.clone()).chain(numbers);
    let free = names.find(|name| !taken.contains(name)).unwrap_or(name);
    let path = folder.join(&free);
    fs::rename(&unfinished, &path).map_err(|source| Error::Write { path, source })?;
    Ok(Path::new(FOLDER).join(free))
}

/// UTC, in an order that sorts, with nothing a file system minds: `2026-11-21T09-30-00`.
fn stamp(now: SystemTime) -> String {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}")
}

/// The date of a day since 1 January 1970.
fn date(mut day: u64) -> (u64, u64, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    (year, month, day + 1)
}

/// Tells a copy of `01-store` from one of a module `01-store-more`.
fn is_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 19 && text.as_bytes()[10] == b'T' && digits >= 14
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> String {
        stamp(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }

    #[test]
    fn a_time_is_written_as_the_calendar_has_it() {
        assert_eq!(at(0), "1970-01-01T00-00-00");
        assert_eq!(at(951_782_400), "2000-02-29T00-00-00");
        assert_eq!(at(1_582_934_399), "2020-02-28T23-59-59");
        assert_eq!(at(1_582_934_400), "2020-02-29T00-00-00");
        assert_eq!(at(4_107_542_399), "2100-02-28T23-59-59");
        assert_eq!(at(4_107_542_400), "2100-03-01T00-00-00");
        assert_eq!(at(1_798_761_599), "2026-12-31T23-59-59");
    }

    #[test]
    fn a_copy_of_another_module_is_not_taken_for_ours() {
        assert!(is_time("2026-11-21T09-30-00"));
        assert!(is_time("2026-11-21T09-30-00-02"));
        assert!(!is_time("more-2026-11-21T09-30-00"));
    }
}
