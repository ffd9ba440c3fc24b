//! The projections of the energy sample: run, and folded from the events as they are meant.

use std::collections::{BTreeMap, BTreeSet};

use aggregates::Recorded;
use energy::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};
use event_store::{EventStore, RecordedEvent, StreamId};
use projections::{Documents, Feed, Options, Projection, Projector, Sources, Streams, Wake};

/// Whether a view is made of one stream or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sourced {
    /// Its events come in one order, so it is the same to the byte.
    OneStream,
    /// It may have seen its streams interleaved in another way: it is the same by value.
    ManyStreams,
}

/// The views that the events of all streams add up to.
pub struct Expected {
    /// The projection.
    pub projection: &'static str,
    /// How they are compared.
    pub sourced: Sourced,
    /// By key, the view as JSON.
    pub views: BTreeMap<String, String>,
    /// By key, the streams it is made of.
    pub streams: BTreeMap<String, BTreeSet<StreamId>>,
}

/// Runs all projections of the sample.
#[must_use]
pub fn project<S: EventStore + 'static, F: Feed, D: Documents>(
    sources: Sources<S, F, D>,
    views: D,
    options: Options,
) -> Projector<S, F, D> {
    Projector::new(sources, views, Wake::default(), options)
        .with::<Streams>()
        .with::<MeterStates>()
        .with::<DailyTotalsByWeek>()
        .with::<TotalActivated>()
        .with::<Districts>()
        .with::<ActivationFailures>()
}

/// Folds events, those of each stream in order.
#[must_use]
pub fn expected(events: &[RecordedEvent]) -> Vec<Expected> {
    use Sourced::{ManyStreams, OneStream};
    let all = vec![
        fold::<Streams>(OneStream, events),
        fold::<MeterStates>(OneStream, events),
        fold::<DailyTotalsByWeek>(OneStream, events),
        fold::<TotalActivated>(ManyStreams, events),
        fold::<Districts>(ManyStreams, events),
        fold::<ActivationFailures>(OneStream, events),
    ];
    let names: Vec<_> = all.iter().map(|expected| expected.projection).collect();
    assert_eq!(names, energy::projecting::NAMES, "these are all that the sample runs");
    all
}

fn fold<P: Projection>(sourced: Sourced, events: &[RecordedEvent]) -> Expected {
    let mut views = BTreeMap::<String, Option<P::View>>::new();
    let mut streams = BTreeMap::<_, BTreeSet<_>>::new();
    for event in events {
        let known: Option<Recorded<P::Event>> = Recorded::decode(event).expect("we wrote it");
        let Some(event) = known else {
            continue;
        };
        for key in P::keys(&event) {
            P::apply(views.entry(key.to_string()).or_default(), &event);
            streams.entry(key.to_string()).or_default().insert(event.stream.clone());
        }
    }
    let text = |view| serde_json::to_string(view).expect("views can be written");
    let views = views.iter().map(|(key, view)| (key.clone(), text(view))).collect();
    Expected { projection: P::NAME, sourced, views, streams }
}
