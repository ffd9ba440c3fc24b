//! What is wrong, and where.

use std::fmt;
use std::path::PathBuf;

/// A fault at a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message } = self;
        write!(f, "{}:{line}:{column}: {message}", file.display())
    }
}

/// What came out.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files were looked at.
    pub files: usize,
    /// Faults: one is enough to fail.
    pub findings: Vec<Finding>,
    /// What a reader should know: what was not checked, and values that Microsoft's list does not have.
    pub notes: Vec<Finding>,
}

impl Report {
    pub(crate) fn extend(&mut self, other: Self) {
        self.files += other.files;
        self.findings.extend(other.findings);
        self.notes.extend(other.notes);
    }
}
