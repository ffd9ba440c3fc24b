//! What a fence in a lesson or on a slide quotes.
//!
//! The words after the language say it:
//! - `step=2`: the lines that the attendee writes in step 2; with `in=meter.rs` only those in that file
//! - `from=workshop/01-event-store/solution/src/store.rs`: a file of the repository, whole; of an expected
//!   result (`.snap`) without insta's header
//! - `item=EventStore`: of that file only the item of this name, without its doc comments and attributes
//! - `lines=1,10-12`: of all that, only these lines

use crate::files;
use crate::marker::{Block, Language, Source};
use crate::starter::{excerpt, without_common_indent};
use std::path::{Path, PathBuf};

/// Words that stand before the name of an item.
const ITEMS: [&str; 6] = ["trait", "struct", "enum", "fn", "const", "function"];

/// Where quotes come from.
pub struct Library<'a> {
    /// The folder of the course.
    pub root: &'a Path,
    /// The module that the page belongs to.
    pub sources: &'a [Source],
}

/// What the words of a fence ask for.
#[derive(Debug, PartialEq)]
pub struct Quote {
    of: Of,
    /// First and last of each part, counted from 1; all lines if there is none.
    lines: Vec<(usize, usize)>,
}

#[derive(Debug, PartialEq)]
enum Of {
    Step { language: Language, step: u8, file: Option<String> },
    File { path: PathBuf, item: Option<String> },
}

/// Reads the words of a fence. `None`: it quotes nothing. An error says what is wrong with them.
pub fn read(info: &str) -> Option<Result<Quote, String>> {
    let mut words = info.split_whitespace();
    let language = words.next()?;
    let words: Vec<(&str, &str)> = words.filter_map(|word| word.split_once('=')).collect();
    let value = |key| words.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let of = match (value("step"), value("from")) {
        (None, None) => return None,
        (Some(step), None) => of_step(language, step, value("in"))?,
        (_, Some(path)) => Of::File { path: path.into(), item: value("item").map(str::to_owned) },
    };
    let Some(lines) = parts(value("lines").unwrap_or_default()) else {
        return Some(Err("`lines=` holds numbers: write `lines=1,10-12`".into()));
    };
    Some(Ok(Quote { of, lines }))
}

fn of_step(language: &str, step: &str, file: Option<&str>) -> Option<Of> {
    let language = Language::ALL.into_iter().find(|known| known.word() == language)?;
    Some(Of::Step { language, step: step.parse().ok()?, file: file.map(str::to_owned) })
}

/// `1,10-12` is the first line and three more.
fn parts(text: &str) -> Option<Vec<(usize, usize)>> {
    let part = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some((first.parse().ok()?, last.parse().ok()?))
    };
    text.split(',').filter(|part| !part.is_empty()).map(part).collect()
}

impl Quote {
    /// The lines to be shown, or why there are none.
    pub fn text(&self, library: &Library<'_>) -> Result<String, String> {
        let text = match &self.of {
            Of::Step { language, step, file } => step_lines(
                library.sources,
                *step,
                *language,
                file.as_deref(),
            )
            .ok_or_else(|| {
                let word = language.word();
                format!(
                    "the solution marks no {word} lines as step {step}: correct the fence or add \
                         the markers"
                )
            })?,
            Of::File { path, item } => of_file(&library.root.join(path), path, item.as_deref())?,
        };
        self.chosen(&text)
    }

    fn chosen(&self, text: &str) -> Result<String, String> {
        if self.lines.is_empty() {
            return Ok(text.into());
        }
        let all: Vec<&str> = text.lines().collect();
        let mut chosen = Vec::new();
        for (first, last) in &self.lines {
            let part = first.checked_sub(1).and_then(|start| all.get(start..*last));
            chosen.extend(part.ok_or_else(|| {
                format!(
                    "there are {} lines, so {first} to {last} are not: correct `lines=`",
                    all.len()
                )
            })?);
        }
        Ok(without_common_indent(&chosen))
    }
}

