//! Everything that is generated from one solution: the exercise, and the code in the pages.

use crate::course::Module;
use crate::error::Error;
use crate::marker::{self, Fault, Language, Source};
use crate::quote::Library;
use crate::{files, manifest, page, starter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What ought to be on disk. Paths are relative to the course.
#[derive(Default)]
pub struct Generated {
    /// The whole of `exercise/`: a file that is not here is not part of it.
    pub exercise: BTreeMap<PathBuf, Vec<u8>>,
    /// The lesson and the hints, if there are any.
    pub pages: BTreeMap<PathBuf, Vec<u8>>,
}

/// Generates what belongs to a module, or lists every broken rule of its markers and pages.
pub fn generate(module: &Module) -> Result<Generated, Error> {
    let mut generated = Generated::default();
    let sources = sources(module)?;
    let (solution, exercise) = (module.path("solution"), module.place().join("exercise"));
    for inner in files::all(&solution)? {
        let path = solution.join(&inner);
        let bytes = match sources.iter().find(|source| source.path == inner) {
            Some(source) => starter::of(source).into_bytes(),
            None if inner == Path::new("Cargo.toml") => {
                manifest::of_exercise(&path, &files::text(&path)?)?.into_bytes()
            }
            None => files::existing(&path)?,
        };
        generated.exercise.insert(exercise.join(inner), bytes);
    }
    let faults = fill_pages(module, &sources, &mut generated)?;
    if faults.is_empty() { Ok(generated) } else { Err(Error::Rules { faults }) }
}

/// The files of the solution in which steps can stand, read for their markers.
pub fn sources(module: &Module) -> Result<Vec<Source>, Error> {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    let solution = module.path("solution");
    for inner in files::all(&solution)? {
        if let Some(language) = Language::of(&inner) {
            let shown = module.place().join("solution").join(&inner);
            let text = files::text(&solution.join(&inner))?;
            let (source, broken) = marker::read(&inner, language, &text, &shown);
            faults.extend(broken);
            sources.push(source);
        }
    }
    faults.extend(marker::too_long(&sources, &module.place().join("solution")));
    if faults.is_empty() { Ok(sources) } else { Err(Error::Rules { faults }) }
}

type Filler = fn(&str, &Library<'_>, &Path) -> (String, Vec<Fault>);

fn fill_pages(
    module: &Module,
    sources: &[Source],
    generated: &mut Generated,
) -> Result<Vec<Fault>, Error> {
    let library = Library { root: module.root(), sources };
    let mut faults = Vec::new();
    for (name, fill) in [("README.md", page::quotes as Filler), ("hints.md", page::hints)] {
        let path = module.path(name);
        if path.is_file() {
            let shown = module.place().join(name);
            let (text, broken) = fill(&files::text(&path)?, &library, &shown);
            faults.extend(broken);
            generated.pages.insert(shown, text.into_bytes());
        }
    }
    Ok(faults)
}
