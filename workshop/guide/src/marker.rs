//! The markers in a solution, `//@ step N: text` … `//@ end`, and the rules they keep.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A step is what a person types between two checks.
const MOST_LINES: usize = 15;
const LAST_STEP: u8 = 3;

/// A broken rule: where, and what to do.
#[derive(Debug, PartialEq)]
pub struct Fault {
    pub path: PathBuf,
    pub line: usize,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

/// The languages in which a step can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Rust,
    JavaScript,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Rust, Self::JavaScript];

    /// The language of a file, if markers can stand in it.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "rs" => Some(Self::Rust),
            "js" => Some(Self::JavaScript),
            _ => None,
        }
    }

    /// The word that opens a fence in a page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "js",
        }
    }
}

/// A file of a solution, read for its markers.
pub struct Source {
    /// Relative to the solution.
    pub path: PathBuf,
    pub language: Language,
    /// Each with its line ending.
    pub lines: Vec<String>,
    pub blocks: Vec<Block>,
}

/// The lines of a step that the attendee writes.
#[derive(Debug, PartialEq)]
pub struct Block {
    pub step: u8,
    pub text: String,
    /// Indexes of the marked lines; the markers stand right before and after.
    pub lines: Range<usize>,
}

/// Reads the markers of one file. `shown` is the path that faults name.
pub fn read(path: &Path, language: Language, text: &str, shown: &Path) -> (Source, Vec<Fault>) {
    let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut reader = Reader { language, shown, open: None, blocks: Vec::new(), faults: Vec::new() };
    for (index, line) in lines.iter().enumerate() {
        reader.line(index, line.trim(), &lines);
    }
    if let Some(open) = reader.open.take() {
        reader.fault(
            open.lines.start - 1,
            "this step is never closed: add `//@ end` after its lines",
        );
    }
    let Reader { blocks, faults, .. } = reader;
    (Source { path: path.into(), language, lines, blocks }, faults)
}

struct Reader<'a> {
    language: Language,
    shown: &'a Path,
    open: Option<Block>,
    blocks: Vec<Block>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn line(&mut self, index: usize, line: &str, lines: &[String]) {
        if self.language == Language::Rust && line.starts_with("#[cfg(test)]") {
            self.fault(
                index,
                "a solution holds no tests: move them to the module's tests/step_N_name.rs",
            );
        }
        match line.strip_prefix("//@").map(str::trim) {
            Some("end") => self.close(index, lines),
            Some(marker) => self.open(index, marker),
            None if line.contains("//@") => {
                self.fault(index, "a marker needs a line of its own: put `//@ …` on the next line");
            }
            None => {}
        }
    }

    fn open(&mut self, index: usize, marker: &str) {
        if let Some(open) = &self.open {
            let message =
                format!("step {} is still open: close it with `//@ end` first", open.step);
            self.fault(index, &message);
        }
        match step_and_text(marker, self.language) {
            Ok((step, text)) => {
                self.open = Some(Block { step, text, lines: index + 1..index + 1 });
            }
            Err(message) => self.fault(index, &message),
        }
    }

    fn close(&mut self, index: usize, lines: &[String]) {
        let Some(mut block) = self.open.take() else {
            return self
                .fault(index, "no step is open here: add `//@ step N: text` above its lines");
        };
        block.lines.end = index;
        if lines[block.lines.clone()].iter().all(|line| line.trim().is_empty()) {
            self.fault(
                block.lines.start - 1,
                "this step is empty: mark the lines the attendee writes",
            );
        }
        let next = lines[index + 1..].iter().map(|line| line.trim()).find(|line| !line.is_empty());
        if !next.is_some_and(|line| line.starts_with(['}', ')', ']'])) {
            self.fault(
                index,
                "a step is the tail of its block: move `//@ end` down to the closing brace",
            );
        }
        self.blocks.push(block);
    }

    fn fault(&mut self, index: usize, message: &str) {
        self.faults.push(Fault {
            path: self.shown.into(),
            line: index + 1,
            message: message.into(),
        });
    }
}

/// `step 1: build the document of {stream}` is step 1 with its text, if both keep the rules.
fn step_and_text(marker: &str, language: Language) -> Result<(u8, String), String> {
    let parts = marker.strip_prefix("step ").and_then(|rest| rest.split_once(':'));
    let Some((step, text)) = parts.and_then(|(step, text)| Some((step.parse::<u8>().ok()?, text)))
    else {
        return Err(format!(
            "`//@ {marker}` is not a marker: write `//@ step N: text` or `//@ end`"
        ));
    };
    let text = text.trim();
    if !(1..=LAST_STEP).contains(&step) {
        return Err(format!("there is no step {step}: a module has steps 1 to {LAST_STEP}"));
    }
    if !text.starts_with(|first: char| first.is_lowercase()) {
        return Err(
            "the text begins with a verb in lower case: `//@ step 1: build the document`".into()
        );
    }
    if text.contains(['"', '\\']) {
        return Err("the text becomes a string: leave out quotation marks and backslashes".into());
    }
    if language == Language::Rust && !braces_hold_names(text) {
        return Err(
            "braces in the text hold the name of a parameter, as in `{stream}`: nothing else"
                .into(),
        );
    }
    Ok((step, text.into()))
}

/// Whether every `{…}` can be captured by a format string: a name, perhaps with a format after it.
fn braces_hold_names(text: &str) -> bool {
    text.split('{').enumerate().all(|(part, after)| match (part, after.split_once('}')) {
        (0, found) => found.is_none(),
        (_, None) => false,
        (_, Some((inside, rest))) => {
            let name = inside.split(':').next().unwrap_or_default();
            let named = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
            named && name.chars().all(|c| c.is_alphanumeric() || c == '_') && !rest.contains('}')
        }
    })
}

/// The rule that needs all files: a step, wherever its lines stand, is one sitting.
pub fn too_long(sources: &[Source], solution: &Path) -> Vec<Fault> {
    (1..=LAST_STEP).filter_map(|step| step_too_long(step, sources, solution)).collect()
}

fn step_too_long(step: u8, sources: &[Source], solution: &Path) -> Option<Fault> {
    let (mut first, mut count) = (None, 0);
    for source in sources {
        for block in source.blocks.iter().filter(|block| block.step == step) {
            let lines = &source.lines[block.lines.clone()];
            count += lines.iter().filter(|line| !line.trim().is_empty()).count();
            first = first.or(Some((solution.join(&source.path), block.lines.start)));
        }
    }
    let (path, line) = first.filter(|_| count > MOST_LINES)?;
    let message =
        format!("step {step} has {count} lines, {MOST_LINES} are the most: mark fewer of them");
    Some(Fault { path, line, message })
}
