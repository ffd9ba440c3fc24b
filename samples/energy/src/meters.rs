//! The meters: carries out commands on them, and reads their histories.

use std::sync::Arc;

use daybook::aggregates::meter::{Command, Event};
use daybook::aggregates::registration::{District, MeterId, Registration};
use daybook::aggregates::{
    CodecError, Context, ExecuteError, LoadError, Outcome, Recorded, Repository,
};
use daybook::event_store::{Charge, EventId, Range, RecordedEvent, Version};
use daybook::gdpr::meter::{self as sealed, Meter, Rejection};
use daybook::gdpr::{KeyError, OpenError, Opened, Personal, Ring, Seal, Subject};

use crate::store::Keyed;
use crate::view::MeterView;

/// The meters in a store. Cheap to clone.
///
/// This is the door: what comes in plain is sealed here, and what those see who may is opened here. Behind it
/// nothing of a person is ever plain.
pub struct Meters<S> {
    repository: Repository<S, Meter>,
}

/// A part of a meter's stream, from its first event on.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The events in our words, in order, opened: what was erased reads so.
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

/// Why a meter is not read, or a command not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure<E: std::error::Error + 'static> {
    /// The command was refused, or the store failed.
    #[error("the command was not carried out")]
    Execute(#[source] Box<ExecuteError<Rejection, E>>),
    /// The meter cannot be loaded.
    #[error("the meter cannot be loaded")]
    Load(#[source] LoadError<E>),
    /// There is no getting at its owner's key.
    #[error("the key of the meter's owner cannot be had")]
    Keys(#[source] KeyError),
    /// A field of it cannot be opened.
    #[error("a field of the meter cannot be opened")]
    Open(#[source] OpenError),
}

impl<S: Keyed> Meters<S> {
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
    /// The store failed, or an event cannot be read or opened.
    pub async fn load(&self, id: &MeterId, range: Range) -> Result<History, Failure<S::Error>> {
        let slice = self.store().load(&id.stream(), range).await;
        let slice = slice.map_err(|error| Failure::Load(LoadError::Store(error)))?;
        let ring = self.ring(id).await?;
        let open = |it| known(it).map_err(Failure::Load).and_then(|it| opened(it, &ring));
        let events = slice.events.iter().map(open).collect::<Result<_, _>>()?;
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
    ) -> Result<Outcome<Meter>, Failure<S::Error>> {
        let sealed = self.sealed(id, command.clone(), context).await?;
        let done = self.repository.execute(id, sealed, context).await?;
        if done.repeated {
            let ring = self.ring(id).await?;
            if !could_lead_to(&done.state.aggregate, &command, &done.events, &ring)? {
                let command_id = context.command_id.clone();
                return Err(ExecuteError::IdTaken { command_id }.into());
            }
        }
        Ok(done)
    }

    /// The command with what it says of a person sealed, for the first event that it will lead to.
    async fn sealed(
        &self,
        id: &MeterId,
        command: Command,
        context: &Context,
    ) -> Result<sealed::Command, Failure<S::Error>> {
        Ok(match command {
            Command::Register(plain) => {
                let seal = self.seal(id, context).await?;
                sealed::Command::Register(sealed::Registration::seal(&plain, &seal).map_err(json)?)
            }
            Command::Activate { activation_code } => {
                let seal = self.seal(id, context).await?;
                let activation_code = seal.field("activation_code", &activation_code);
                let ring = self.ring(id).await?;
                sealed::Command::Activate { activation_code: activation_code.map_err(json)?, ring }
            }
            Command::CollectReadings(day) => sealed::Command::CollectReadings(day),
            Command::CorrectReadings(day) => sealed::Command::CorrectReadings(day),
            Command::Deregister => sealed::Command::Deregister,
        })
    }

    async fn seal(&self, id: &MeterId, context: &Context) -> Result<Seal, Failure<S::Error>> {
        let subject = Subject::of(&id.stream());
        let key = match self.store().keys().for_sealing(&subject).await {
            Err(KeyError::Erased { .. }) => {
                return Err(ExecuteError::Rejected(Rejection::Forgotten).into());
            }
            key => key.map_err(Failure::Keys)?,
        };
        Ok(Seal::new(subject, key, id.stream(), EventId::of_command(&context.command_id, 0)))
    }

    /// The key of a meter's owner, in hand.
    async fn ring(&self, id: &MeterId) -> Result<Ring, Failure<S::Error>> {
        let ring = self.store().keys().ring([Subject::of(&id.stream())]).await;
        ring.map_err(Failure::Keys)
    }
}

impl<E: std::error::Error + 'static> From<ExecuteError<Rejection, E>> for Failure<E> {
    fn from(error: ExecuteError<Rejection, E>) -> Self {
        Self::Execute(Box::new(error))
    }
}

/// A text that has no JSON form: there is none.
fn json<E: std::error::Error + 'static>(source: serde_json::Error) -> Failure<E> {
    let kind = "MeterRegistered".to_owned();
    ExecuteError::Codec(CodecError::Data { kind, source }).into()
}

/// Whether these events may be what a command left when it was carried out first.
///
/// Ids come from strangers here, and one who uses an id for two commands must not be told that the second
/// one is done.
fn could_lead_to<E: std::error::Error + 'static>(
    meter: &Meter,
    command: &Command,
    events: &[sealed::Event],
    ring: &Ring,
) -> Result<bool, Failure<E>> {
    Ok(match (command, events) {
        (Command::Register(wanted), [sealed::Event::MeterRegistered(known)]) => {
            let plain = |one: Registration| Registration {
                // Not part of what is sent; early events have none.
                district: District::default(),
                ..one
            };
            plain(wanted.clone()) == plain(registration(known, ring)?)
        }
        (
            Command::Activate { activation_code },
            [sealed::Event::MeterActivationFailed { activation_code: tried }],
        ) => *activation_code == text(tried, ring)?,
        (
            Command::CollectReadings(day),
            [sealed::Event::MeterReadingsCollected { date, readings, .. }],
        )
        | (
            Command::CorrectReadings(day),
            [sealed::Event::MeterReadingsCorrected { date, readings, .. }],
        ) => (day.date, &day.readings) == (*date, readings),
        (Command::Activate { activation_code }, [sealed::Event::MeterActivated { .. }]) => {
            meter.is_code(activation_code, ring).map_err(Failure::Open)?
        }
        (Command::Deregister, [sealed::Event::MeterDeregistered { .. }]) => true,
        _ => false,
    })
}

