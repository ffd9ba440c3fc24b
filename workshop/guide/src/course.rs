//! The course as it lies in folders: modules, their steps, and where the attendee is.

use crate::error::Error;
use crate::files;
use crate::state::State;
use std::path::{Path, PathBuf};

/// The folder that holds `workshop`.
pub struct Course {
    pub root: PathBuf,
}

/// One folder `workshop/NN-name`.
#[derive(Clone)]
pub struct Module {
    /// Such as `01-event-store`.
    pub folder: String,
    root: PathBuf,
}

/// One file of checks, `tests/step_N_name.rs`.
pub struct Step {
    pub number: u8,
    /// The name cargo knows the file by, such as `step_1_document`.
    pub test: String,
    /// The first sentence of the file, without "Step N.": what the step is called.
    pub title: String,
    /// The file's text: its order of tests is the author's order of teaching.
    pub text: String,
}

impl Course {
    /// Finds the course that the current folder is part of.
    pub fn find() -> Result<Self, Error> {
        let here = std::env::current_dir()
            .map_err(|source| Error::Read { path: PathBuf::from("."), source })?;
        here.ancestors()
            .find(|folder| folder.join("workshop").is_dir() && folder.join("Cargo.toml").is_file())
            .map(|root| Self { root: root.into() })
            .ok_or_else(|| Error::NoCourse { from: here.clone() })
    }

    /// The modules in order.
    pub fn modules(&self) -> Result<Vec<Module>, Error> {
        let folders = files::names(&self.root.join("workshop"))?;
        let numbered = folders.into_iter().filter(|folder| {
            let (number, name) = folder.split_once('-').unwrap_or_default();
            number.len() == 2
                && number.bytes().all(|digit| digit.is_ascii_digit())
                && !name.is_empty()
        });
        Ok(numbered.map(|folder| Module { folder, root: self.root.clone() }).collect())
    }

    /// The module somebody means by `01`, `1`, `event-store`, `01-event-store` or its path.
    pub fn module(&self, wanted: &str) -> Result<Module, Error> {
        let modules = self.modules()?;
        let name =
            wanted.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(wanted);
        let meant = |module: &&Module| {
            let same_number = name.parse::<u8>().is_ok_and(|n| module.number().parse() == Ok(n));
            module.folder == name || module.subject() == name || same_number
        };
        modules.iter().find(meant).cloned().ok_or_else(|| Error::UnknownModule {
            wanted: wanted.into(),
            known: modules.into_iter().map(|module| module.folder).collect(),
        })
    }

    /// Where the attendee is: what the state says, else the first module that has checks.
    pub fn here(&self) -> Result<Module, Error> {
        let state = State::of(self)?;
        let modules = self.modules()?;
        if let Some(module) = modules.iter().find(|module| Some(&*module.folder) == state.here()) {
            return Ok(module.clone());
        }
        for module in modules {
            if !module.steps()?.is_empty() {
                return Ok(module);
            }
        }
        Err(Error::NoChecks)
    }

    /// The module that was asked for, or the one the attendee is in.
    pub fn chosen(&self, wanted: Option<&str>) -> Result<Module, Error> {
        match wanted {
            Some(wanted) => self.module(wanted),
            None => self.here(),
        }
    }

    /// The module after this one.
    pub fn after(&self, module: &Module) -> Result<Option<Module>, Error> {
        let modules = self.modules()?;
        Ok(modules.into_iter().find(|next| next.folder > module.folder))
    }
}

impl Module {
    /// Such as `01`.
    pub fn number(&self) -> &str {
        self.folder.split_once('-').map_or(&self.folder, |(number, _)| number)
    }

    /// Such as `event-store`.
    pub fn subject(&self) -> &str {
        self.folder.split_once('-').map_or(&self.folder, |(_, name)| name)
    }

    /// The folder relative to the course, as it is printed.
    pub fn place(&self) -> PathBuf {
        Path::new("workshop").join(&self.folder)
    }

    /// A path inside the module.
    pub fn path(&self, inner: &str) -> PathBuf {
        self.root.join(self.place()).join(inner)
    }

    /// The folder of the course.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The steps in order, at least one: a module without checks teaches nothing that is certain.
    pub fn checked_steps(&self) -> Result<Vec<Step>, Error> {
        let steps = self.steps()?;
        if steps.is_empty() {
            return Err(Error::NoChecksIn { folder: self.folder.clone() });
        }
        Ok(steps)
    }

    /// The steps in order, as the files of checks say.
    pub fn steps(&self) -> Result<Vec<Step>, Error> {
        let tests = self.path("tests");
        let mut steps = Vec::new();
        for name in files::names(&tests)? {
            if let Some((number, test)) = step_number(&name) {
                let text = files::text(&tests.join(&name))?;
                steps.push(Step { number, test: test.into(), title: title(&text, test), text });
            }
        }
        steps.sort_by(|a, b| (a.number, &a.test).cmp(&(b.number, &b.test)));
        Ok(steps)
    }
}

/// `step_1_document.rs` is step 1 and known to cargo as `step_1_document`.
fn step_number(file: &str) -> Option<(u8, &str)> {
    let test = file.strip_suffix(".rs")?;
    let (number, _) = test.strip_prefix("step_")?.split_once('_')?;
    Some((number.parse().ok()?, test))
}

/// `//! Step 1. One event, one document.` is called "one event, one document".
fn title(text: &str, name: &str) -> String {
    let said = text.lines().next().and_then(|line| line.strip_prefix("//! Step "));
    let named = name.splitn(3, '_').nth(2).unwrap_or(name).replace('_', " ");
    let title =
        said.and_then(|line| line.split_once(". ")).map_or(named, |(_, title)| title.into());
    lower_first(title.trim_end_matches('.'))
}

/// A capital that only begins the sentence goes; one of a name such as `JSON` stays.
fn lower_first(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(_), Some(second)) if second.is_uppercase() => title.into(),
        (Some(first), _) => first.to_lowercase().chain(letters).collect(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_step_is_the_first_sentence_of_its_checks() {
        let text = "//! Step 1. One event, one document.\n\nuse x;\n";
        assert_eq!(title(text, "step_1_document"), "one event, one document");
    }

    #[test]
    fn a_step_without_a_sentence_is_called_by_its_file() {
        assert_eq!(title("use x;\n", "step_2_stale_writer"), "stale writer");
    }

    #[test]
    fn only_numbered_step_files_are_checks() {
        assert_eq!(step_number("step_2_stale_writer.rs"), Some((2, "step_2_stale_writer")));
        assert_eq!(step_number("support.rs"), None);
        assert_eq!(step_number("step_two.rs"), None);
    }
}
