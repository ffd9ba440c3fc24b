//! Where does somebody try codes? For a security officer, who is to see when and how often, and not what.

use daybook::aggregates::Recorded;
use daybook::aggregates::meter::Event;
use daybook::projections::{Projection, ViewKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// So many attempts are kept with their time, the latest ones.
const KEPT: usize = 20;

/// A view for each meter at which a wrong code was tried.
#[derive(Debug)]
pub struct ActivationFailures;

/// Attempts to activate a meter with a wrong code.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedActivations {
    /// The meter.
    pub meter: String,
    /// How many there were.
    pub attempts: u64,
    /// When the latest of them were, in order.
    pub latest: Vec<Attempt>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its place in the meter's stream.
    pub version: u64,
    /// When it was.
    #[serde(with = "daybook::event_store::timestamp")]
    pub at: OffsetDateTime,
    /// Who did it, if that is known.
    pub actor: Option<String>,
}

impl Projection for ActivationFailures {
    const NAME: &'static str = "failures";
    const VERSION: u32 = 1;
    type Event = Event;
    type View = FailedActivations;

    fn keys(event: &Recorded<Event>) -> Vec<ViewKey> {
        match event.event {
            Event::MeterActivationFailed { .. } => vec![event.stream.id().into()],
            _ => vec![],
        }
    }

    fn apply(view: &mut Option<FailedActivations>, event: &Recorded<Event>) {
        let view = view.get_or_insert_default();
        event.stream.id().clone_into(&mut view.meter);
        view.attempts += 1;
        let (version, at) = (event.version.0, event.meta.recorded_at);
        view.latest.push(Attempt { version, at, actor: event.meta.actor.clone() });
        if view.latest.len() > KEPT {
            view.latest.remove(0);
        }
    }
}
