//! Whom personal data is about.

use std::fmt;
use std::str::FromStr;

use event_store::StreamId;
use serde::{Deserialize, Serialize};

/// The id of a person, such as `meter:87000001` for whoever lives behind that meter. It names a document and stays when
/// the person is forgotten, so it must say nothing of them by itself: a number, never a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

/// Why a text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("subject {0:?} must have 1 to 200 bytes: leave out / \\ ? # and control characters")]
pub struct InvalidSubject(String);

impl Subject {
    /// The one person that a stream is about.
    #[must_use]
    pub fn of(stream: &StreamId) -> Self {
        // A stream's name obeys the rules of a document's id already.
        Self(stream.to_string())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let refused = |c: char| matches!(c, '/' | '\\' | '?' | '#') || c.is_control();
        if text.is_empty() || text.len() > 200 || text.chars().any(refused) {
            return Err(InvalidSubject(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Subject {
    type Error = InvalidSubject;

    fn try_from(text: String) -> Result<Self, InvalidSubject> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
