//! Carries out commands on meters: load, fold, decide, append; and on a conflict decide again.

use daybook::event_store::{
    AppendError, Appended, Charge, EventId, EventStore, Expected, InvalidEvent, Metadata, NewEvent,
    Range, RecordedEvent, StoreError, StreamId, Version,
};
use futures::{StreamExt, TryStreamExt, stream};
use time::OffsetDateTime;

use crate::ledger::{Ledger, Price};
use crate::meter::{Command, Event, Meter, Rejection, Unreadable, decide, evolve};
use crate::registration::MeterId;
use crate::store::Store;

/// How often a command is decided before it gives way to the others.
const ATTEMPTS: u32 = 32;

const READS_AT_ONCE: usize = 8;

/// The meters in a store. Cheap to clone if the store is.
#[derive(Clone)]
pub struct Meters<S> {
    store: S,
    ledger: Ledger,
}

/// What belongs to a command rather than to the wish: sent again, it is the same.
#[derive(Debug, Clone)]
pub struct Context {
    /// Names the command: sent twice under one id, it is carried out once.
    pub command_id: String,
    /// When it was given.
    pub time: OffsetDateTime,
}

/// A command that was carried out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What happened, now or when the command was first sent.
    pub events: Vec<Event>,
    /// The version of its last event; if it had none, where the stream ends.
    pub version: Version,
    /// Nothing was stored now: everything was there already.
    pub duplicate: bool,
    /// What loading and appending cost together.
    pub charge: Charge,
    /// How many requests that took.
    pub trips: u32,
}

/// An event as it stands in the books.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its name.
    pub id: EventId,
    /// Its place in the stream.
    pub version: Version,
    /// The command's time, never below that of the event before.
    pub recorded_at: OffsetDateTime,
    /// What happened.
    pub event: Event,
}

/// A part of a meter's stream, from its first event on.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The events, in order.
    pub events: Vec<Recorded>,
    /// What loading cost.
    pub charge: Charge,
    /// How many requests that took.
    pub trips: u32,
}

