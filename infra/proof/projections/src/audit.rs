//! Compares streams with the book of the writers, and views with the streams.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aggregates::{Recorded, meter};
use event_store::{EventStore as _, Range, RecordedEvent, StreamId};
use projections::{
    Cut, Documents as _, Feed as _, HashRange, Lease, Stored, ViewDocument, lag, view_id,
};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::timeout;

use crate::energy_views::{Expected, Sourced, expected};
use crate::{Book, Place};

/// How long workers may take to come to the end of the feed.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);

type Text = Box<RawValue>;

/// What was found to be right.
#[derive(Debug)]
pub struct Audit {
    /// Events in all streams.
    pub events: usize,
    /// Views of all projections.
    pub views: usize,
    /// Pages of all projections.
    pub pages: u64,
}

/// The leases of a projection, with the ranges of the feed.
struct Leases {
    ranges: Vec<HashRange>,
    leases: Vec<Lease>,
}

/// Waits until every lease of every projection is at the end of the feed and has finished its last page.
///
/// # Panics
///
/// That takes too long.
pub async fn caught_up(place: &Place) {
    for projection in energy::projecting::NAMES {
        caught_up_with(place, projection).await;
    }
}

/// The same for one projection.
///
/// # Panics
///
/// That takes too long.
pub async fn caught_up_with(place: &Place, projection: &str) {
    let caught_up = async {
        while !is_caught_up(place, projection).await {
            tokio::time::sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, caught_up).await.expect("the workers come to the end of the feed in time");
}

async fn is_caught_up(place: &Place, projection: &str) -> bool {
    let Some(Leases { ranges, leases }) = leases(place, projection).await else {
        return false;
    };
    for lease in &leases {
        if !lease.pending.is_empty()
            || !lag(&place.feed, lease).await.is_ok_and(|lag| lag.is_none())
        {
            return false;
        }
    }
    leases.len() == ranges.len()
}

/// Who holds the leases, by projection.
pub async fn lease_owners(place: &Place) -> BTreeMap<&'static str, Vec<Option<String>>> {
    let mut owners = BTreeMap::new();
    for projection in energy::projecting::NAMES {
        let found = leases(place, projection).await;
        let held = found.map(|found| found.leases.into_iter().map(|lease| lease.owner).collect());
        owners.insert(projection, held.unwrap_or_default());
    }
    owners
}

async fn leases(place: &Place, projection: &str) -> Option<Leases> {
    let cut: Stored<Cut> = place.leases.read(&format!("{projection}@1")).await.ok()??;
    let mut leases = Vec::new();
    for id in cut.document.lease_ids() {
        let lease: Stored<Lease> = place.leases.read(&id).await.ok()??;
        leases.push(lease.document);
    }
    Some(Leases { ranges: cut.document.ranges, leases })
}

impl Audit {
    /// Compares everything, once the workers have [caught up](caught_up).
    ///
    /// # Panics
    ///
    /// Something is lost, doubled or otherwise not as it should be.
    pub async fn of(place: &Place, book: &Book) -> Self {
        let events = streams(place, book).await;
        let mut audit = Self { events: events.len(), views: 0, pages: 0 };
        for expected in expected(&events) {
            let found = leases(place, expected.projection).await.expect("the projection ran");
            audit.views += views(place, &expected, &found).await;
            audit.pages += found.leases.iter().map(|lease| lease.page).sum::<u64>();
        }
        audit
    }
}

/// All events, those of each stream in order, after a comparison with what was acknowledged.
async fn streams(place: &Place, book: &Book) -> Vec<RecordedEvent> {
    let streams: BTreeSet<&StreamId> = book.events.keys().map(|(stream, _)| stream).collect();
    let mut all = Vec::new();
    for stream in streams {
        let slice = place.store.load(stream, Range::all()).await.expect("the store answers");
        let versions: Vec<_> = slice.events.iter().map(|event| event.version.0).collect();
        let gapless: Vec<_> = (1..=versions.len() as u64).collect();
        assert_eq!(versions, gapless, "the versions of {stream}");
        all.extend(slice.events);
    }
    let read = |event: &RecordedEvent| {
        let read: Recorded<meter::Event> = Recorded::decode(event).ok()??;
        Some(((read.stream, read.id), read.event))
    };
    let stored: BTreeMap<_, _> = all.iter().filter_map(read).collect();
    assert_eq!(stored.len(), all.len(), "no event is there twice");
    assert!(stored == book.events, "the streams hold what was acknowledged and nothing else");
    all
}

/// Compares the views of a projection and answers how many there are.
async fn views(place: &Place, expected: &Expected, leases: &Leases) -> usize {
    let name = format!("{}@1", expected.projection);
    let ids = place.views.ids(&format!("{name}:")).await.expect("the views answer");
    let ids: BTreeSet<_> = ids.into_iter().collect();
    let wanted = expected.views.keys().map(|key| view_id(&name, &key.as_str().into()));
    assert_eq!(ids, wanted.collect(), "the keys of {name}");
    for (key, view) in &expected.views {
        let id = view_id(&name, &key.as_str().into());
        let found: Option<Stored<ViewDocument<Text>>> = place.views.read(&id).await.expect("read");
        let found = found.expect("it was listed").document;
        assert_eq!(found.parked, None, "{id}");
        let stored = found.view.as_deref().map_or("null", RawValue::get);
        match expected.sourced {
            Sourced::OneStream => assert_eq!(stored, view, "{id}"),
            Sourced::ManyStreams => assert_eq!(value(stored), value(view), "{id}"),
        }
        let from = from(place, &expected.streams[key], leases).await;
        let noted: BTreeSet<_> = found.checkpoint.keys().cloned().collect();
        assert_eq!(noted, from, "{id} knows pages of the leases that its streams belong to");
        for lease in &leases.leases {
            let page = found.checkpoint.get(lease.name()).copied().unwrap_or_default();
            assert!(page <= lease.page, "{id} is at page {page}, its lease at {}", lease.page);
        }
    }
    ids.len()
}

/// The leases that streams belong to.
async fn from(place: &Place, streams: &BTreeSet<StreamId>, leases: &Leases) -> BTreeSet<String> {
    let mut from = BTreeSet::new();
    for stream in streams {
        for (range, lease) in leases.ranges.iter().zip(&leases.leases) {
            if place.feed.holds(range, stream).await.expect("it is computed") {
                from.insert(lease.name().to_owned());
            }
        }
    }
    from
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}
