//! A stream: its documents, and what they say, now or then.

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use daybook::event_store::{
    Charge, Documents, Range, RecordedEvent, Slice, StoredDocument, StreamId, Version,
};
use serde::Deserialize;
use time::OffsetDateTime;

use super::html;
use crate::parts::{EventRow, StateCard, Travel};
use crate::{AsOf, Category, Cockpit, Documented, Frame, Problem, StreamList, when};

/// How many documents a page shows, and how many of those lie after where the reader stands.
const PAGE: u32 = 50;
const AHEAD: u64 = 5;

#[derive(Template)]
#[template(path = "stream.html")]
struct StreamPage<'a> {
    frame: Frame<'a>,
    stream: &'a StreamId,
    /// What the thing is called, and its own page.
    thing: Option<[String; 2]>,
    /// Where the reader stands; none in a stream without events.
    here: Option<Version>,
    past: bool,
    travel: Option<Travel>,
    state: Option<StateCard>,
    rows: Vec<EventRow>,
    newer: Option<String>,
    older: Option<String>,
    price: String,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<u64>,
}

/// Where a reader stands in a stream, and where it ends.
struct Standpoint {
    here: RecordedEvent,
    head: Version,
}

/// What reading cost so far.
#[derive(Default)]
struct Spent {
    charge: Charge,
    trips: u32,
}

/// `GET /cockpit/streams/{stream}`: newest first, a page at a time, as of a version or a time.
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Before>, QueryRejection>,
    as_of: AsOf,
) -> Result<Response, Problem> {
    let stream: StreamId = path?.0.parse()?;
    let before = query?.0.before.map(Version);
    let mut spent = Spent::default();
    let known = cockpit.categories.of(&stream);
    let place = standpoint(&cockpit.store, &stream, as_of, &mut spent).await?;
    let documents = documents(&cockpit.store, &stream, place.as_ref(), before, &mut spent).await?;
    if documents.is_empty() {
        return Err(Problem::not_found(format!("stream {stream} has no events here")));
    }
    let state = match (known, &place) {
        (Some(known), Some(place)) => {
            state(&cockpit.store, &stream, known, place, &mut spent).await?
        }
        _ => None,
    };
    let [newer, older] = neighbours(&stream, place.as_ref(), &documents);
    html(&StreamPage {
        frame: Frame::to_read(&cockpit.site),
        thing: known.map(|known| {
            let version = place.as_ref().map_or(Version::ZERO, |place| place.here.version);
            [(known.title)(&stream), (known.page)(&stream, version)]
        }),
        here: place.as_ref().map(|place| place.here.version),
        past: place.as_ref().is_some_and(|place| place.here.version != place.head),
        travel: place.as_ref().map(|place| travel(&stream, place)),
        state,
        rows: rows(&cockpit, &documents, place.as_ref()),
        newer,
        older,
        price: cockpit.ledger.say(spent.charge, spent.trips),
        stream: &stream,
    })
}

/// Finds the end of the stream, and the event that was the last one then. None: no events are left.
async fn standpoint<S: Documented>(
    store: &S,
    stream: &StreamId,
    as_of: AsOf,
    spent: &mut Spent,
) -> Result<Option<Standpoint>, Problem> {
    let last = |range: Range| store.load(stream, range.backward().limit(1));
    let Some(newest) = spent.on(last(Range::all()).await?).pop() else {
        return Ok(None);
    };
    let head = newest.version;
    let here = match as_of {
        AsOf::Now => newest,
        AsOf::Version(asked) if asked > head => {
            let detail = format!("the stream is at version {head}: there is no version {asked}");
            return Err(Problem::not_found(detail));
        }
        AsOf::Version(_) | AsOf::Time(_) => {
            spent.on(last(as_of.range()).await?).pop().ok_or_else(|| never(stream, as_of))?
        }
    };
    Ok(Some(Standpoint { here, head }))
}

fn never(stream: &StreamId, as_of: AsOf) -> Problem {
    let when = match as_of {
        AsOf::Time(time) => format!("at {}", when::iso(time)),
        AsOf::Version(version) => format!("at version {version}"),
        AsOf::Now => "yet".to_owned(),
    };
    Problem::not_found(format!("stream {stream} had no events {when}"))
}

/// The documents around where the reader stands, newest first.
async fn documents<S: Documented>(
    store: &S,
    stream: &StreamId,
    place: Option<&Standpoint>,
    before: Option<Version>,
    spent: &mut Spent,
) -> Result<Vec<StoredDocument>, Problem> {
    let range = Range::all().backward().limit(PAGE);
    let range = match (before, place) {
        (Some(before), _) => range.up_to(Version(before.0.saturating_sub(1))),
        (None, Some(Standpoint { here, head })) if here.version.0 + AHEAD < head.0 => {
            range.up_to(Version(here.version.0 + AHEAD))
        }
        // To the end, where the store's own documents are.
        _ => range,
    };
    let Documents { documents, charge, trips } = store.documents(stream, range).await?;
    spent.add(charge, trips);
    Ok(documents)
}

/// The thing as it was then: all its events up to there, folded.
async fn state<S: Documented>(
    store: &S,
    stream: &StreamId,
    known: &Category,
    place: &Standpoint,
    spent: &mut Spent,
) -> Result<Option<StateCard>, Problem> {
    let events = store.load(stream, Range::all().up_to(place.here.version)).await?;
    Ok(StateCard::new(known, &spent.on(events), place.head))
}

fn rows<S, L>(
    cockpit: &Cockpit<S, L>,
    documents: &[StoredDocument],
    place: Option<&Standpoint>,
) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let row = |stored: &StoredDocument| {
        let RecordedEvent { stream, version, .. } = &stored.event;
        let row = EventRow::stored(stored, cockpit.categories, now)
            .leading_to(format!("{}?version={version}", address(stream)));
        let row = match cockpit.ledger.price(stream, *version) {
            Some(price) => row.priced(cockpit.ledger.say_price(price)),
            None => row,
        };
        match place {
            Some(place) => row.seen_from(place.here.version),
            None => row,
        }
    };
    documents.iter().map(row).collect()
}

fn travel(stream: &StreamId, place: &Standpoint) -> Travel {
    let recorded_at = place.here.event.meta().recorded_at;
    Travel::new(address(stream), "the stream", [place.here.version, place.head], recorded_at)
}

/// The pages with newer and with older documents than these.
fn neighbours(
    stream: &StreamId,
    place: Option<&Standpoint>,
    documents: &[StoredDocument],
) -> [Option<String>; 2] {
    let Some(place) = place else {
        return [None, None];
    };
    let page = |before: u64| {
        let version = match place.here.version {
            version if version == place.head => String::new(),
            version => format!("version={version}&"),
        };
        format!("{}?{version}before={before}", address(stream))
    };
    let first = documents.first().map_or(0, |one| one.event.version.0);
    let last = documents.last().map_or(0, |one| one.event.version.0);
    let newer = (first < place.head.0).then(|| page(first + u64::from(PAGE) + 1));
    [newer, (last > 1).then(|| page(last))]
}

fn address(stream: &StreamId) -> String {
    format!("/cockpit/streams/{stream}")
}

impl Spent {
    fn on(&mut self, slice: Slice) -> Vec<RecordedEvent> {
        self.add(slice.charge, slice.trips);
        slice.events
    }

    fn add(&mut self, charge: Charge, trips: u32) {
        self.charge += charge;
        self.trips += trips;
    }
}
