//! The solution as it stands in the exercise: our lines under the comments by which steps are found.

use crate::course::Module;
use crate::error::Error;
use crate::exercise;
use crate::files;
use crate::marker::Source;
use crate::starter;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A file of the exercise in its forms.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The exercise with these steps solved and the others as in the starter. Paths are relative to the course.
pub fn exercise(module: &Module, solved: impl Fn(u8) -> bool) -> Result<Files, Error> {
    exercise_with(module, |source, index| {
        solved(source.blocks[index].step).then(|| starter::lines(source, &source.blocks[index]))
    })
}

/// The exercise with each marked block replaced by the given lines, or left as in the starter.
pub fn exercise_with(
    module: &Module,
    lines: impl Fn(&Source, usize) -> Option<String>,
) -> Result<Files, Error> {
    let mut files = exercise::generate(module)?.exercise;
    for source in exercise::sources(module)? {
        let text = starter::with(&source, |index| lines(&source, index));
        files.insert(module.place().join("exercise").join(&source.path), text.into_bytes());
    }
    Ok(files)
}

/// The attendee's file with our lines in place of theirs for one step; `None` if the comments by which the
/// step is found are gone.
pub fn spliced(source: &Source, mine: &str, step: u8) -> Option<String> {
    let ending = if mine.contains("\r\n") { "\r\n" } else { "\n" };
    let mut blocks = source.blocks.iter().filter(|block| block.step == step);
    let comment = format!("// step {step}");
    let (mut text, mut dropping) = (String::new(), None);
    for line in mine.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        // A step is the tail of its block, so it ends where a line stands less deep.
        if dropping.is_some_and(|deep| indent < deep && !line.trim().is_empty()) {
            dropping = None;
        }
        if dropping.is_none() {
            text.push_str(line);
        }
        if dropping.is_none() && line.trim() == comment {
            let ours = starter::lines(source, blocks.next()?);
            ours.lines().for_each(|line| text.extend([line, ending]));
            dropping = Some(indent);
        }
    }
    blocks.next().is_none().then_some(text)
}

/// All files under the attendee's exercise, relative to the course.
pub fn mine(module: &Module) -> Result<Files, Error> {
    let folder = module.path("exercise");
    let mut found = Files::new();
    for inner in files::all(&folder)? {
        let bytes = files::existing(&folder.join(&inner))?;
        found.insert(module.place().join("exercise").join(inner), bytes);
    }
    Ok(found)
}
