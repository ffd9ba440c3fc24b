//! A stream for each period: closed at its end, and the next one opened with what is carried forward. So no stream
//! grows for ever, and old books can be put away without a look at the new ones.

use aggregates::{Aggregate, CodecError, Context, LoadError, State, encode};
use event_store::{
    AppendError, EventId, EventStore, Expected, InvalidEvent, InvalidStreamId, Metadata, NewEvent,
    Range, RecordedEvent, Sealing, StreamId, Version,
};
use time::OffsetDateTime;

/// How often a book is closed again when somebody wrote into it meanwhile.
const ATTEMPTS: u32 = 12;

/// An aggregate whose streams are books: one for each period of a thing.
pub trait Book: Aggregate {
    /// The book of the next period.
    fn next(id: &Self::Id) -> Self::Id;

    /// The closing event is in it.
    fn is_closed(&self) -> bool;

    /// The event that closes it.
    ///
    /// # Errors
    ///
    /// The rule against closing it now.
    fn closing(&self, now: OffsetDateTime) -> Result<Self::Event, Self::Error>;

    /// The event that opens the next one: it says what is carried forward.
    fn opening(&self) -> Self::Event;
}

/// Books that were turned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// The stream that takes no more events.
    pub closed: StreamId,
    /// The version of its last event.
    pub at: Version,
    /// The stream that goes on.
    pub opened: StreamId,
}

