//! What a consumer makes of integration events, and how it knows which it has handled.

use std::future::Future;

use event_store::{StreamId, Version};
use projections::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, IntegrationEvent};

/// An integration event as a subscriber is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<E> {
    /// The stream it is from.
    pub stream: StreamId,
    /// Its place there.
    pub version: Version,
    /// Names it for ever: pass it on where an effect is carried out elsewhere.
    pub id: String,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
    /// What happened.
    pub event: E,
}

/// Keeps a state for each stream, made of what it is told of it.
pub trait Subscriber: Send + Sync + 'static {
    /// Names its documents.
    const NAME: &'static str;
    /// What it understands. Other kinds are passed over.
    type Event: DeserializeOwned;
    /// What it keeps: its effect.
    type State: Serialize + DeserializeOwned + Default + Send + Sync;

    /// Makes an event part of the state of its stream.
    ///
    /// # Errors
    ///
    /// It cannot be done now. The message comes again, until the broker sets it aside.
    fn apply(&self, state: &mut Self::State, event: &Told<Self::Event>) -> Result<(), Source>;
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// So many events were applied: this one, and those before it that had not come.
    Applied(usize),
    /// It was handled before. Nothing was changed.
    Duplicate,
}

/// Takes each event once, whatever the bus does.
pub trait Inbox: Send + Sync + 'static {
    /// Who it is for.
    fn consumer(&self) -> &'static str;

    /// Takes an event: its effect and the note that it was handled are one write.
    fn accept(
        &self,
        event: &IntegrationEvent,
    ) -> impl Future<Output = Result<Accepted, Error>> + Send;
}

/// Lets a subscriber apply an event, if it understands it.
pub(crate) fn apply<S: Subscriber>(
    subscriber: &S,
    state: &mut S::State,
    event: &IntegrationEvent,
) -> Result<(), Error> {
    let Some(decoded) = event.decode::<S::Event>()? else {
        return Ok(());
    };
    let told = Told {
        stream: event.stream.clone(),
        version: event.version,
        id: event.id.clone(),
        correlation_id: event.correlation_id.clone(),
        event: decoded,
    };
    subscriber.apply(state, &told).map_err(Error::Refused)
}
