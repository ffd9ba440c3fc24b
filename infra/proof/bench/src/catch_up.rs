//! How fast a history gets into the energy views, by the number of leases.

use std::sync::Arc;
use std::time::{Duration, Instant};

use energy::projecting::NAMES;
use energy::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};
use projections::{
    Cut, Documents as _, Folder, Lease, Options, Processor, Projection, Signals, Stop, Stored,
    Streams, Wake,
};
use tokio::task::JoinSet;

use crate::counted::{Count, CountedDocuments};
use crate::figures::{per_second, rate, thousands};
use crate::projected::Projected;
use crate::{Extent, Failure, meters, table};

const LEASES: [u32; 3] = [1, 2, 4];
const METERS: u64 = 500;
const LOOK: Duration = Duration::from_millis(20);

pub async fn bench(extent: &Extent) -> Result<(), Failure> {
    let place = Projected::start().await?;
    meters::fill(&place.store, 0..METERS, extent.events).await?;
    let mut rows = Vec::new();
    for leases in LEASES {
        rows.push(catch_up(&place, leases, extent.events).await?);
    }
    let heading = ["", "time", "events", "pages", "requests/page", "refused/page"];
    let title = format!("Catch-up of {} events into 6 projections", thousands(extent.events));
    table::print(&title, &heading.map(str::to_owned), &rows);
    Ok(())
}

async fn catch_up(place: &Projected, leases: u32, events: u64) -> Result<Vec<String>, Failure> {
    let before = place.counts.read();
    let started = Instant::now();
    let (stop, signals) = Stop::new(&Wake::default());
    let mut processors = JoinSet::new();
    run::<Streams>(place, leases, &signals, &mut processors);
    run::<MeterStates>(place, leases, &signals, &mut processors);
    run::<DailyTotalsByWeek>(place, leases, &signals, &mut processors);
    run::<TotalActivated>(place, leases, &signals, &mut processors);
    run::<Districts>(place, leases, &signals, &mut processors);
    run::<ActivationFailures>(place, leases, &signals, &mut processors);
    for projection in NAMES {
        until_caught_up(place, &format!("{projection}@{leases}")).await?;
    }
    let took = started.elapsed();
    let after = place.counts.read();
    stop.stop();
    processors.join_all().await;
    Ok(row(leases, took, events, before, after))
}

fn row(leases: u32, took: Duration, events: u64, before: Count, after: Count) -> Vec<String> {
    let pages = after.pages - before.pages;
    let requests = pages + (after.polls - before.polls) + (after.documents - before.documents);
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let each = |count: u64| format!("{:.2}", count as f64 / pages as f64);
    vec![
        format!("{leases} lease{}", if leases == 1 { "" } else { "s" }),
        format!("{:.1} s", took.as_secs_f64()),
        rate(per_second(events, took)),
        thousands(pages),
        each(requests),
        each(after.refused - before.refused),
    ]
}

/// A generation of its own for each number of leases.
fn run<P: Projection>(
    place: &Projected,
    leases: u32,
    signals: &Signals,
    processors: &mut JoinSet<()>,
) {
    let folder = Arc::new(Folder::<P, CountedDocuments>::new(place.views(), leases));
    let options = Options { leases: leases as usize, alone: true, ..Options::default() };
    let name = folder.name().to_owned();
    processors.spawn(Processor::new(&name, place.sources(), folder, options).run(signals.clone()));
}

async fn until_caught_up(place: &Projected, processor: &str) -> Result<(), Failure> {
    while !has_caught_up(place, processor).await? {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn has_caught_up(place: &Projected, processor: &str) -> Result<bool, Failure> {
    let Some(Stored { document, .. }) = place.leases.read::<Cut>(processor).await? else {
        return Ok(false);
    };
    for id in document.lease_ids() {
        let lease = place.leases.read::<Lease>(&id).await?;
        if !lease.is_some_and(|lease| lease.document.caught_up) {
            return Ok(false);
        }
    }
    Ok(true)
}
