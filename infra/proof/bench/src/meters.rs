//! Meters with histories: what is folded, decoded and projected.

use aggregates::encode;
use aggregates::meter::Event;
use aggregates::readings::{Day, Reading, end_of_quarter};
use aggregates::registration::{District, MeterId, Registration};
use event_store::{
    EventId, EventStore, Expected, Metadata, NewEvent, RecordedEvent, StreamId, Version,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use time::macros::{date, datetime};
use time::{Date, Duration};

use crate::Failure;

const CODE: &str = "7-11-4";

/// The first day with readings.
const FIRST: Date = date!(2016 - 01 - 01);

/// Events in one append.
const APPEND: usize = 50;

/// Streams that are filled at the same time.
const AT_ONCE: usize = 8;

/// How many readings a day has.
#[derive(Clone, Copy)]
pub enum Size {
    /// All of them: an event of about 5 kB.
    Whole,
    /// Four: where the number of events counts, and not their size.
    Small,
    /// None: wrong codes are tried instead. An event has one short field, as most events have few.
    Attempts,
}

pub fn id(number: u64) -> Result<MeterId, Failure> {
    Ok(MeterId::parse(&(87_000_000 + number).to_string())?)
}

/// The first so many events of a meter: registered, activated, and then a day each, every tenth a correction.
pub fn history(meter: u64, events: usize, size: Size) -> Result<Vec<NewEvent>, Failure> {
    let id = id(meter)?;
    let postal_code = format!("{}01 AB", 10 + meter % 20);
    let registration = Registration::new(id.as_str(), &postal_code, "1", CODE);
    let registration = registration.map_err(|fields| format!("{fields:?}"))?;
    let district = registration.district.clone();
    let mut all = vec![
        Event::MeterRegistered(registration),
        Event::MeterActivated { district: district.clone() },
    ];
    let mut date = FIRST;
    while all.len() < events {
        all.push(match size {
            Size::Attempts => Event::MeterActivationFailed { activation_code: date.to_string() },
            Size::Whole | Size::Small => day(date, all.len(), &district, size),
        });
        date += Duration::days(1);
    }
    all.truncate(events);
    all.iter().enumerate().map(|(number, event)| new(event, meter, number)).collect()
}

fn day(date: Date, number: usize, district: &District, size: Size) -> Event {
    let district = district.clone();
    let readings = readings(date, size);
    if number.is_multiple_of(10) {
        let replaced = readings.clone();
        return Event::MeterReadingsCorrected { date, readings, replaced, district };
    }
    Event::MeterReadingsCollected { date, readings, district }
}

pub fn readings(date: Date, size: Size) -> Vec<Reading> {
    match size {
        Size::Whole => Day::example(date).readings,
        Size::Attempts => vec![],
        Size::Small => (1..=4)
            .map(|quarter| Reading {
                timestamp: end_of_quarter(date, quarter),
                value: u64::from(quarter),
            })
            .collect(),
    }
}

fn new(event: &Event, meter: u64, number: usize) -> Result<NewEvent, Failure> {
    let (kind, data) = encode(event)?;
    let mut meta = Metadata::at(datetime!(2020-05-01 09:00 UTC) + Duration::seconds(1));
    meta.correlation_id = Some(format!("import-{meter}"));
    meta.actor = Some("meter operator".to_owned());
    let id = EventId::of_command(&format!("import-{meter}-{number}"), 0);
    Ok(NewEvent::new(id, kind, &data, meta)?)
}

/// A stream as it is loaded.
pub fn recorded(meter: u64, events: usize, size: Size) -> Result<Vec<RecordedEvent>, Failure> {
    let stream = id(meter)?.stream();
    let place = |(version, event)| RecordedEvent {
        stream: stream.clone(),
        version: Version(version),
        event,
    };
    Ok((1..).zip(history(meter, events, size)?).map(place).collect())
}

/// Appends the histories of meters, several at the same time, until there are so many events.
pub async fn fill<S: EventStore>(
    store: &S,
    meters: std::ops::Range<u64>,
    events: u64,
) -> Result<(), Failure> {
    let each = usize::try_from(events / (meters.end - meters.start))?;
    let fills = meters.map(|meter| async move {
        let stream = id(meter)?.stream();
        let history = history(meter, each, Size::Small)?;
        append(store, &stream, history).await
    });
    stream::iter(fills).buffer_unordered(AT_ONCE).try_collect().await
}

async fn append<S: EventStore>(
    store: &S,
    stream: &StreamId,
    history: Vec<NewEvent>,
) -> Result<(), Failure> {
    let mut version = 0;
    for events in history.chunks(APPEND) {
        let expected = Expected::Exact(Version(version));
        store.append(stream, expected, events.to_vec()).await?;
        version += events.len() as u64;
    }
    Ok(())
}
