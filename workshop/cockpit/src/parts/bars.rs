//! Bars, drawn by the server: coordinates for an SVG whose texts are texts.

use std::collections::BTreeMap;

use askama::Template;
use time::{Date, Duration};

use super::axis::{Tick, nice, ratio, ticks};

const HEIGHT: f64 = 150.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 26.0;

/// A bar chart. Its page shows the same as a table.
#[derive(Template)]
#[template(path = "parts/bars.html")]
pub struct Bars {
    title: &'static str,
    unit: &'static str,
    width: f64,
    height: f64,
    left: f64,
    base: f64,
    columns: Vec<Bar>,
    ticks: Vec<Tick>,
    /// There is room for the value above each bar.
    labelled: bool,
}

/// One bar, with what is written below it.
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    middle: f64,
    label: String,
    name: String,
    value: u64,
    odd: bool,
}

/// What a bar stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// What it is called.
    pub name: String,
    /// The same, short, for below the bar.
    pub label: String,
    /// How high it is.
    pub value: u64,
    /// Every second group is drawn in another shade.
    pub odd: bool,
}

impl Bars {
    /// Draws the points from left to right, each `step` wide.
    #[must_use]
    pub fn new(title: &'static str, unit: &'static str, points: Vec<Point>, step: f64) -> Self {
        let top = nice(points.iter().map(|point| point.value).max().unwrap_or(0));
        let base = TOP + HEIGHT;
        let mut x = LEFT;
        let mut bars = Vec::new();
        for Point { name, label, value, odd } in points {
            let height = HEIGHT * ratio(value, top);
            let (middle, width) = (x + step / 2.0, step * 0.72);
            let (left, y) = (middle - width / 2.0, base - height);
            bars.push(Bar { x: left, y, width, height, middle, label, name, value, odd });
            x += step;
        }
        Self {
            title,
            unit,
            width: x + 4.0,
            height: base + BOTTOM,
            left: LEFT,
            base,
            columns: bars,
            ticks: ticks(top, base, HEIGHT),
            labelled: step > 40.0,
        }
    }
}

/// The last four weeks in a line of its own height.
#[derive(Template)]
#[template(path = "parts/sparkline.html")]
pub struct Sparkline {
    title: String,
    unit: &'static str,
    bars: Vec<Bar>,
}

impl Sparkline {
    /// Draws the 28 days up to the last one that has a value.
    #[must_use]
    pub fn new(days: &BTreeMap<Date, u64>, unit: &'static str) -> Option<Self> {
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
        Some(Self { title, unit, bars: shown.into_iter().map(bar).collect() })
    }
}
