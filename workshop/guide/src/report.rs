//! What the attendee sees: four words, always in the same place, within 80 columns.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

const WIDTH: usize = 80;
/// Where the text after a word begins.
const COLUMN: usize = 9;

/// The words. They say it all; colour only repeats it.
#[derive(Clone, Copy)]
pub enum Word {
    Pass,
    Fail,
    Next,
    Stuck,
}

/// A page under construction.
#[derive(Default)]
pub struct Report {
    text: String,
    colour: bool,
}

/// Whether colour is wanted: on a terminal, unless `NO_COLOR` says otherwise.
pub fn colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !refused && !dumb
}

impl Report {
    /// A page that begins with a heading.
    pub fn new(heading: &str, colour: bool) -> Self {
        let mut report = Self { text: String::new(), colour };
        report.text.push_str(&wrapped(heading, WIDTH, 0).join("\n"));
        report.text.push('\n');
        report.gap();
        report
    }

    /// A page without a heading.
    pub fn plain(colour: bool) -> Self {
        Self { text: String::new(), colour }
    }

    /// A word and what it says.
    pub fn say(&mut self, word: Word, text: &str) {
        let (word, colour) = match word {
            Word::Pass => ("pass", "32"),
            Word::Fail => ("fail", "31"),
            Word::Next => ("next", "36"),
            Word::Stuck => ("stuck", "36"),
        };
        let padding = " ".repeat(COLUMN - 2 - word.len());
        let start = self.text.len();
        self.more(text);
        let shown =
            if self.colour { format!("\x1b[1;{colour}m{word}\x1b[0m") } else { word.into() };
        self.text.replace_range(start..start + COLUMN, &format!("  {shown}{padding}"));
    }

    /// A word of another kind, where the four do not fit.
    pub fn note(&mut self, word: &str, text: &str) {
        let start = self.text.len();
        self.more(text);
        self.text
            .replace_range(start..start + COLUMN, &format!("  {word:<width$}", width = COLUMN - 2));
    }

    /// Prose from a page, wrapped anew; lines in fences and lists stay apart.
    pub fn paragraphs(&mut self, text: &str) {
        let (mut prose, mut in_fence) = (String::new(), false);
        for line in text.lines() {
            let fence = line.trim_start().starts_with("```");
            in_fence ^= fence;
            let alone = fence || in_fence || line.trim().is_empty();
            if alone || starts_item(line) {
                self.prose(&mut prose);
            }
            match (fence, alone) {
                (true, _) => {}
                (false, true) => self.quote(line),
                (false, false) if prose.is_empty() => prose.push_str(line),
                (false, false) => prose.extend([" ", line.trim()]),
            }
        }
        self.prose(&mut prose);
    }

    fn prose(&mut self, text: &mut String) {
        if text.is_empty() {
            return;
        }
        let hanging = if starts_item(text) { text.find(' ').map_or(0, |at| at + 1) } else { 0 };
        for line in wrapped(&std::mem::take(text), WIDTH, hanging) {
            self.quote(&line);
        }
    }

    /// Text that goes on under the last word.
    pub fn more(&mut self, text: &str) {
        self.wrap(text, 0);
    }

    /// Lines that belong together as they are: what has to be carried over stands deeper.
    pub fn data(&mut self, text: &str) {
        self.wrap(text, 2);
    }

    fn wrap(&mut self, text: &str, deeper: usize) {
        for line in text.lines().flat_map(|line| wrapped(line, WIDTH - COLUMN, deeper)) {
            let _ = writeln!(self.text, "{:COLUMN$}{line}", "");
        }
    }

    /// Text of somebody else, as it stands.
    pub fn quote(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// The finished page.
    pub fn finish(self) -> String {
        self.text
    }
}

/// `- item` or `1. item`.
fn starts_item(line: &str) -> bool {
    let marker = line.split(' ').next().unwrap_or_default();
    let number = marker.strip_suffix('.').unwrap_or_default();
    marker == "-" || !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
}

/// Breaks a line between words, or inside one that is longer than a line.
fn wrapped(line: &str, width: usize, deeper: usize) -> Vec<String> {
    let indent = " ".repeat(line.len() - line.trim_start().len() + deeper);
    // A path broken at its hyphens could be neither clicked nor copied.
    let whole = textwrap::WordSplitter::NoHyphenation;
    let options = textwrap::Options::new(width).subsequent_indent(&indent).word_splitter(whole);
    textwrap::wrap(line, options).into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_one_column_and_their_texts_in_another() {
        let mut report = Report::new("01 event-store", false);
        report.say(Word::Fail, "the id");
        report.more("- 1\n+ 2");
        report.say(Word::Stuck, "just hint");
        let page =
            "01 event-store\n\n  fail   the id\n         - 1\n         + 2\n  stuck  just hint\n";
        assert_eq!(report.finish(), page);
    }

    #[test]
    fn no_line_is_wider_than_eighty_columns() {
        let mut report = Report::new(&"word ".repeat(40), false);
        report.say(Word::Fail, &"word ".repeat(40));
        report.data(&format!("+   \"id\": \"{}\"", "x".repeat(200)));
        let page = report.finish();
        assert!(page.lines().all(|line| line.chars().count() <= WIDTH), "{page}");
        assert_eq!(page.matches('x').count(), 200);
    }

    #[test]
    fn colour_changes_no_word() {
        let page = |colour| {
            let mut report = Report::new("01", colour);
            report.say(Word::Pass, "one");
            report.finish()
        };
        assert_eq!(crate::cargo::plain(&page(true)), page(false));
        assert_ne!(page(true), page(false));
    }
}
