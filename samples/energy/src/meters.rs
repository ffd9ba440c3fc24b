//! The meters: carries out commands on them, and reads their histories.

use std::sync::Arc;

use daybook::aggregates::meter::{Command, Event, Meter, Rejection};
use daybook::aggregates::registration::{District, MeterId, Registration};
use daybook::aggregates::{Context, ExecuteError, LoadError, Outcome, Recorded, Repository};
use daybook::event_store::{Charge, EventStore, Range, RecordedEvent, Version};

use crate::view::MeterView;

/// The meters in a store. Cheap to clone.
pub struct Meters<S> {
    repository: Repository<S, Meter>,
}

/// A part of a meter's stream, from its first event on.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The events in our words, in order.
    pub events: Vec<Recorded<Event>>,
    /// The same as they are recorded.
    pub recorded: Vec<RecordedEvent>,
    /// What loading cost.
    pub charge: Charge,
    /// How many requests that took.
    pub trips: u32,
}

impl History {
    /// Where the stream ends, as far as it was loaded.
    #[must_use]
    pub fn version(&self) -> Version {
        self.events.last().map_or(Version::ZERO, |event| event.version)
    }

    /// The meter as these events tell.
    #[must_use]
    pub fn view(&self) -> MeterView {
        MeterView::of(&self.events)
    }
}

impl<S> Clone for Meters<S> {
    fn clone(&self) -> Self {
        Self { repository: self.repository.clone() }
    }
}

impl<S: EventStore> Meters<S> {
    /// The meters in `store`.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self { repository: Repository::new(Arc::new(store)) }
    }

    /// The store behind the meters.
    #[must_use]
    pub fn store(&self) -> &S {
        self.repository.store()
    }

    /// Loads a meter's events; none if there is no such meter.
    ///
    /// # Errors
    ///
    /// The store failed, or an event cannot be read.
    pub async fn load(&self, id: &MeterId, range: Range) -> Result<History, LoadError<S::Error>> {
        let slice = self.store().load(&id.stream(), range).await.map_err(LoadError::Store)?;
        let events = slice.events.iter().map(known).collect::<Result<_, _>>()?;
        Ok(History { events, recorded: slice.events, charge: slice.charge, trips: slice.trips })
    }

    /// Carries out a command, or finds that it was carried out before.
    ///
    /// # Errors
    ///
    /// A rule is against it, its id is taken, or the store failed. Unless the store failed, nothing was
    /// stored.
    pub async fn execute(
        &self,
        id: &MeterId,
        command: Command,
        context: &Context,
    ) -> Result<Outcome<Meter>, ExecuteError<Rejection, S::Error>> {
        let done = self.repository.execute(id, command.clone(), context).await?;
        if done.repeated && !could_lead_to(&done.state.aggregate, &command, &done.events) {
            return Err(ExecuteError::IdTaken { command_id: context.command_id.clone() });
        }
        Ok(done)
    }
}

/// Whether these events may be what a command left when it was carried out first.
///
/// Ids come from strangers here, and one who uses an id for two commands must not be told that the second
/// one is done.
fn could_lead_to(meter: &Meter, command: &Command, events: &[Event]) -> bool {
    match (command, events) {
        (Command::Register(wanted), [Event::MeterRegistered(known)]) => {
            let plain = |one: &Registration| Registration {
                // Not part of what is sent; early events have none.
                district: District::default(),
                ..one.clone()
            };
            plain(wanted) == plain(known)
        }
        (
            Command::Activate { activation_code },
            [Event::MeterActivationFailed { activation_code: tried }],
        ) => activation_code == tried,
        (Command::CollectReadings(day), [Event::MeterReadingsCollected { date, readings, .. }])
        | (Command::CorrectReadings(day), [Event::MeterReadingsCorrected { date, readings, .. }]) => {
            (day.date, &day.readings) == (*date, readings)
        }
        (Command::Activate { activation_code }, [Event::MeterActivated { .. }]) => {
            meter.is_code(activation_code)
        }
        (Command::Deregister, [Event::MeterDeregistered { .. }]) => true,
        _ => false,
    }
}

/// The event in our words. One that has none is refused: a page that left it out would be wrong.
fn known<E>(recorded: &RecordedEvent) -> Result<Recorded<Event>, LoadError<E>> {
    let RecordedEvent { stream, version, event } = recorded;
    let (stream, version) = (stream.clone(), *version);
    match Recorded::decode(recorded) {
        Ok(Some(known)) => Ok(known),
        Ok(None) => Err(LoadError::Unknown { stream, version, kind: event.kind().to_owned() }),
        Err(source) => Err(LoadError::Unreadable { stream, version, source }),
    }
}
