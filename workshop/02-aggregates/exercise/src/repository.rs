//! Carries out commands: load, fold, decide, append; and on a conflict fold what was missed and decide
//! again.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use event_store::{
    AppendError, Appended, EventId, EventStore, Expected, InvalidEvent, NewEvent, Range,
    RecordedEvent, SessionToken, StreamId, Version,
};
use tracing::Instrument;

use crate::commands::Span;
use crate::queue::Queues;
use crate::{Aggregate, Context, ExecuteError, Folded, LoadError, Loaded, Outcome, State, States};
use crate::{encode, states};

/// How often a command is decided before it is given up. Four processes that write to one stream without
/// a pause need more than 8 for three commands in a thousand.
const ATTEMPTS: u32 = 12;

/// A command that was overtaken twice waits for up to four times as long, then for up to sixteen times, and
/// from the sixth time on for up to 64 times.
const PAUSE: Duration = Duration::from_millis(10);

/// The aggregates of one kind in a store. Cheap to clone: clones share their queues.
pub struct Repository<S, A, T = Folded<S>> {
    store: Arc<S>,
    states: T,
    queues: Arc<Queues>,
    aggregate: PhantomData<fn() -> A>,
}

/// What came of deciding once.
enum Attempt<E> {
    /// There is nothing to do.
    Satisfied,
    /// The events are in the stream; a duplicate was there before.
    Appended(Vec<E>, Appended),
    /// The stream ends elsewhere, and here is what was missed, if the store could say.
    Conflict { actual: Version, since: Option<Vec<RecordedEvent>> },
}

type Refused<S, A> = ExecuteError<<A as Aggregate>::Error, <S as EventStore>::Error>;

impl<S: EventStore, A: Aggregate> Repository<S, A> {
    /// The aggregates in `store`, folded from their streams.
    #[must_use]
    pub fn new(store: Arc<S>) -> Self {
        let states = Folded::new(Arc::clone(&store));
        Self::with_states(store, states)
    }
}

impl<S: EventStore, A: Aggregate, T: States<A, Error = S::Error>> Repository<S, A, T> {
    /// The aggregates in `store`, with their states from elsewhere.
    #[must_use]
    pub fn with_states(store: Arc<S>, states: T) -> Self {
        Self { store, states, queues: Arc::default(), aggregate: PhantomData }
    }

