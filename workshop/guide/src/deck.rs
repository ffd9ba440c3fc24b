//! The slides, `slides/NN-name.md`, and what they quote.

use crate::course::Course;
use crate::error::Error;
use crate::marker::Fault;
use crate::quote::{self, Library};
use crate::{exercise, files, page};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The decks with their marked fences filled, or everything that they quote in vain. A step is one of the module
/// with the deck's number; other quotes need no module.
pub fn generate(course: &Course) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let (mut decks, mut faults) = (BTreeMap::new(), Vec::new());
    let modules = course.modules()?;
    for name in files::names(&course.root.join("slides"))? {
        let deck = name.strip_suffix(".md").and_then(|name| name.split_once('-'));
        let Some((number, _)) = deck else { continue };
        let sources = match modules.iter().find(|module| module.number() == number) {
            Some(module) => exercise::sources(module)?,
            None => Vec::new(),
        };
        let library = Library { root: &course.root, sources: &sources };
        let path = Path::new("slides").join(&name);
        let written = files::text(&course.root.join(&path))?;
        let (text, broken) = page::quotes(&written, &library, &path);
        faults.extend(broken);
        faults.extend(copied(&written, &path));
        decks.insert(path, text.into_bytes());
    }
    if faults.is_empty() { Ok(decks) } else { Err(Error::Rules { faults }) }
}

/// The fences that quote nothing: what stands in them could differ from the code one day.
fn copied(text: &str, path: &Path) -> Vec<Fault> {
    let message =
        "a slide quotes, and copies nothing: write `step=` or `from=` behind the language";
    let fences = text.lines().enumerate().filter(|(_, line)| line.trim().starts_with("```"));
    let opening = fences
        .step_by(2)
        .filter(|(_, line)| quote::read(line.trim().trim_start_matches('`')).is_none());
    opening
        .map(|(index, _)| Fault { path: path.into(), line: index + 1, message: message.into() })
        .collect()
}
