//! Replaying a stream against parsing its payloads, and the codec against what serde offers by itself.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aggregates::meter::{Event, Meter};
use aggregates::readings::Reading;
use aggregates::registration::{District, Registration};
use aggregates::{LoadError, Recorded, State};
use event_store::{
    EventDocument, EventMeta, RecordedEvent, StoreError, StreamId, Version, document,
};
use serde::Deserialize;
use time::Date;

use crate::figures::{median, thousands};
use crate::meters::{Size, recorded};
use crate::{Extent, Failure, table};

/// Of the speed of a bare parser, a replay keeps at least this.
const REPLAY: f64 = 0.8;

/// The codec is so many times as fast as a flattened, adjacently tagged enum, where it is the codec that counts:
/// with days of readings most of the time goes into parsing their timestamps, whichever way they are reached.
const CODEC: f64 = 3.0;

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// The content of the events with readings, for those who know what they will find.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be parsed")]
struct Day {
    #[serde(with = "iso_date")]
    date: Date,
    readings: Vec<Reading>,
    #[serde(default)]
    replaced: Vec<Reading>,
    district: District,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be parsed")]
struct Activated {
    district: District,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be parsed")]
struct Failed {
    activation_code: String,
}

/// An event as most programs would write it down first.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be parsed")]
struct Flattened {
    version: Version,
    #[serde(flatten)]
    event: Tagged,
}

/// All that is stored of an event, in the first way.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is there to be parsed")]
struct WholeFlattened {
    id: String,
    stream: StreamId,
    version: Version,
    meta: EventMeta,
    #[serde(flatten)]
    event: Tagged,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "data")]
#[expect(dead_code, reason = "it is there to be parsed")]
enum Tagged {
    #[serde(rename = "MeterRegistered")]
    Registered(Registration),
    #[serde(rename = "MeterActivated")]
    Activated { district: District },
    #[serde(rename = "MeterActivationFailed")]
    ActivationFailed { activation_code: String },
    #[serde(rename = "MeterReadingsCollected")]
    ReadingsCollected {
        #[serde(with = "iso_date")]
        date: Date,
        readings: Vec<Reading>,
        district: District,
    },
    #[serde(rename = "MeterReadingsCorrected")]
    ReadingsCorrected {
        #[serde(with = "iso_date")]
        date: Date,
        readings: Vec<Reading>,
        replaced: Vec<Reading>,
        district: District,
    },
}

pub fn bench(extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    let sizes =
        [("96 readings", Size::Whole), ("4 readings", Size::Small), ("a code", Size::Attempts)];
    for (name, size) in sizes {
        let events = recorded(0, extent.history, size)?;
        let replay = compare(extent.rounds * 3, || parse(&events), || replay(&events))?;
        rows.push(replay.row(&format!("{name}: replay / payloads parsed"), events.len()));
        if matches!(size, Size::Whole) && replay.ratio() < REPLAY {
            broken.push(format!("replay: {:.2} of a parser, at least {REPLAY}", replay.ratio()));
        }
        let documents = documents(&events)?;
        let bodies = bodies(&events)?;
        let codec = compare(extent.rounds * 3, || flattened(&bodies), || coded(&events))?;
        rows.push(codec.row(&format!("{name}: codec / flattened enum"), events.len()));
        let whole = compare(extent.rounds * 3, || parse_whole(&documents), || decode(&documents))?;
        rows.push(whole.row(&format!("{name}: the same in whole documents"), events.len()));
        if matches!(size, Size::Attempts) && codec.ratio() < CODEC {
            broken.push(format!(
                "{name}: codec {:.2} times as fast, at least {CODEC}",
                codec.ratio()
            ));
        }
    }
    let heading = ["", "events", "ours, each", "theirs, each", "times as fast"].map(str::to_owned);
    table::print("Decoding (median)", &heading, &rows);
    Ok(broken)
}

/// The same work, done in their way and in ours.
struct Compared {
    theirs: Duration,
    ours: Duration,
}

impl Compared {
    fn ratio(&self) -> f64 {
        self.theirs.div_duration_f64(self.ours)
    }

