//! Whether an operation costs more in a longer queue, and whether filling one slows down.

use std::time::{Duration, Instant};

use super::place::Place;
use crate::figures::{median, milliseconds, rate, thousands};
use crate::place::Kind;
use crate::{Extent, Failure, table};

/// How many times as long an operation may take in the longest queue as in the shortest.
const GROWTH: f64 = 1.5;

/// Operations done before the clock counts.
const WARM: usize = 20;

/// A queue is filled in this many parts, each of which is timed.
const PARTS: u64 = 10;

struct Subject {
    place: Place,
    name: String,
    /// Messages a second in each part of its filling.
    rates: Vec<f64>,
}

impl Subject {
    async fn fill(kind: Kind, size: u64) -> Result<Self, Failure> {
        let (place, name) = (Place::start(kind).await?, size.to_string());
        let mut rates = Vec::new();
        for part in 0..PARTS {
            let started = Instant::now();
            place.fill(&format!("{name}-{part}"), size / PARTS).await?;
            rates.push(crate::figures::per_second(size / PARTS, started.elapsed()));
        }
        Ok(Self { place, name, rates })
    }

    /// Sends one message and receives another: the queue stays as long as it was.
    async fn measure(&self, number: usize) -> Result<[Duration; 2], Failure> {
        let started = Instant::now();
        self.place.send(format!("{}-one-{number}", self.name)).await?;
        let sent = started.elapsed();
        let started = Instant::now();
        self.place.receive().await?;
        Ok([sent, started.elapsed()])
    }
}

pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut subjects = Vec::new();
    for size in extent.streams {
        subjects.push(Subject::fill(kind, size).await?);
    }
    let mut times = vec![[Vec::new(), Vec::new()]; subjects.len()];
    for repetition in 0..WARM + extent.repetitions {
        // By turns, each time beginning with another: what else the machine does hits all alike.
        for turn in 0..subjects.len() {
            let place = (repetition + turn) % subjects.len();
            let [sent, received] = subjects[place].measure(repetition).await?;
            if repetition >= WARM {
                times[place][0].push(sent);
                times[place][1].push(received);
            }
        }
    }
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for (operation, name) in ["send", "receive + complete"].into_iter().enumerate() {
        let medians: Vec<_> = times.iter().map(|times| median(&times[operation])).collect();
        let growth = medians[medians.len() - 1].div_duration_f64(medians[0]);
        if growth > GROWTH {
            broken.push(format!(
                "{name} {kind}: takes {growth:.2} times as long, at most {GROWTH} is allowed"
            ));
        }
        let mut cells = vec![name.to_owned()];
        cells.extend(medians.iter().map(|time| milliseconds(*time)));
        cells.push(format!("{growth:.2}"));
        rows.push(cells);
    }
    let mut filling = vec!["filling, last tenth".to_owned()];
    filling.extend(subjects.iter().map(|subject| rate(subject.rates[subject.rates.len() - 1])));
    let longest = &subjects[subjects.len() - 1].rates;
    filling.push(format!("{:.2}", longest[0] / longest[longest.len() - 1]));
    rows.push(filling);
    let mut heading = vec![String::new()];
    heading.extend(extent.streams.map(|size| format!("{} messages", thousands(size))));
    heading.push("growth".to_owned());
    table::print(&format!("Service Bus: by length of the queue, {kind} (median)"), &heading, &rows);
    Ok(broken)
}
