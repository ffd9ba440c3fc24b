//! Whether rebuilding views takes longer, for each event, in a longer history.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use energy::projections::{DailyTotalsByWeek, MeterStates};
use projections::{Documents as _, Generations, Options, Projection, Projector, Wake, rebuild};

use crate::figures::{microseconds, thousands};
use crate::projected::Projected;
use crate::{Extent, Failure, meters, table};

/// The exponent of rebuild time against history: 1 is the same for each event.
const EXPONENT: f64 = 1.05;

const METERS: u64 = 100;
const LOOK: Duration = Duration::from_millis(50);

/// What a rebuild took.
struct Rebuilt {
    events: u64,
    took: Duration,
    /// Of client and server together.
    processor: Duration,
}

pub async fn bench(extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for events in extent.histories {
        all.push(measure(events).await?);
    }
    let rows: Vec<_> = all.iter().map(row).collect();
    let heading = ["", "time", "processor time", "for each event"].map(str::to_owned);
    table::print("Rebuild of 2 projections beside the live ones", &heading, &rows);
    let exponent = exponent(&all);
    println!("  processor time grows with the history to the power {exponent:.3}");
    let broken =
        format!("rebuild: grows with the history to the power {exponent:.3}, at most {EXPONENT}");
    Ok(if exponent > EXPONENT { vec![broken] } else { vec![] })
}

async fn measure(events: u64) -> Result<Rebuilt, Failure> {
    let place = Projected::start().await?;
    meters::fill(&place.store, 0..METERS, events).await?;
    let options = Options { alone: true, ..Options::default() };
    let projector = Projector::new(place.sources(), place.views(), Wake::default(), options)
        .with::<MeterStates>()
        .with::<DailyTotalsByWeek>();
    let names = [MeterStates::NAME, DailyTotalsByWeek::NAME];
    for name in names {
        while rebuild(&place.views_uncounted(), name).await?.is_none() {
            tokio::time::sleep(LOOK).await;
        }
    }
    // That one was folded beside the first generation, which had just begun, too: the next one counts.
    until_switched(&place, &names).await?;
    let (started, processor) = (Instant::now(), ProcessTime::now());
    for name in names {
        rebuild(&place.views_uncounted(), name).await?;
    }
    until_switched(&place, &names).await?;
    let rebuilt = Rebuilt { events, took: started.elapsed(), processor: processor.elapsed() };
    projector.stop().await;
    Ok(rebuilt)
}

/// Waits until no generation is being built or removed.
async fn until_switched(place: &Projected, names: &[&str]) -> Result<(), Failure> {
    for name in names {
        loop {
            let read = place.views_uncounted().read::<Generations>(name).await?;
            let found = read.ok_or("the projection never ran")?.document;
            if found.building.is_none() && found.retired.is_empty() {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

fn row(rebuilt: &Rebuilt) -> Vec<String> {
    let Rebuilt { events, took, processor } = rebuilt;
    let seconds = |time: &Duration| format!("{:.2} s", time.as_secs_f64());
    let each = *processor / u32::try_from(*events).unwrap_or(u32::MAX);
    vec![
        format!("{} events", thousands(*events)),
        seconds(took),
        seconds(processor),
        microseconds(each),
    ]
}

/// The slope of the line of best fit through the logarithms.
fn exponent(all: &[Rebuilt]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let points = all.iter().map(|one| ((one.events as f64).ln(), one.processor.as_secs_f64().ln()));
    let points: Vec<_> = points.collect();
    #[expect(clippy::cast_precision_loss, reason = "there are a handful")]
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let above: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let below: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_proportion_has_the_exponent_one_and_squared_time_two() {
        let of = |power: u32| {
            let rebuilt = |events: u64| {
                let took = Duration::from_micros(events.pow(power));
                Rebuilt { events, took, processor: took }
            };
            exponent(&[10, 100, 1_000].map(rebuilt))
        };
        assert!((of(1) - 1.0).abs() < 1e-6 && (of(2) - 2.0).abs() < 1e-6);
    }
}