/// Why books were not turned. `R` is the book's rejection, `E` the store's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError<R, E> {
    /// A rule is against it: tell the one who asked.
    #[error("{0}")]
    Rejected(R),
    /// Others wrote meanwhile, again and again: do it again, later.
    #[error("{0} was written to {ATTEMPTS} times while it was closed")]
    Contended(StreamId),
    /// The next book was begun by somebody else. What it lacks has to be brought there by hand.
    #[error("{0} was opened otherwise, without what is carried forward")]
    OpenedOtherwise(StreamId),
    /// A period's name cannot name a stream.
    #[error("the period cannot name a stream")]
    Id(#[from] InvalidStreamId),
    /// An event has no stored form.
    #[error("an event cannot be written")]
    Codec(#[from] CodecError),
    /// An event cannot be stored exactly as it is.
    #[error("an event cannot be stored")]
    Event(#[from] InvalidEvent),
    /// The book cannot be loaded.
    #[error("the book cannot be loaded")]
    Load(#[from] LoadError<E>),
    /// The store did not take the events. Doing it again is safe.
    #[error("the events were not stored")]
    Append(#[source] AppendError<E>),
}

type Failed<B, S> = TurnError<<B as Aggregate>::Error, <S as EventStore>::Error>;

/// Closes the book of a period and opens the next one. Safe to repeat, also after a crash between the two. What is
/// written into the book meanwhile is in it, or refused: nothing is lost.
///
/// # Errors
///
/// See [`TurnError`].
pub async fn turn<B: Book, S: Sealing>(
    store: &S,
    id: &B::Id,
    context: &Context,
) -> Result<Turned, Failed<B, S>> {
    let stream = book::<B>(id)?;
    let closed = close::<B, S>(store, &stream, context).await?;
    let opened = book::<B>(&B::next(id))?;
    // The id comes from the book that was closed: whoever opens the next one, and however often, opens it once.
    let event_id = EventId::from(format!("{stream}/opened").as_str());
    let event = closed.aggregate.opening();
    let opening = new_event(&event, event_id, &stream, context, closed.recorded_at)?;
    match store.append(&opened, Expected::NoStream, vec![opening]).await {
        Ok(_) => Ok(Turned { closed: stream, at: closed.version, opened }),
        Err(AppendError::Conflict { .. } | AppendError::Sealed { .. }) => {
            Err(TurnError::OpenedOtherwise(opened))
        }
        Err(error) => Err(TurnError::Append(error)),
    }
}

/// The book as it was closed, now or before.
async fn close<B: Book, S: Sealing>(
    store: &S,
    stream: &StreamId,
    context: &Context,
) -> Result<State<B>, Failed<B, S>> {
    let mut state = State::<B>::default();
    let mut missed: Option<Vec<RecordedEvent>> = None;
    for _ in 0..ATTEMPTS {
        match missed.take() {
            Some(events) => state.fold::<S::Error>(&events)?,
            None => read(store, stream, Range::after(state.version), &mut state).await?,
        }
        if state.aggregate.is_closed() {
            return Ok(state);
        }
        let event = state.aggregate.closing(context.time).map_err(TurnError::Rejected)?;
        let closing = new_event(&event, closing_id(stream), stream, context, state.recorded_at)?;
        let recorded_at = closing.meta().recorded_at;
        match store.close(stream, Expected::Exact(state.version), closing).await {
            Ok(done) => {
                state.aggregate.evolve(&event);
                return Ok(State {
                    version: done.version,
                    recorded_at: Some(recorded_at),
                    ..state
                });
            }
            Err(AppendError::Conflict { since, .. }) => missed = since,
            // Somebody else closed it: look again.
            Err(AppendError::Sealed { at }) if at > state.version => {}
            Err(error) => return Err(TurnError::Append(error)),
        }
    }
    Err(TurnError::Contended(stream.clone()))
}

/// The state of a thing at a time: that of the newest of its books which had been begun by then. `books` are in the
/// order of their periods.
///
/// # Errors
///
/// A book cannot be loaded.
pub async fn as_of<B: Book, S: EventStore>(
    store: &S,
    books: &[B::Id],
    at: OffsetDateTime,
) -> Result<State<B>, Failed<B, S>> {
    for id in books.iter().rev() {
        let mut state = State::default();
        read(store, &book::<B>(id)?, Range::all().at(at), &mut state).await?;
        if state.version > Version::ZERO {
            return Ok(state);
        }
    }
    Ok(State::default())
}

/// The events of several books one after the other, as one history, all of them or those recorded until a time.
///
/// # Errors
///
/// A book cannot be loaded.
pub async fn across<B: Book, S: EventStore>(
    store: &S,
    books: &[B::Id],
    at: Option<OffsetDateTime>,
) -> Result<Vec<RecordedEvent>, Failed<B, S>> {
    let mut events = Vec::new();
    for id in books {
        let range = at.map_or_else(Range::all, |at| Range::all().at(at));
        let slice = store.load(&book::<B>(id)?, range).await.map_err(LoadError::Store)?;
        events.extend(slice.events);
    }
    Ok(events)
}

fn book<B: Book>(id: &B::Id) -> Result<StreamId, InvalidStreamId> {
    StreamId::new(B::CATEGORY, id)
}

/// Makes the events of a range part of a state.
async fn read<B: Book, S: EventStore>(
    store: &S,
    stream: &StreamId,
    range: Range,
    state: &mut State<B>,
) -> Result<(), LoadError<S::Error>> {
    let slice = store.load(stream, range).await.map_err(LoadError::Store)?;
    state.fold(&slice.events)
}

fn closing_id(stream: &StreamId) -> EventId {
    EventId::from(format!("{stream}/closed").as_str())
}

/// An event of the books, caused by the closing of one and not recorded before what came last.
fn new_event<B: serde::Serialize, R, E>(
    event: &B,
    id: EventId,
    closed: &StreamId,
    context: &Context,
    previous: Option<OffsetDateTime>,
) -> Result<NewEvent, TurnError<R, E>> {
    let (kind, data) = encode(event)?;
    let correlation_id = context.correlation_id.as_ref().unwrap_or(&context.command_id);
    let meta = Metadata {
        recorded_at: previous.map_or(context.time, |previous| previous.max(context.time)),
        correlation_id: Some(correlation_id.clone()),
        causation_id: Some(closing_id(closed).to_string()),
        actor: context.actor.clone(),
    };
    Ok(NewEvent::new(id, kind, &data, meta)?)
}
