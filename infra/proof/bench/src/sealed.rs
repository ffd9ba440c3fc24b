//! Events with a personal field, sealed and opened, against the same events in plain.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::{Recorded, encode};
use event_store::{
    CosmosEventStore, EventId, EventStore, Expected, Metadata, NewEvent, Range, StreamId,
};
use gdpr::meter::Event as Sealed;
use gdpr::{Caching, KEYS, KeyFile, Keys, Opened, Seal, Subject};
use projections::CosmosDocuments;
use time::macros::datetime;

use crate::figures::{median, per_second, rate};
use crate::meters::id;
use crate::place::{Kind, Place, connect};
use crate::{Extent, Failure, table};

/// What is sealed keeps at least this of the speed of what is plain.
const SEALED: f64 = 0.7;

/// Events in one append.
const APPEND: usize = 50;

/// Events of each stream, as many times `APPEND`.
const APPENDS: usize = 20;

const CODE: &str = "7-11-4";

type Owners = Keys<CosmosDocuments, KeyFile>;

/// How long it took to append and to replay a stream.
#[derive(Clone, Copy)]
struct Took {
    append: Duration,
    replay: Duration,
}

/// Appends and replays, plain and sealed by turns.
pub async fn bench(extent: &Extent) -> Result<Vec<String>, Failure> {
    let place = Place::start(Kind::Memory).await?;
    let cosmos = connect(&place.server).await?;
    cosmos.provision(&[KEYS]).await?;
    let documents = CosmosDocuments::open(&cosmos, &KEYS).await?;
    let keys = Keys::new(documents, KeyFile::in_memory(), Caching::default());
    let store = Arc::new(place.store.clone());
    let (mut appends, mut replays, mut plains) = (vec![], vec![], vec![]);
    for round in 0..extent.rounds as u64 * 3 {
        let plain = plain(&store, 2 * round).await?;
        let sealed = sealed(&store, &keys, 2 * round + 1).await?;
        appends.push(plain.append.as_secs_f64() / sealed.append.as_secs_f64());
        replays.push(plain.replay.as_secs_f64() / sealed.replay.as_secs_f64());
        plains.push(per_second((APPEND * APPENDS) as u64, plain.append));
    }
    let (append, replay) = (median(&appends), median(&replays));
    let row = |name: &str, ratio: f64| vec![name.to_owned(), format!("{ratio:.2}")];
    table::print(
        &format!(
            "Sealed against plain, one personal field in each event ({} plain)",
            rate(median(&plains))
        ),
        &[String::new(), "sealed / plain".to_owned()],
        &[row("append", append), row("replay, and every field opened", replay)],
    );
    place.stop().await;
    let broken = [("append", append), ("replay", replay)].into_iter();
    let broken = broken.filter(|(_, ratio)| *ratio < SEALED);
    Ok(broken
        .map(|(name, ratio)| format!("sealed {name} is {ratio:.2} of plain, at least {SEALED}"))
        .collect())
}

async fn plain(store: &CosmosEventStore, meter: u64) -> Result<Took, Failure> {
    let stream = id(meter)?.stream();
    let begun = Instant::now();
    for append in 0..APPENDS {
        let event = |_: &EventId| {
            let activation_code = CODE.to_owned();
            Ok(encode(&aggregates::meter::Event::MeterActivationFailed { activation_code })?)
        };
        write(store, &stream, append, event).await?;
    }
    let append = begun.elapsed();
    let begun = Instant::now();
    let mut codes = 0;
    for recorded in store.load(&stream, Range::all()).await?.events {
        let known = Recorded::<aggregates::meter::Event>::decode(&recorded)?;
        let known = known.map(|known| known.event);
        if let Some(aggregates::meter::Event::MeterActivationFailed { activation_code }) = known {
            codes += usize::from(activation_code == CODE);
        }
    }
    done(codes, append, begun)
}

async fn sealed(store: &CosmosEventStore, keys: &Owners, meter: u64) -> Result<Took, Failure> {
    let stream = id(meter)?.stream();
    let subject = Subject::of(&stream);
    let begun = Instant::now();
    for append in 0..APPENDS {
        let key = keys.for_sealing(&subject).await?;
        let event = |id: &EventId| {
            let seal = Seal::new(subject.clone(), key.clone(), stream.clone(), id.clone());
            let activation_code = seal.field("activation_code", &CODE.to_owned())?;
            Ok(encode(&Sealed::MeterActivationFailed { activation_code })?)
        };
        write(store, &stream, append, event).await?;
    }
    let append = begun.elapsed();
    let begun = Instant::now();
    let mut codes = 0;
    let ring = keys.ring([subject]).await?;
    for recorded in store.load(&stream, Range::all()).await?.events {
        gdpr::in_place(&recorded.stream, &recorded.event)?;
        let known = Recorded::<Sealed>::decode(&recorded)?.map(|known| known.event);
        if let Some(Sealed::MeterActivationFailed { activation_code }) = known {
            let opened: Opened<String> = ring.open(&activation_code)?;
            codes += usize::from(opened.known().as_deref() == Some(CODE));
        }
    }
    done(codes, append, begun)
}

/// Appends some events of one command.
async fn write(
    store: &CosmosEventStore,
    stream: &StreamId,
    append: usize,
    event: impl Fn(&EventId) -> Result<(&'static str, Box<serde_json::value::RawValue>), Failure>,
) -> Result<(), Failure> {
    let meta = Metadata::at(datetime!(2020-05-01 09:00 UTC));
    let new = |number| {
        let id = EventId::of_command(&format!("bench-{append}"), number);
        let (kind, data) = event(&id)?;
        Ok::<_, Failure>(NewEvent::new(id, kind, &data, meta.clone())?)
    };
    let events = (0..APPEND).map(new).collect::<Result<Vec<_>, _>>()?;
    let known = event_store::Version((append * APPEND) as u64);
    store.append(stream, Expected::Exact(known), events).await?;
    Ok(())
}

fn done(codes: usize, append: Duration, begun: Instant) -> Result<Took, Failure> {
    let replay = begun.elapsed();
    if codes == APPEND * APPENDS {
        Ok(Took { append, replay })
    } else {
        Err(format!("{codes} codes were read").into())
    }
}
