//! Where states come from: a fold of the whole stream each time, until module 05 knows better.

use std::sync::Arc;

use event_store::{Charge, EventStore, NewEvent, Range, RecordedEvent, StreamId, Version};
use time::OffsetDateTime;

use crate::commands::Span;
use crate::{Aggregate, CodecError, Context, RecentCommands, codec};

/// An aggregate as of a version, with what the next append needs to know.
#[derive(Debug, Clone, Default)]
pub struct State<A> {
    /// What the events add up to.
    pub aggregate: A,
    /// The version of the last of them.
    pub version: Version,
    /// When it was recorded: the next one is not recorded before it.
    pub recorded_at: Option<OffsetDateTime>,
    /// The commands that left events lately.
    pub commands: RecentCommands,
}

/// A state and what it cost to have it.
#[derive(Debug, Clone, Default)]
pub struct Loaded<A> {
    /// The state.
    pub state: State<A>,
    /// It is as of the end of the stream, which was looked at just now. On one that may be older nothing is
    /// refused and nothing left undone before somebody has looked.
    pub checked: bool,
    /// Request units.
    pub charge: Charge,
    /// Requests that were sent.
    pub trips: u32,
}

/// Why there is no state.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError<E> {
    /// An event that this program does not know: to decide without it would be to guess.
    #[error("{stream} holds an unknown {kind} at version {version}: is this program too old?")]
    Unknown {
        /// The stream.
        stream: StreamId,
        /// The event's place.
        version: Version,
        /// Its kind.
        kind: String,
    },
    /// An event whose data does not fit its kind.
    #[error("{stream} cannot be read at version {version}")]
    Unreadable {
        /// The stream.
        stream: StreamId,
        /// The event's place.
        version: Version,
        /// What is wrong with it.
        source: CodecError,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
}

/// Gives states. A cache or snapshots are other implementations.
pub trait States<A: Aggregate>: Send + Sync {
    /// What can go wrong behind the store.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The state of a stream: as of its end, or not far behind. A stream without events has the
    /// state at version 0.
    fn load(
        &self,
        stream: &StreamId,
    ) -> impl Future<Output = Result<Loaded<A>, LoadError<Self::Error>>> + Send;

    /// Takes note of a state that is now known, to give it the next time.
    fn keep(&self, stream: &StreamId, state: &State<A>);
}

/// States folded from the whole stream, each time.
#[derive(Debug)]
pub struct Folded<S>(Arc<S>);

impl<S> Folded<S> {
    /// Folds the streams of this store.
    #[must_use]
    pub fn new(store: Arc<S>) -> Self {
        Self(store)
    }
}

impl<S> Clone for Folded<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: EventStore, A: Aggregate> States<A> for Folded<S> {
    type Error = S::Error;

    async fn load(&self, stream: &StreamId) -> Result<Loaded<A>, LoadError<S::Error>> {
        let slice = self.0.load(stream, Range::all()).await.map_err(LoadError::Store)?;
        let mut state = State::default();
        state.fold(&slice.events)?;
        Ok(Loaded { state, checked: true, charge: slice.charge, trips: slice.trips })
    }

    fn keep(&self, _stream: &StreamId, _state: &State<A>) {}
}

impl<A: Aggregate> State<A> {
    /// Makes recorded events part of the state.
    ///
    /// # Errors
    ///
    /// One of them cannot be read; the state then stands before it.
    pub fn fold<E>(&mut self, events: &[RecordedEvent]) -> Result<(), LoadError<E>> {
        //@ step 2: read each of the recorded events and make it part of the state
        for recorded in events {
            self.aggregate.evolve(&read(recorded)?);
            self.passed(recorded.version, &recorded.event);
        }
        Ok(())
        //@ end
    }

    /// Makes the events of a command part of the state, now that they are stored.
    pub(crate) fn carried_out(&mut self, events: &[A::Event], command: Span, context: &Context) {
        for event in events {
            self.aggregate.evolve(event);
        }
        self.recorded_at = Some(context.recorded_at(self.recorded_at));
        self.version = command.last;
        self.commands.remember(command);
    }

    /// Takes note of where the state stands: behind this event.
    fn passed(&mut self, version: Version, event: &NewEvent) {
        self.version = version;
        self.recorded_at = Some(event.meta().recorded_at);
        self.commands.saw(event.id(), version);
    }
}

/// The event in the program's words; one that has none is refused.
pub(crate) fn read<T: serde::de::DeserializeOwned, E>(
    recorded: &RecordedEvent,
) -> Result<T, LoadError<E>> {
    let RecordedEvent { stream, version, event } = recorded;
    match codec::decode(event.kind(), event.data()) {
        Ok(Some(decoded)) => Ok(decoded),
        Ok(None) => Err(LoadError::Unknown {
            stream: stream.clone(),
            version: *version,
            kind: event.kind().to_owned(),
        }),
        Err(source) => {
            Err(LoadError::Unreadable { stream: stream.clone(), version: *version, source })
        }
    }
}
