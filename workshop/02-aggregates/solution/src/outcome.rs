//! What becomes of a command.

use std::fmt;
use std::time::Duration;

use event_store::{AppendError, Charge, InvalidEvent, InvalidStreamId, SessionToken, Version};

use crate::{Aggregate, CodecError, LoadError, State};

/// A command that was carried out, now or before.
#[derive(Clone)]
pub struct Outcome<A: Aggregate> {
    /// The aggregate as it is now, as far as is known.
    pub state: State<A>,
    /// The version of the command's last event; if it has none, where the stream ends.
    pub version: Version,
    /// What happened, now or when the command was carried out first.
    pub events: Vec<A::Event>,
    /// The command had been carried out before: nothing was stored now.
    pub repeated: bool,
    /// What it cost, in request units. A refused append does not say what it cost.
    pub charge: Charge,
    /// Requests that were sent.
    pub trips: u32,
    /// Lets a reader elsewhere ask to see what was stored now.
    pub session: Option<SessionToken>,
}

impl<A: Aggregate + fmt::Debug> fmt::Debug for Outcome<A>
where
    A::Event: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("state", &self.state)
            .field("version", &self.version)
            .field("events", &self.events)
            .field("repeated", &self.repeated)
            .field("charge", &self.charge)
            .field("trips", &self.trips)
            .finish_non_exhaustive()
    }
}

/// Why a command was not carried out, named by what the caller can do. `R` is the aggregate's rejection,
/// `E` the store's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError<R, E> {
    /// A rule is against it: tell the one who asked.
    #[error("{0}")]
    Rejected(R),
    /// Others were faster each time: send it again, later.
    #[error("others changed the stream {attempts} times while this was decided")]
    Contended {
        /// How often it was decided.
        attempts: u32,
    },
    /// The account is out of request units: wait, then send the same command again.
    #[error("throttled, retry after {retry_after:?}")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Other events have the ids of this command's: give the command an id of its own.
    #[error("the command id {command_id:?} was used for something else")]
    IdTaken {
        /// The id.
        command_id: String,
    },
    /// The aggregate's id cannot name a stream.
    #[error("the id cannot name a stream")]
    Id(#[from] InvalidStreamId),
    /// An event has no stored form.
    #[error("an event cannot be written")]
    Codec(#[from] CodecError),
    /// An event cannot be stored exactly as it is.
    #[error("an event cannot be stored")]
    Event(#[from] InvalidEvent),
    /// The aggregate could not be loaded.
    #[error("the aggregate cannot be loaded")]
    Load(#[from] LoadError<E>),
    /// The store did not take the events. Sending the same command again is safe.
    #[error("the events were not stored")]
    Append(#[source] AppendError<E>),
}

impl<R, E> From<AppendError<E>> for ExecuteError<R, E> {
    fn from(error: AppendError<E>) -> Self {
        match error {
            AppendError::Throttled { retry_after } => Self::Throttled { retry_after },
            error => Self::Append(error),
        }
    }
}
