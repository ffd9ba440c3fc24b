//! How long it takes from a command to its view, and how little is asked when nothing happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::meter::{Command, Meter};
use aggregates::readings::Day;
use aggregates::{Context, Repository};
use energy::projections::{DailyTotalsByWeek, MeterStates};
use event_store::{EventStore, Version};
use projections::{CosmosDocuments, Options, Projector, Streams, Views, Wake, Waking};
use time::OffsetDateTime;
use time::macros::date;

use crate::figures::{milliseconds, thousands};
use crate::projected::Projected;
use crate::{Extent, Failure, meters, table};

const METERS: u64 = 50;
const LEASES: usize = 4;
const PROJECTIONS: usize = 3;

/// Idle polls of a lease in a second, at most, once nothing has happened for [`QUIET`].
const POLLS: f64 = 1.0;
const QUIET: Duration = Duration::from_secs(10);

pub async fn bench(extent: &Extent) -> Result<Vec<String>, Failure> {
    let place = Projected::start().await?;
    let wake = Wake::default();
    meters::fill(&place.store, 0..METERS, 2 * METERS).await?;
    let options = Options { leases: LEASES, alone: true, ..Options::default() };
    let projector = Projector::new(place.sources(), place.views(), wake.clone(), options)
        .with::<Streams>()
        .with::<MeterStates>()
        .with::<DailyTotalsByWeek>();
    let views: Views<MeterStates, _> = Views::new(place.views_uncounted());
    for meter in 0..METERS {
        until_visible(&views, meter, Version(2)).await?;
    }
    let store = Arc::new(Waking::new(place.store.clone(), wake));
    let repository: Repository<_, Meter> = Repository::new(store);
    let mut times = Vec::new();
    for number in 0..extent.commands {
        times.push(visible(&repository, &views, number).await?);
    }
    let polls = idle_polls(&place, extent.idle).await;
    projector.stop().await;
    report(&times, polls);
    let broken = format!("idle: {polls:.2} polls per lease and second, at most {POLLS}");
    Ok(if polls > POLLS { vec![broken] } else { vec![] })
}

/// What a command took until it was stored, and until it was in the view.
async fn visible<S: EventStore>(
    repository: &Repository<S, Meter>,
    views: &Views<MeterStates, CosmosDocuments>,
    number: u64,
) -> Result<(Duration, Duration), Failure> {
    let (meter, day) = (number % METERS, number / METERS);
    let date = date!(2020 - 01 - 01) + time::Duration::days(i64::try_from(day)?);
    let readings = meters::readings(date, meters::Size::Whole);
    let context = Context::new(format!("command-{number}"), OffsetDateTime::now_utc());
    let command = Command::CollectReadings(Day { date, readings });
    let started = Instant::now();
    let done = repository.execute(&meters::id(meter)?, command, &context).await;
    let done = done.map_err(|error| error.to_string())?;
    let stored = started.elapsed();
    until_visible(views, meter, done.version).await?;
    Ok((stored, started.elapsed()))
}

/// Asks without a pause.
async fn until_visible(
    views: &Views<MeterStates, CosmosDocuments>,
    meter: u64,
    version: Version,
) -> Result<(), Failure> {
    let key = meters::id(meter)?.to_string().into();
    while views.get(&key).await?.is_none_or(|view| view.version < version.0) {}
    Ok(())
}

/// Polls of a lease in a second, after it has been quiet.
async fn idle_polls(place: &Projected, idle: Duration) -> f64 {
    tokio::time::sleep(QUIET).await;
    let before = place.counts.read().polls;
    tokio::time::sleep(idle).await;
    let polls = place.counts.read().polls - before;
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let each = polls as f64 / (LEASES * PROJECTIONS) as f64;
    each / idle.as_secs_f64()
}

fn report(times: &[(Duration, Duration)], polls: f64) {
    let row = |name: &str, mut times: Vec<Duration>| {
        times.sort_unstable();
        let at = |percent: usize| milliseconds(times[(times.len() - 1) * percent / 100]);
        vec![name.to_owned(), at(50), at(99)]
    };
    let rows = [
        row("command → stored", times.iter().map(|time| time.0).collect()),
        row("command → visible in the view", times.iter().map(|time| time.1).collect()),
    ];
    let title = format!(
        "{} commands, {PROJECTIONS} projections on {LEASES} leases; idle: {polls:.2} polls per lease \
         and second",
        thousands(times.len() as u64)
    );
    table::print(&title, &["", "p50", "p99"].map(str::to_owned), &rows);
}
