//! Lag as a line over the last minutes.

use askama::Template;
use time::OffsetDateTime;

use super::axis::{Tick, nice, ratio, ticks};
use crate::When;
use crate::model::LagSample;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 120.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 26.0;

/// How many events readers were behind, over time; the same as a table.
#[derive(Template)]
#[template(path = "parts/line.html")]
pub struct Line {
    title: &'static str,
    size: [f64; 2],
    left: f64,
    base: f64,
    /// What a `polyline` takes: `x,y x,y …`.
    points: String,
    ticks: Vec<Tick>,
    /// The limit over which lag is red, and where it is drawn.
    limit: Option<(u64, f64)>,
    over: bool,
    samples: Vec<Sample>,
}

struct Sample {
    when: When,
    events: u64,
    seconds: String,
}

impl Line {
    /// Draws samples, oldest first. Lag above `limit` events is marked.
    #[must_use]
    pub fn lag(samples: &[LagSample], limit: Option<u64>, now: OffsetDateTime) -> Self {
        let highest = samples.iter().map(|sample| sample.events).max().unwrap_or(0);
        let top = nice(highest.max(limit.unwrap_or(0)));
        let base = TOP + HEIGHT;
        let y = |events| base - HEIGHT * ratio(events, top);
        let point =
            |sample: &LagSample| format!("{:.1},{:.1}", x(sample.at, samples), y(sample.events));
        let row = |sample: &LagSample| Sample {
            when: When::new(sample.at, now),
            events: sample.events,
            seconds: format!("{:.1}", sample.seconds),
        };
        let points: Vec<_> = samples.iter().map(point).collect();
        Self {
            title: "Lag in events",
            size: [LEFT + WIDTH + 8.0, base + BOTTOM],
            left: LEFT,
            base,
            points: points.join(" "),
            ticks: ticks(top, base, HEIGHT),
            limit: limit.map(|limit| (limit, y(limit))),
            over: samples.last().zip(limit).is_some_and(|(last, limit)| last.events > limit),
            samples: samples.iter().rev().map(row).collect(),
        }
    }
}

/// Where a moment is drawn: the first sample at the left, the last at the right.
fn x(at: OffsetDateTime, samples: &[LagSample]) -> f64 {
    let (first, last) = (samples.first(), samples.last());
    let span = first.zip(last).map_or(0.0, |(first, last)| seconds(first.at, last.at));
    let gone = first.map_or(0.0, |first| seconds(first.at, at));
    if span > 0.0 { LEFT + WIDTH * gone / span } else { LEFT + WIDTH }
}

fn seconds(from: OffsetDateTime, to: OffsetDateTime) -> f64 {
    (to - from).as_seconds_f64()
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    fn samples(events: &[u64]) -> Vec<LagSample> {
        let ages = (0..).map(Duration::minutes).take(events.len());
        let sample = |(age, events): (Duration, &u64)| LagSample {
            at: NOW + age,
            events: *events,
            seconds: 1.5,
        };
        ages.zip(events).map(sample).collect()
    }

    #[test]
    fn time_runs_to_the_right_and_lag_upwards() {
        let line = Line::lag(&samples(&[0, 50, 100]), None, NOW);
        assert_eq!(line.points, "56.0,132.0 336.0,72.0 616.0,12.0");
    }

    #[test]
    fn lag_over_its_limit_is_said_in_words() {
        let over = Line::lag(&samples(&[0, 200]), Some(100), NOW).to_string();
        assert!(over.contains("over its limit of 100"), "{over}");
        let below = Line::lag(&samples(&[200, 0]), Some(100), NOW).to_string();
        assert!(!below.contains("over its limit"), "{below}");
    }

    #[test]
    fn no_samples_are_no_failure() {
        assert!(Line::lag(&[], None, NOW).to_string().contains("Nothing was measured yet"));
    }
}