    fn row(&self, name: &str, events: usize) -> Vec<String> {
        let each = |time: Duration| {
            let each = time / u32::try_from(events).unwrap_or(u32::MAX);
            format!("{} ns", thousands(u64::try_from(each.as_nanos()).unwrap_or(u64::MAX)))
        };
        let events = thousands(events as u64);
        let ratio = format!("{:.2}", self.ratio());
        vec![name.to_owned(), events, each(self.ours), each(self.theirs), ratio]
    }
}

/// Takes both by turns: what else the machine does hits both alike.
fn compare(
    rounds: usize,
    mut theirs: impl FnMut() -> Result<(), Failure>,
    mut ours: impl FnMut() -> Result<(), Failure>,
) -> Result<Compared, Failure> {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.0.push(timed(&mut theirs)?);
        times.1.push(timed(&mut ours)?);
    }
    Ok(Compared { theirs: median(&times.0), ours: median(&times.1) })
}

fn timed(work: &mut impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}

/// What a parser alone needs, told beforehand what it will find.
fn parse(events: &[RecordedEvent]) -> Result<(), Failure> {
    for event in events {
        let data = event.event.data().get();
        match event.event.kind() {
            "MeterRegistered" => drop(black_box(serde_json::from_str::<Registration>(data)?)),
            "MeterActivated" => drop(black_box(serde_json::from_str::<Activated>(data)?)),
            "MeterActivationFailed" => drop(black_box(serde_json::from_str::<Failed>(data)?)),
            _ => drop(black_box(serde_json::from_str::<Day>(data)?)),
        }
    }
    Ok(())
}

/// From recorded events to a state.
fn replay(events: &[RecordedEvent]) -> Result<(), Failure> {
    let mut state = State::<Meter>::default();
    state.fold::<StoreError>(events).map_err(|error: LoadError<_>| error.to_string())?;
    black_box(state);
    Ok(())
}

fn documents(events: &[RecordedEvent]) -> Result<Vec<String>, Failure> {
    let text = |event: &RecordedEvent| {
        serde_json::to_string(&document(&event.stream, event.version, &event.event))
    };
    Ok(events.iter().map(text).collect::<Result<_, _>>()?)
}

/// No more than what the codec is about, and something beside it, as there always is.
fn bodies(events: &[RecordedEvent]) -> Result<Vec<String>, Failure> {
    let text = |RecordedEvent { version, event, .. }: &RecordedEvent| {
        let (kind, data) = (event.kind(), event.data());
        Ok(format!(r#"{{"version":{},"type":{kind:?},"data":{}}}"#, version.0, data.get()))
    };
    events.iter().map(text).collect()
}

fn flattened(bodies: &[String]) -> Result<(), Failure> {
    for body in bodies {
        black_box(serde_json::from_str::<Flattened>(body)?);
    }
    Ok(())
}

/// The codec alone: kind and data are there, as a recorded event has them. Reading the document, where this way
/// has its price, is part of the comparison of whole documents.
fn coded(events: &[RecordedEvent]) -> Result<(), Failure> {
    for RecordedEvent { version, event, .. } in events {
        black_box((version, aggregates::decode::<Event>(event.kind(), event.data())?));
    }
    Ok(())
}

fn parse_whole(documents: &[String]) -> Result<(), Failure> {
    for document in documents {
        black_box(serde_json::from_str::<WholeFlattened>(document)?);
    }
    Ok(())
}

fn decode(documents: &[String]) -> Result<(), Failure> {
    for document in documents {
        let recorded = RecordedEvent::from(serde_json::from_str::<EventDocument>(document)?);
        black_box(Recorded::<Event>::decode(&recorded)?.ok_or("a kind that is unknown")?);
    }
    Ok(())
}