/// Why nothing can be said about a meter.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] E),
    /// The books hold something that this program does not understand.
    #[error("{stream} cannot be read at version {version}")]
    Unreadable {
        /// The stream.
        stream: StreamId,
        /// The event's place.
        version: Version,
        /// What is wrong with it.
        source: Unreadable,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError<E> {
    /// A rule is against it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Another command was carried out under this id.
    #[error("the command id was used for another command on this meter")]
    IdTaken,
    /// The events cannot be stored as they are.
    #[error(transparent)]
    Invalid(#[from] InvalidEvent),
    /// The meter could not be read.
    #[error(transparent)]
    Read(#[from] ReadError<E>),
    /// The store did not take the events.
    #[error("the events were not stored")]
    Append(#[source] AppendError<E>),
}

impl History {
    /// Where the stream ends, as far as it was loaded.
    #[must_use]
    pub fn version(&self) -> Version {
        self.events.last().map_or(Version::ZERO, |event| event.version)
    }

    /// The meter as these events tell.
    #[must_use]
    pub fn fold(&self) -> Meter {
        fold(&self.events)
    }
}

/// The meter as these events tell.
#[must_use]
pub fn fold(events: &[Recorded]) -> Meter {
    let mut meter = Meter::default();
    for recorded in events {
        evolve(&mut meter, &recorded.event);
    }
    meter
}

impl<S: EventStore> Meters<S> {
    /// The meters in `store`; what happens is told to `ledger`.
    #[must_use]
    pub fn new(store: S, ledger: Ledger) -> Self {
        Self { store, ledger }
    }

    /// The store behind the meters.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Loads a meter's events; none if there is no such meter.
    ///
    /// # Errors
    ///
    /// The store failed, or an event cannot be read.
    pub async fn load(&self, id: &MeterId, range: Range) -> Result<History, ReadError<S::Error>> {
        let slice = self.store.load(&id.stream(), range).await.map_err(ReadError::Store)?;
        let events = recorded(slice.events)?;
        Ok(History { events, charge: slice.charge, trips: slice.trips })
    }

    /// Carries out a command, or finds that it was carried out before.
    ///
    /// # Errors
    ///
    /// A rule is against it, its id is taken, or the store failed. Then nothing was stored.
    pub async fn execute(
        &self,
        id: &MeterId,
        command: Command,
        context: &Context,
    ) -> Result<Outcome, CommandError<S::Error>> {
        let mut history = self.load(id, Range::all()).await?;
        let mut attempts = 1;
        loop {
            if let Some(done) = earlier(&history, &command, context)? {
                return Ok(done);
            }
            let events = decide(&history.fold(), command.clone())?;
            if events.is_empty() {
                return Ok(nothing_to_do(&history));
            }
            match self.append(id, &history, &events, context).await? {
                Ok(done) if !done.duplicate => return Ok(outcome(&history, events, &done)),
                // An earlier attempt was stored after all: the answer is in the stream.
                Ok(_) => history = self.load(id, Range::all()).await?,
                Err(AppendError::Conflict { since, .. }) if attempts < ATTEMPTS => {
                    attempts += 1;
                    self.catch_up(id, &mut history, since).await?;
                }
                Err(error) => return Err(CommandError::Append(error)),
            }
        }
    }

    /// The outer result is about the events, the inner one about the store.
    async fn append(
        &self,
        id: &MeterId,
        history: &History,
        events: &[Event],
        context: &Context,
    ) -> Result<Result<Appended, AppendError<S::Error>>, InvalidEvent> {
        let stored = entries(history, events, context);
        let new = stored.iter().map(|entry| new_event(entry, context));
        let new = new.collect::<Result<Vec<_>, _>>()?;
        let expected = Expected::Exact(history.version());
        let appended = self.store.append(&id.stream(), expected, new).await;
        if let Ok(done) = &appended
            && !done.duplicate
        {
            let price = Price { charge: done.charge, trips: done.trips, events: stored.len() };
            self.ledger.enter(&id.stream(), &stored, price);
        }
        Ok(appended)
    }

    /// Adds what was missed: as the store told it, or by reading the tail.
    async fn catch_up(
        &self,
        id: &MeterId,
        history: &mut History,
        since: Option<Vec<RecordedEvent>>,
    ) -> Result<(), ReadError<S::Error>> {
        history.trips += 1;
        if let Some(missed) = since {
            history.events.extend(recorded(missed)?);
            return Ok(());
        }
        let tail = self.load(id, Range::after(history.version())).await?;
        history.events.extend(tail.events);
        history.charge += tail.charge;
        history.trips += tail.trips;
        Ok(())
    }
}

impl Meters<Store> {
    /// Every meter with all its events, by id. It reads as many streams as there are meters: the price of
    /// having no view of them.
    ///
    /// # Errors
    ///
    /// The store failed, or an event cannot be read.
    pub async fn all(&self) -> Result<Vec<(MeterId, History)>, ReadError<StoreError>> {
        let streams = self.store.meters().await.map_err(ReadError::Store)?;
        let ids = streams.iter().filter_map(|stream| MeterId::parse(stream.id()).ok());
        let ids: Vec<_> = ids.collect();
        let loads = ids.into_iter().map(|id| async move {
            let history = self.load(&id, Range::all()).await?;
            Ok((id, history))
        });
        stream::iter(loads).buffered(READS_AT_ONCE).try_collect().await
    }
}

/// The outcome of the command if it was carried out before.
///
/// A decision is a function of state and command, so the same command on the same state must give
/// the events that are in the books; if it does not, its id belongs to another command.
fn earlier<E>(
    history: &History,
    command: &Command,
    context: &Context,
) -> Result<Option<Outcome>, CommandError<E>> {
    let first = EventId::of_command(&context.command_id, 0);
    let Some(start) = history.events.iter().position(|recorded| recorded.id == first) else {
        return Ok(None);
    };
    let (before, from) = history.events.split_at(start);
    let events = decide(&fold(before), command.clone()).unwrap_or_default();
    let stored = from.iter().take(events.len());
    match stored.clone().next_back() {
        Some(last) if stored.map(|recorded| &recorded.event).eq(&events) => {
            Ok(Some(Outcome { version: last.version, events, ..nothing_to_do(history) }))
        }
        _ => Err(CommandError::IdTaken),
    }
}

/// The events as they will stand in the books.
fn entries(history: &History, events: &[Event], context: &Context) -> Vec<Recorded> {
    let previous = history.events.last().map_or(context.time, |last| last.recorded_at);
    let entry = |(number, event): (usize, &Event)| Recorded {
        id: EventId::of_command(&context.command_id, number),
        version: history.version().plus(number + 1),
        recorded_at: context.time.max(previous),
        event: event.clone(),
    };
    events.iter().enumerate().map(entry).collect()
}

fn new_event(entry: &Recorded, context: &Context) -> Result<NewEvent, InvalidEvent> {
    let correlation_id = Some(context.command_id.clone());
    let meta = Metadata { correlation_id, ..Metadata::at(entry.recorded_at) };
    NewEvent::new(entry.id.clone(), entry.event.kind(), &entry.event, meta)
}

fn nothing_to_do(history: &History) -> Outcome {
    let (charge, trips) = (history.charge, history.trips);
    Outcome { events: vec![], version: history.version(), duplicate: true, charge, trips }
}

fn outcome(history: &History, events: Vec<Event>, appended: &Appended) -> Outcome {
    Outcome {
        events,
        version: appended.version,
        duplicate: false,
        charge: history.charge + appended.charge,
        trips: history.trips + appended.trips,
    }
}

fn recorded<E>(events: Vec<RecordedEvent>) -> Result<Vec<Recorded>, ReadError<E>> {
    let decode = |RecordedEvent { stream, version, event }: RecordedEvent| match Event::decode(
        event.kind(),
        event.data(),
    ) {
        Ok(decoded) => Ok(Recorded {
            id: event.id().clone(),
            version,
            recorded_at: event.meta().recorded_at,
            event: decoded,
        }),
        Err(source) => Err(ReadError::Unreadable { stream, version, source }),
    };
    events.into_iter().map(decode).collect()
}
