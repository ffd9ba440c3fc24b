//! What can go wrong between a stored event and its effect elsewhere.

use std::time::Duration;

use aggregates::CodecError;
use event_store::{StreamId, Version};
use projections::Source;

/// Why an event is not published, or a message not taken. Named by what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The message is none of ours: park it.
    #[error("the message cannot be read: {field} {remedy}")]
    Malformed {
        /// What is wrong with it.
        field: &'static str,
        /// What it would have to be.
        remedy: String,
    },
    /// An event of a known kind whose data does not fit, or cannot be written: mend the program.
    #[error("{stream} cannot be read or published at version {version}")]
    Undecodable {
        /// The stream.
        stream: StreamId,
        /// The event's place.
        version: Version,
        /// What is wrong with it.
        source: CodecError,
    },
    /// Earlier events are missing, and the stream does not show them, or not yet: try again later.
    #[error("{stream} does not show version {version}, which was published before")]
    Unfilled {
        /// The stream.
        stream: StreamId,
        /// The newest version that is missing.
        version: Version,
    },
    /// The subscriber does not take the event now: try again.
    #[error("the event was refused")]
    Refused(#[source] Source),
    /// The consumer's documents.
    #[error("the inbox cannot be read or written")]
    Documents(#[source] projections::Error),
    /// The event store failed. Trying again is safe.
    #[error("the event store failed")]
    Store(#[source] Source),
}

impl Error {
    /// Nothing but a change of the program or of the message helps, so trying again is useless.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        use projections::Error::{TooLarge, Unreadable};
        match self {
            Self::Malformed { .. } | Self::Undecodable { .. } => true,
            Self::Documents(error) => matches!(error, TooLarge { .. } | Unreadable { .. }),
            Self::Unfilled { .. } | Self::Refused(_) | Self::Store(_) => false,
        }
    }

    /// How long to wait, if nothing is wrong with the message and the other side said so.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self {
            Self::Documents(projections::Error::Busy { retry_after, .. }) => Some(*retry_after),
            _ => None,
        }
    }
}

/// For the processor, which halts at what it cannot read.
impl From<Error> for projections::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Undecodable { stream, version, source } => {
                Self::Undecodable { stream, version, source }
            }
            Error::Documents(error) => error,
            other => Self::Failed(Box::new(other)),
        }
    }
}

/// An error with everything behind it, for those who read it in a document.
pub(crate) fn reasons(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
