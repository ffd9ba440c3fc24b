//! What can go wrong between the feed and the views.

use std::any::Any;
use std::time::Duration;

use aggregates::CodecError;
use event_store::{StreamId, Version};

/// An error of another crate.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a processor cannot go on, or a view cannot be had. Named by what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Cosmos DB takes no more at the moment: wait, then do the same again.
    #[error("Cosmos DB takes no more for the moment")]
    Busy {
        /// How long to wait.
        retry_after: Duration,
        /// What it said.
        source: Source,
    },
    /// The document is larger than the service takes: 2 MB.
    #[error("document {id} is larger than 2 MB")]
    TooLarge {
        /// The document.
        id: String,
    },
    /// The document is not what this program writes: another program, or another version of this one, wrote it.
    #[error("document {id} cannot be read")]
    Unreadable {
        /// The document.
        id: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A view cannot take an event: the projection has a fault.
    #[error("view {id} cannot take the events: {reason}")]
    Unfit {
        /// The view's document.
        id: String,
        /// What happened.
        reason: String,
    },
    /// An event of a known kind whose data does not fit: mend the program, then resume.
    #[error("{stream} cannot be read at version {version}")]
    Undecodable {
        /// The stream.
        stream: StreamId,
        /// The event's place.
        version: Version,
        /// What is wrong with it.
        source: CodecError,
    },
    /// The feed does not know the place to go on from: its container was restored or created again. Rebuild.
    #[error(
        "the feed has no such place: the container was restored or recreated, rebuild the views"
    )]
    FeedLost(#[source] Source),
    /// A field of a view is named by words with dots between them.
    #[error("{0:?} names no field: write names of letters, digits and _ with dots between them")]
    Field(String),
    /// The page after which the answer is to go on is not one of this question.
    #[error("the answer cannot go on there: it is no page of this question")]
    Page,
    /// Something failed behind us. Trying again is safe.
    #[error("what is behind the views failed")]
    Failed(#[source] Source),
}

impl Error {
    /// What failed behind us.
    pub(crate) fn failed(source: impl Into<Source>) -> Self {
        Self::Failed(source.into())
    }

    /// Nothing but a change of the program or of the data helps, so trying again is useless.
    #[must_use]
    pub fn halts(&self) -> bool {
        matches!(self, Self::Undecodable { .. } | Self::FeedLost(_))
    }

    /// How long to wait, if the other side said so.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// It is about one view: that one is given up, others go on.
    pub(crate) fn parks(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::Unreadable { .. } | Self::Unfit { .. })
    }
}

/// An error with everything behind it, for those who read it in a document.
pub(crate) fn reasons(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a panic said.
pub(crate) fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("applying an event panicked: {}", text.unwrap_or_default())
}
