//! What the attendee starts from: the solution without the marked lines.

use crate::marker::{Block, Language, Source};
use std::fmt::Write as _;

/// As in `rustfmt.toml`: `cargo fmt --check` passes on what is generated here.
const LINE_LIMIT: usize = 100;

/// The text of the file with each marked block replaced by one line that fails.
pub fn of(source: &Source) -> String {
    with(source, |_| None)
}

/// The text of the file with the lines given for a block in its place; where none are given, one that fails.
pub fn with(source: &Source, given: impl Fn(usize) -> Option<String>) -> String {
    let mut text = String::new();
    let mut copied = 0;
    for (index, block) in source.blocks.iter().enumerate() {
        let marker = block.lines.start - 1;
        text.extend(source.lines[copied..marker].iter().map(String::as_str));
        text.push_str(&match given(index) {
            Some(lines) => comment(block, &source.lines[marker]) + &lines,
            None => gap(source.language, block, &source.lines[marker]),
        });
        copied = block.lines.end + 1;
    }
    text.extend(source.lines[copied..].iter().map(String::as_str));
    text
}

/// The lines of a block as they stand in the solution.
pub fn lines(source: &Source, block: &Block) -> String {
    source.lines[block.lines.clone()].concat()
}

/// The lines of a block as a page shows them: without the indent they have in common.
pub fn excerpt(source: &Source, block: &Block) -> String {
    let lines: Vec<&str> =
        source.lines[block.lines.clone()].iter().map(|line| line.trim_end()).collect();
    without_common_indent(&lines)
}

/// The lines without the indent they have in common.
pub fn without_common_indent(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let stripped: Vec<&str> =
        lines.iter().map(|line| line.get(common..).unwrap_or_default()).collect();
    stripped.join("\n").trim_matches('\n').into()
}

/// The comment by which the place is found again.
fn comment(block: &Block, marker: &str) -> String {
    let indent = &marker[..marker.len() - marker.trim_start().len()];
    let ending = if marker.ends_with("\r\n") { "\r\n" } else { "\n" };
    format!("{indent}// step {}{ending}", block.step)
}

/// The comment, and the line that fails.
fn gap(language: Language, block: &Block, marker: &str) -> String {
    let indent = &marker[..marker.len() - marker.trim_start().len()];
    let ending = if marker.ends_with("\r\n") { "\r\n" } else { "\n" };
    let Block { step, text, .. } = block;
    let mut gap = comment(block, marker);
    let statement = match language {
        Language::Rust => format!("todo!(\"step {step}: {text}\")"),
        Language::JavaScript => {
            format!("throw new Error(\"not yet implemented: step {step}: {text}\");")
        }
    };
    let fits = indent.len() + statement.chars().count() <= LINE_LIMIT;
    let _ = if fits || language == Language::JavaScript {
        write!(gap, "{indent}{statement}{ending}")
    } else {
        let argument = format!("{indent}    \"step {step}: {text}\"");
        write!(gap, "{indent}todo!({ending}{argument}{ending}{indent}){ending}")
    };
    gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker;
    use std::path::Path;
    use std::process::Command;

    /// A function with a step of that text, as deep inside blocks as asked.
    fn function(depth: usize, text: &str) -> String {
        let at = |depth: usize| "    ".repeat(depth);
        let inner = at(depth);
        let marked = format!("{inner}//@ step 1: {text}\n{inner}done();\n{inner}//@ end\n");
        let body = (1..depth)
            .rev()
            .map(at)
            .fold(marked, |body, indent| format!("{indent}if given {{\n{body}{indent}}}\n"));
        format!("fn at_{depth}_{}(given: bool) {{\n{body}}}\n", text.len())
    }

    #[test]
    fn a_starter_is_as_rustfmt_writes_it_however_long_the_text() {
        let depths = 1..4;
        let functions =
            depths.flat_map(|depth| (40..110).map(move |n| function(depth, &"x".repeat(n))));
        let solution = functions.collect::<Vec<_>>().join("\n");
        let path = Path::new("lib.rs");
        let (source, faults) = marker::read(path, Language::Rust, &solution, path);
        assert_eq!(faults, []);

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        std::fs::write(&file, of(&source)).unwrap();
        let settings = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rustfmt.toml");
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", "2024", "--config-path", settings]).arg(file);
        let output = rustfmt.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
