//! The name of a stream.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::name::joined;

/// The name of a stream, `category:id`, such as `meter:87000001`. It is the partition key of the
/// stream's documents and the front of their ids, so it obeys the rules of both. Clones share a text that is too
/// long to be copied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct StreamId(SmolStr);

/// Why a text is not a stream's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStreamId {
    /// It is not two non-empty parts with a colon between them.
    #[error("stream {0:?} must read category:id, such as meter:87000001")]
    Shape(String),
    /// A document id cannot hold this character.
    #[error("stream {stream:?} holds {found:?}: leave out / \\ ? # and control characters")]
    Character {
        /// The text.
        stream: String,
        /// The first character that is not allowed.
        found: char,
    },
    /// It is longer than 200 bytes, the room that a version and the service's limits leave.
    #[error("stream has {bytes} bytes, at most 200 are allowed: shorten {start:?}…")]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
        /// How it begins.
        start: String,
    },
}

impl StreamId {
    /// Names the stream of one thing.
    ///
    /// # Errors
    ///
    /// `category` is empty or holds a colon, or the two together are not a valid name.
    pub fn new(category: &str, id: impl fmt::Display) -> Result<Self, InvalidStreamId> {
        let text = joined(category, ':', id);
        if category.contains(':') {
            return Err(InvalidStreamId::Shape(text.into()));
        }
        checked(&text)?;
        Ok(Self(text))
    }

    /// The part before the first colon: what kind of thing the stream is about.
    #[must_use]
    pub fn category(&self) -> &str {
        self.parts().0
    }

    /// The part after the first colon: which of them.
    #[must_use]
    pub fn id(&self) -> &str {
        self.parts().1
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').expect("a stream id holds a colon since it was parsed")
    }
}

impl FromStr for StreamId {
    type Err = InvalidStreamId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        checked(text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for StreamId {
    type Error = InvalidStreamId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<StreamId> for String {
    fn from(stream: StreamId) -> Self {
        stream.as_str().to_owned()
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn checked(text: &str) -> Result<(), InvalidStreamId> {
    if text.len() > 200 {
        let start = text.chars().take(20).collect();
        return Err(InvalidStreamId::TooLong { bytes: text.len(), start });
    }
    let refused = |c: &char| matches!(c, '/' | '\\' | '?' | '#') || c.is_control();
    // Most names have letters of one byte alone, and bytes are quicker to look at.
    let plain = |byte: u8| byte.is_ascii() && !refused(&char::from(byte));
    if !text.bytes().all(plain)
        && let Some(found) = text.chars().find(refused)
    {
        return Err(InvalidStreamId::Character { stream: text.to_owned(), found });
    }
    match text.bytes().position(|byte| byte == b':') {
        Some(colon) if (1..text.len() - 1).contains(&colon) => Ok(()),
        _ => Err(InvalidStreamId::Shape(text.to_owned())),
    }
}