    /// The store behind the repository.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// How many aggregates this process works on at the moment.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.queues.len()
    }

    /// Carries out a command, or finds that it was carried out before. Commands for one aggregate are
    /// carried out in the order in which they come.
    ///
    /// # Errors
    ///
    /// See [`ExecuteError`]. Unless the store failed, nothing was stored.
    pub async fn execute(
        &self,
        id: &A::Id,
        command: A::Command,
        context: &Context,
    ) -> Result<Outcome<A>, Refused<S, A>> {
        if context.command_id.is_empty() {
            return Err(InvalidEvent::Id(String::new()).into());
        }
        let stream = StreamId::new(A::CATEGORY, id)?;
        let span = context.span(&stream);
        let work = async {
            let _turn = self.queues.turn(&stream).await;
            self.carry_out(&stream, command, context).await
        };
        work.instrument(span).await
    }

    async fn carry_out(
        &self,
        stream: &StreamId,
        command: A::Command,
        context: &Context,
    ) -> Result<Outcome<A>, Refused<S, A>> {
        let mut loaded = self.states.load(stream).await?;
        for attempt in 1..=ATTEMPTS {
            if let Some(done) = loaded.state.commands.find(&context.command_id).cloned() {
                return self.repeat(stream, loaded, done).await;
            }
            let known = loaded.state.version;
            match self.attempt(stream, &loaded.state, command.clone(), context).await {
                Ok(Attempt::Satisfied) | Err(ExecuteError::Rejected(_)) if !loaded.checked => {
                    self.catch_up(stream, &mut loaded, None).await?;
                    loaded.checked = true;
                }
                Ok(Attempt::Satisfied) => return Ok(self.outcome(stream, loaded, vec![], None)),
                Ok(Attempt::Appended(events, appended)) => {
                    loaded.charge += appended.charge;
                    loaded.trips += appended.trips;
                    let span = Span::ending(&context.command_id, appended.version, events.len());
                    // An earlier attempt stored them, and its answer was lost.
                    if appended.duplicate {
                        return self.repeat(stream, loaded, span).await;
                    }
                    loaded.state.carried_out(&events, span, context);
                    return Ok(self.outcome(stream, loaded, events, appended.session));
                }
                // The stream is where it should be: so the ids are in it, and not as we would write them.
                Ok(Attempt::Conflict { actual, .. }) if actual == known => {
                    return Err(ExecuteError::IdTaken { command_id: context.command_id.clone() });
                }
                Ok(Attempt::Conflict { .. }) if attempt == ATTEMPTS => break,
                Ok(Attempt::Conflict { since, .. }) => {
                    loaded.trips += 1;
                    let since = give_way(attempt, since).await;
                    self.catch_up(stream, &mut loaded, since).await?;
                    loaded.checked = true;
                }
                // The events before its end may have a better word for the refusal than the store.
                Err(ExecuteError::Append(AppendError::Sealed { at })) if at > known => {
                    self.catch_up(stream, &mut loaded, None).await?;
                    loaded.checked = true;
                    if loaded.state.version == known {
                        return Err(ExecuteError::Append(AppendError::Sealed { at }));
                    }
                }
                Err(refused) => {
                    self.states.keep(stream, &loaded.state);
                    return Err(refused);
                }
            }
        }
        Err(ExecuteError::Contended { attempts: ATTEMPTS })
    }

    /// Decides, and appends what follows right behind the events that the decision rests on.
    async fn attempt(
        &self,
        stream: &StreamId,
        state: &State<A>,
        command: A::Command,
        context: &Context,
    ) -> Result<Attempt<A::Event>, Refused<S, A>> {
        // step 2
        todo!(
            "step 2: decide on the state and append to {stream} right behind what the state knows"
        )
    }

    /// Brings the state up to date after a conflict: with the events the store told of, or by reading
    /// the tail of the stream.
    async fn catch_up(
        &self,
        stream: &StreamId,
        loaded: &mut Loaded<A>,
        since: Option<Vec<RecordedEvent>>,
    ) -> Result<(), Refused<S, A>> {
        // step 3
        todo!(
            "step 3: fold the events that were missed, after reading them from {stream} if need be"
        )
    }

    /// The outcome of a command that was carried out before. Its events are read again: a repeat is rare.
    async fn repeat(
        &self,
        stream: &StreamId,
        mut loaded: Loaded<A>,
        done: Span,
    ) -> Result<Outcome<A>, Refused<S, A>> {
        if loaded.state.version < done.last {
            self.catch_up(stream, &mut loaded, None).await?;
        }
        let before = Version(done.first.0 - 1);
        let range = Range::after(before).up_to(done.last);
        let slice = self.store.load(stream, range).await.map_err(LoadError::Store)?;
        let events = slice.events.iter().map(states::read).collect::<Result<_, _>>()?;
        loaded.charge += slice.charge;
        loaded.trips += slice.trips;
        let outcome = self.outcome(stream, loaded, events, None);
        Ok(Outcome { version: done.last, repeated: true, ..outcome })
    }

    fn outcome(
        &self,
        stream: &StreamId,
        loaded: Loaded<A>,
        events: Vec<A::Event>,
        session: Option<SessionToken>,
    ) -> Outcome<A> {
        let Loaded { state, charge, trips, .. } = loaded;
        self.states.keep(stream, &state);
        Outcome { version: state.version, state, events, repeated: false, charge, trips, session }
    }
}

impl<S, A, T: Clone> Clone for Repository<S, A, T> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            states: self.states.clone(),
            queues: Arc::clone(&self.queues),
            aggregate: PhantomData,
        }
    }
}

/// The events as the store takes them. Their ids come from the command, so that the same command makes
/// the same ids, however often it is tried.
fn new_events<A: Aggregate, R, E>(
    events: &[A::Event],
    state: &State<A>,
    context: &Context,
) -> Result<Vec<NewEvent>, ExecuteError<R, E>> {
    let mut new = Vec::with_capacity(events.len());
    for (number, event) in events.iter().enumerate() {
        let (kind, data) = encode(event)?;
        let id = EventId::of_command(&context.command_id, number);
        new.push(NewEvent::of_json(id, kind, data, context.metadata(state.recorded_at))?);
    }
    Ok(new)
}

/// Lets the others go first every second time, each writer for another while, or they would meet again.
/// What the store told before is then out of date.
async fn give_way<T>(attempt: u32, since: Option<T>) -> Option<T> {
    if attempt % 2 == 1 {
        return since;
    }
    let longest = PAUSE * 2_u32.pow(attempt.min(6));
    tokio::time::sleep(rand::random_range(Duration::ZERO..=longest)).await;
    None
}
