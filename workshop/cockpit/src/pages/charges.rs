//! What a command costs by each way to a state, as module 05 counted it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::html;
use crate::parts::{Bars, Point};
use crate::{Cockpit, Documented, Frame, Problem, StreamList};

/// Written by `just charges --save`; a check of the module counts it again.
const COUNTED: &str = include_str!("../../../05-snapshots/charges.json");

/// Wide enough for a number of five digits.
const STEP: f64 = 62.0;

/// How long the streams are, and what their charts are called.
const LENGTHS: [(u64, &str); 3] = [
    (10, "RU (model), stream of 10 events"),
    (1_000, "RU (model), stream of 1,000 events"),
    (100_000, "RU (model), stream of 100,000 events"),
];

/// A command, and what it took.
#[derive(Debug, Clone, Deserialize)]
struct Row {
    length: u64,
    events: u64,
    strategy: String,
    /// The floor has none.
    way: Option<String>,
    trips: u32,
    operations: String,
    /// Request units, by the model.
    model: f64,
}

#[derive(Template)]
#[template(path = "charges.html")]
struct ChargesPage<'a> {
    frame: Frame<'a>,
    groups: Vec<Group>,
}

/// The commands that append the same in the same way.
struct Group {
    title: String,
    /// One for each length of a stream: each has a scale of its own.
    plots: Vec<Bars>,
    lines: Vec<Line>,
}

struct Line {
    length: u64,
    strategy: String,
    operations: String,
    trips: u32,
    model: String,
    /// Of what its documents alone would cost.
    times: String,
}

/// `GET /cockpit/charges`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let frame = Frame::to_read(&cockpit.site);
    html(&ChargesPage { frame, groups: groups(&counted()) })
}

fn counted() -> Vec<Row> {
    serde_json::from_str(COUNTED).expect("a test reads the file that is built in")
}

fn groups(rows: &[Row]) -> Vec<Group> {
    let kinds = [(1, "batch"), (1, "procedure"), (10, "batch"), (10, "procedure")];
    kinds.into_iter().map(|(events, way)| group(rows, events, way)).collect()
}

fn group(rows: &[Row], events: u64, way: &str) -> Group {
    let here =
        |row: &&Row| row.events == events && row.way.as_ref().is_none_or(|row_way| row_way == way);
    let shown: Vec<_> = rows.iter().filter(here).collect();
    let floor = shown.iter().find(|row| row.way.is_none()).map_or(1.0, |row| row.model);
    let title = match events {
        1 => format!("One event, by {way}"),
        _ => format!("{events} events at once, by {way}"),
    };
    let plots = LENGTHS.map(|(length, plot)| {
        let of_length = shown.iter().filter(|row| row.length == length);
        Bars::new(plot, "RU", of_length.map(|row| point(row)).collect(), STEP)
    });
    let lines = shown.iter().map(|row| line(row, floor)).collect();
    Group { title, plots: plots.into(), lines }
}

fn point(row: &Row) -> Point {
    let name = format!("{}, stream of {} events", row.strategy, row.length);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a charge")]
    let value = row.model.round() as u64;
    Point { name, label: short(&row.strategy).to_owned(), value, odd: row.way.is_none() }
}

/// For below a bar.
fn short(strategy: &str) -> &str {
    match strategy {
        "replay all" => "replay",
        "snapshot + tail" => "snapshot",
        other => other,
    }
}

fn line(row: &Row, floor: f64) -> Line {
    let times = row.model / floor;
    let places = usize::from(times < 100.0);
    Line {
        length: row.length,
        strategy: row.strategy.clone(),
        operations: row.operations.clone(),
        trips: row.trips,
        model: format!("{:.1}", row.model),
        times: format!("{times:.places$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_compares_four_ways_to_a_state_at_each_length() {
        for Group { title, lines, .. } in groups(&counted()) {
            let lengths: Vec<_> = lines.chunks(4).map(|four| four[0].length).collect();
            assert_eq!(lengths, LENGTHS.map(|(length, _)| length), "{title}");
            for four in lines.chunks(4) {
                let ways: Vec<_> = four.iter().map(|line| line.strategy.as_str()).collect();
                assert_eq!(ways, ["floor", "replay all", "snapshot + tail", "cached"], "{title}");
            }
        }
    }
}
