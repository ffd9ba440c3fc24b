//! Bars, drawn by the server: coordinates for an SVG whose texts are texts.

use std::collections::BTreeMap;

use time::{Date, Duration};

const HEIGHT: f64 = 150.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 26.0;

/// A bar chart.
pub struct Chart {
    pub title: String,
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub base: f64,
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    /// There is room for the value above each bar.
    pub labelled: bool,
}

/// One bar, with what is written below it.
pub struct Bar {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub middle: f64,
    pub label: String,
    pub name: String,
    pub value: u64,
    /// Every second group is drawn in another shade.
    pub odd: bool,
}

/// A line of the axis.
pub struct Tick {
    pub y: f64,
    pub value: u64,
}

/// What a bar stands for.
pub struct Point {
    pub name: String,
    pub label: String,
    pub value: u64,
    pub odd: bool,
}

impl Chart {
    /// Draws the points from left to right, each `step` wide.
    pub fn new(title: &str, points: Vec<Point>, step: f64) -> Self {
        let top = nice(points.iter().map(|point| point.value).max().unwrap_or(0));
        let scale = |value: u64| HEIGHT * ratio(value, top);
        let base = TOP + HEIGHT;
        let mut x = LEFT;
        let mut bars = Vec::new();
        for Point { name, label, value, odd } in points {
            let height = scale(value);
            let (middle, width) = (x + step / 2.0, step * 0.72);
            let left = middle - width / 2.0;
            bars.push(Bar {
                x: left,
                y: base - height,
                width,
                height,
                middle,
                label,
                name,
                value,
                odd,
            });
            x += step;
        }
        let ticks = [0, top / 2, top].map(|value| Tick { y: base - scale(value), value });
        Self {
            title: title.to_owned(),
            width: x + 4.0,
            height: base + BOTTOM,
            left: LEFT,
            base,
            bars,
            ticks: ticks.into(),
            labelled: step > 40.0,
        }
    }
}

/// The last four weeks in a line of its own height.
pub struct Sparkline {
    pub title: String,
    pub bars: Vec<Bar>,
}

impl Sparkline {
    /// Draws the 28 days up to the last one that has readings.
    pub fn new(days: &BTreeMap<Date, u64>) -> Option<Self> {
        let (last, _) = days.last_key_value()?;
        let from = *last - Duration::days(27);
        let shown: Vec<_> = days.range(from..).collect();
        let top = shown.iter().map(|(_, value)| **value).max()?.max(1);
        let bar = |(date, value): (&Date, &u64)| {
            let column = u8::try_from((*date - from).whole_days()).unwrap_or(0);
            let height = 24.0 * ratio(*value, top);
            let (x, y) = (f64::from(column) * 4.0, 24.0 - height);
            let (label, name) = (String::new(), date.to_string());
            Bar { x, y, width: 3.0, height, middle: x, label, name, value: *value, odd: false }
        };
        let title = format!("daily totals up to {last}, the highest {top}");
        Some(Self { title, bars: shown.into_iter().map(bar).collect() })
    }
}

/// The next number that looks good at the end of an axis: 2, 4, 6, 8 or 10 times a power of ten.
fn nice(value: u64) -> u64 {
    let mut power = 1_u64;
    while power.saturating_mul(10) < value {
        power = power.saturating_mul(10);
    }
    let steps = [2, 4, 6, 8, 10].map(|step| power.saturating_mul(step));
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

#[expect(clippy::cast_precision_loss, reason = "a pixel is coarser than the loss")]
fn ratio(value: u64, top: u64) -> f64 {
    value as f64 / top.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_highest_bar() {
        let ends: Vec<_> = [0, 1, 9, 10, 144, 940, 9_007_199_254_740_992].map(nice).into();
        assert_eq!(ends, [2, 2, 10, 10, 200, 1000, 10_000_000_000_000_000]);
    }
}
