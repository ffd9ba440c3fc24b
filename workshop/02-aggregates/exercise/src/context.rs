//! What belongs to a call rather than to the wish.

use event_store::{Metadata, StreamId};
use time::OffsetDateTime;
use tracing::{Span, info_span};

/// The circumstances of a command. Sent again, a command has the same ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Names the command: under one id it is carried out once, however often it is sent.
    pub command_id: String,
    /// When it was given. The caller supplies it: nothing in here looks at a clock.
    pub time: OffsetDateTime,
    /// The whole conversation; the command begins one if there is none yet.
    pub correlation_id: Option<String>,
    /// The event or the request that led to the command.
    pub causation_id: Option<String>,
    /// Who wants it.
    pub actor: Option<String>,
}

impl Context {
    /// A command that begins a conversation, given by nobody in particular.
    #[must_use]
    pub fn new(command_id: impl Into<String>, time: OffsetDateTime) -> Self {
        let command_id = command_id.into();
        Self { command_id, time, correlation_id: None, causation_id: None, actor: None }
    }

    /// When the command's events are recorded. `previous` is the time of the event before them: a clock that goes
    /// back does not take the stream along.
    pub(crate) fn recorded_at(&self, previous: Option<OffsetDateTime>) -> OffsetDateTime {
        previous.map_or(self.time, |previous| previous.max(self.time))
    }

    /// What the command's events keep of it.
    pub(crate) fn metadata(&self, previous: Option<OffsetDateTime>) -> Metadata {
        Metadata {
            recorded_at: self.recorded_at(previous),
            correlation_id: Some(self.conversation().to_owned()),
            causation_id: self.causation_id.clone(),
            actor: self.actor.clone(),
        }
    }

    /// What the log says of the command while it is carried out.
    pub(crate) fn span(&self, stream: &StreamId) -> Span {
        let (command_id, correlation_id) = (&*self.command_id, self.conversation());
        info_span!("execute", %stream, command_id, correlation_id)
    }

    /// The whole conversation: this command's, if it begins one.
    fn conversation(&self) -> &str {
        self.correlation_id.as_deref().unwrap_or(&self.command_id)
    }
}