/// All lines of a step in one language, each file's under its path if there are several.
pub fn step_lines(
    sources: &[Source],
    step: u8,
    language: Language,
    file: Option<&str>,
) -> Option<String> {
    let wanted = |source: &&Source| file.is_none_or(|file| source.path.ends_with(file));
    let of_step = |source: &Source| -> Vec<String> {
        let blocks = source.blocks.iter().filter(|block: &&Block| block.step == step);
        blocks.map(|block| excerpt(source, block)).collect()
    };
    let several = file.is_none() && sources.iter().flat_map(of_step).count() > 1;
    let quotes: Vec<String> = sources
        .iter()
        .filter(wanted)
        .filter(|source| source.language == language)
        .map(|source| (source.path.to_string_lossy().replace('\\', "/"), of_step(source)))
        .filter(|(_, blocks)| !blocks.is_empty())
        .map(|(path, blocks)| {
            let comment = if several { format!("// {path}\n") } else { String::new() };
            comment + &blocks.join("\n\n")
        })
        .collect();
    (!quotes.is_empty()).then(|| quotes.join("\n\n"))
}

fn of_file(path: &Path, shown: &Path, item: Option<&str>) -> Result<String, String> {
    let unreadable = |_| format!("{} cannot be read: correct `from=`", shown.display());
    let text = files::text(path).map_err(unreadable)?;
    match item {
        Some(name) => item_lines(&text, name)
            .ok_or_else(|| format!("{} has no item {name}: correct `item=`", shown.display())),
        None if path.extension().is_some_and(|extension| extension == "snap") => {
            Ok(without_header(&text).trim_end().into())
        }
        None => Ok(text.trim_end().into()),
    }
}

/// An expected file begins with what insta wrote about it.
fn without_header(text: &str) -> &str {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map_or(text, |(_, rest)| rest)
}

/// The item of this name: up to the line that closes it.
fn item_lines(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let start = lines.iter().position(|line| declares(line, name))?;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let closes = |line: &&str| {
        indent(line) == indent(lines[start])
            && (line.ends_with(';') || line.trim_start().starts_with('}'))
    };
    let length = lines[start..].iter().position(closes)?;
    let said = |line: &&&str| {
        let line = line.trim_start();
        !line.starts_with("///") && !line.starts_with("#[") && !line.is_empty()
    };
    let kept: Vec<&str> = lines[start..=start + length].iter().filter(said).copied().collect();
    Some(without_common_indent(&kept))
}

/// `pub trait EventStore: Send` declares `EventStore`.
fn declares(line: &str, name: &str) -> bool {
    let words: Vec<&str> = line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let comment = line.trim_start().starts_with("//");
    !comment && words.windows(2).any(|two| ITEMS.contains(&two[0]) && two[1] == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! fn open\n\nimpl Door {\n    /// Opens.\n    pub fn open(\n        &self,\n    \
                        ) -> bool {\n        true\n    }\n\n    const WIDTH: u32 = 90;\n}\n";

    #[test]
    fn an_item_ends_where_it_is_closed_and_says_nothing_about_itself() {
        let open = "pub fn open(\n    &self,\n) -> bool {\n    true\n}";
        assert_eq!(item_lines(FILE, "open").as_deref(), Some(open));
        assert_eq!(item_lines(FILE, "WIDTH").as_deref(), Some("const WIDTH: u32 = 90;"));
        assert_eq!(item_lines(FILE, "Door"), None);
    }

    #[test]
    fn chosen_lines_lose_the_indent_they_share() {
        let quote = read("js from=a.js lines=1,3-4").unwrap().unwrap();
        assert_eq!(quote.chosen("  a\n  b\n    c\n  d\n").unwrap(), "a\n  c\nd");
        assert!(quote.chosen("a\n").unwrap_err().contains("there are 1 lines"));
    }

    #[test]
    fn other_fences_quote_nothing() {
        for info in ["", "rust", "console fails=true", "text step=2"] {
            assert_eq!(read(info), None, "{info}");
        }
        assert!(read("rust step=2 lines=a").unwrap().is_err());
    }

    #[test]
    fn an_expected_file_is_shown_without_its_header() {
        assert_eq!(without_header("---\nsource: a\n---\ngiven | when\n"), "given | when\n");
    }
}