/// The event in our words. One that has none is refused: a page that left it out would be wrong.
fn known<E>(recorded: &RecordedEvent) -> Result<Recorded<sealed::Event>, LoadError<E>> {
    let RecordedEvent { stream, version, event } = recorded;
    let (stream, version) = (stream.clone(), *version);
    match Recorded::decode(recorded) {
        Ok(Some(known)) => Ok(known),
        Ok(None) => Err(LoadError::Unknown { stream, version, kind: event.kind().to_owned() }),
        Err(source) => Err(LoadError::Unreadable { stream, version, source }),
    }
}

/// The event as those see it who may.
fn opened<E: std::error::Error + 'static>(
    recorded: Recorded<sealed::Event>,
    ring: &Ring,
) -> Result<Recorded<Event>, Failure<E>> {
    let Recorded { stream, version, id, meta, event } = recorded;
    let event = match &event {
        sealed::Event::MeterRegistered(known) => Event::MeterRegistered(registration(known, ring)?),
        sealed::Event::MeterActivationFailed { activation_code } => {
            Event::MeterActivationFailed { activation_code: text(activation_code, ring)? }
        }
        other => other.without_person(),
    };
    Ok(Recorded { stream, version, id, meta, event })
}

fn registration<E: std::error::Error + 'static>(
    known: &sealed::Registration,
    ring: &Ring,
) -> Result<Registration, Failure<E>> {
    Ok(Registration {
        meter_id: known.meter_id.clone(),
        postal_code: text(&known.postal_code, ring)?,
        house_number: text(&known.house_number, ring)?,
        activation_code: text(&known.activation_code, ring)?,
        district: known.district.clone(),
    })
}

/// The text, or `Erased`.
fn text<E: std::error::Error + 'static>(
    personal: &Personal<String>,
    ring: &Ring,
) -> Result<String, Failure<E>> {
    let opened: Opened<String> = ring.open(personal).map_err(Failure::Open)?;
    Ok(opened.to_string())
}
