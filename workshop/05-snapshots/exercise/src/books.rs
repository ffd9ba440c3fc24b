//! A stream for each period: closed at its end, and the next one opened with what is carried forward. So no stream
//! grows for ever, and old books can be put away without a look at the new ones.

use aggregates::{Aggregate, CodecError, Context, LoadError, State, encode};
use event_store::{
    AppendError, EventId, Expected, InvalidEvent, InvalidStreamId, Metadata, NewEvent, Range,
    RecordedEvent, Sealing, StreamId, Version,
};

/// An aggregate whose streams are books: one for each period of a thing.
pub trait Book: Aggregate {
    /// The book of the next period.
    fn next(id: &Self::Id) -> Self::Id;

    /// The event that closes this one. `None` if it is not open, or is not to be closed yet.
    fn closing(&self) -> Option<Self::Event>;

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

/// Why books were not turned. `E` is the store's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError<E> {
    /// The book is not open, or not to be closed yet.
    #[error("{0} is not to be closed")]
    NotClosing(StreamId),
    /// Others wrote meanwhile: do it again.
    #[error("{0} was written to meanwhile: close it again")]
    Overtaken(StreamId),
    /// The next book was opened by somebody else, with something else carried forward.
    #[error("{0} was opened otherwise")]
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

/// Closes the book of a period and opens the next one. Safe to repeat, also after a crash between the two.
///
/// # Errors
///
/// See [`TurnError`].
pub async fn turn<B: Book, S: Sealing>(
    store: &S,
    id: &B::Id,
    context: &Context,
) -> Result<Turned, TurnError<S::Error>> {
    let stream = StreamId::new(B::CATEGORY, &id.to_string())?;
    let (book, at) = closed::<B, S>(store, &stream, context).await?;
    let next = StreamId::new(B::CATEGORY, &B::next(id).to_string())?;
    open(store, &next, &book, &stream, context).await?;
    Ok(Turned { closed: stream, at, opened: next })
}

/// The book as it was closed, now or before.
async fn closed<B: Book, S: Sealing>(
    store: &S,
    stream: &StreamId,
    context: &Context,
) -> Result<(B, Version), TurnError<S::Error>> {
    let events = store.load(stream, Range::all()).await.map_err(LoadError::Store)?.events;
    let mut state = State::<B>::default();
    state.fold(&events)?;
    let not_open = || TurnError::NotClosing(stream.clone());
    if events.last().is_some_and(|last| *last.event.id() == closing_id(stream)) {
        return Ok((state.aggregate, state.version));
    }
    let closing = state.aggregate.closing().ok_or_else(not_open)?;
    let new = new_event(&closing, closing_id(stream), stream, context, events.last())?;
    match store.close(stream, Expected::Exact(state.version), new).await {
        Ok(done) => {
            state.aggregate.evolve(&closing);
            Ok((state.aggregate, done.version))
        }
        Err(AppendError::Conflict { .. }) => Err(TurnError::Overtaken(stream.clone())),
        Err(AppendError::Sealed { .. }) => Err(not_open()),
        Err(error) => Err(TurnError::Append(error)),
    }
}

async fn open<B: Book, S: Sealing>(
    store: &S,
    stream: &StreamId,
    book: &B,
    closed: &StreamId,
    context: &Context,
) -> Result<(), TurnError<S::Error>> {
    // The id comes from the book that was closed: whoever opens the next one, and however often, opens it once.
    let id = EventId::from(format!("{closed}/opened").as_str());
    let new = new_event(&book.opening(), id, closed, context, None)?;
    match store.append(stream, Expected::NoStream, vec![new]).await {
        Ok(_) => Ok(()),
        Err(AppendError::Conflict { .. } | AppendError::Sealed { .. }) => {
            Err(TurnError::OpenedOtherwise(stream.clone()))
        }
        Err(error) => Err(TurnError::Append(error)),
    }
}

fn closing_id(stream: &StreamId) -> EventId {
    EventId::from(format!("{stream}/closed").as_str())
}

/// An event of the books, caused by the closing of one.
fn new_event<E: serde::Serialize, F>(
    event: &E,
    id: EventId,
    closed: &StreamId,
    context: &Context,
    after: Option<&RecordedEvent>,
) -> Result<NewEvent, TurnError<F>> {
    let (kind, data) = encode(event)?;
    let previous = after.map(|last| last.event.meta().recorded_at);
    let meta = Metadata {
        recorded_at: previous.map_or(context.time, |previous| previous.max(context.time)),
        correlation_id: Some(
            context.correlation_id.clone().unwrap_or_else(|| context.command_id.clone()),
        ),
        causation_id: Some(closing_id(closed).to_string()),
        actor: context.actor.clone(),
    };
    Ok(NewEvent::new(id, kind, &data, meta)?)
}

/// The events of several books, one after the other, as one history. Each range is asked of each book, so a time
/// cuts all of them, and a version none but the first.
///
/// # Errors
///
/// A book cannot be loaded.
pub async fn across<B: Book, S: Sealing>(
    store: &S,
    books: &[B::Id],
    at: Option<time::OffsetDateTime>,
) -> Result<Vec<RecordedEvent>, TurnError<S::Error>> {
    let mut events = Vec::new();
    for id in books {
        let stream = StreamId::new(B::CATEGORY, &id.to_string())?;
        let range = at.map_or_else(Range::all, |at| Range::all().at(at));
        events.extend(store.load(&stream, range).await.map_err(LoadError::Store)?.events);
    }
    Ok(events)
}
