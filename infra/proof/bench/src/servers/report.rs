//! The table, and what must hold.

use std::time::Duration;

use super::peer::Peer;
use super::{Layout, Measured, Operation, Row};
use crate::figures::{milliseconds, per_second, rate, thousands};
use crate::table;

/// How many times as long an operation may take at the largest size as at the smallest.
const GROWTH: f64 = 1.5;

/// How much of the emulator's memory may be used, by so many documents: fewer are no more than the programs themselves.
const MEMORY: f64 = 0.5;
const DOCUMENTS: u64 = 100_000;

/// Prints each operation with a row for each peer.
pub fn print(layout: Layout, sizes: [u64; 3], measured: &[Measured]) {
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        for each in measured {
            let row = row(each, operation);
            let mut cells = vec![format!("{}, {}", name(operation), each.peer.name())];
            cells.extend(row.iter().map(|time| figure(operation, *time)));
            cells.push(growth(row).map_or("-".to_owned(), |growth| format!("{growth:.2}")));
            rows.push(cells);
        }
    }
    for each in measured {
        let memory = each.memory.map_or("-".to_owned(), |bytes| format!("{} MB", bytes >> 20));
        let name = format!("resident memory, {}", each.peer.name());
        rows.push(vec![name, String::new(), String::new(), memory, String::new()]);
    }
    let mut heading = vec![String::new()];
    heading.extend(sizes.map(|size| format!("{} documents", thousands(size))));
    heading.push("growth".to_owned());
    table::print(&format!("Peers, {} (median)", place(layout)), &heading, &rows);
}

/// Where cosmos-local is behind a peer, grows with its documents or takes too much memory.
pub fn broken(layout: Layout, sizes: [u64; 3], measured: &[Measured]) -> Vec<String> {
    let mut broken = Vec::new();
    let Some((ours, others)) = measured.split_first() else {
        return broken;
    };
    for operation in Operation::ALL {
        let mine = row(ours, operation);
        let what = format!("{} {}", name(operation), place(layout));
        if mine.iter().any(Option::is_none) {
            broken.push(format!("{what}: cosmos-local did not do it"));
        }
        for other in others {
            for ((mine, theirs), size) in mine.iter().zip(row(other, operation)).zip(sizes) {
                if let (Some(mine), Some(theirs)) = (mine, theirs)
                    && *mine > theirs
                {
                    let size = thousands(size);
                    let peer = other.peer.name();
                    broken.push(format!(
                        "{what}, {size} documents: {mine:?} each, {peer} takes {theirs:?}"
                    ));
                }
            }
        }
        if let Some(growth) = growth(mine).filter(|growth| *growth > GROWTH) {
            broken.push(format!(
                "{what}: takes {growth:.2} times as long, at most {GROWTH} is allowed"
            ));
        }
    }
    let emulator = others.iter().find(|other| other.peer == Peer::Emulator);
    if let (Some(mine), Some(theirs)) = (ours.memory, emulator.and_then(|other| other.memory)) {
        #[expect(clippy::cast_precision_loss, reason = "bytes here are far below 2^52")]
        let share = mine as f64 / theirs as f64;
        if sizes[2] >= DOCUMENTS && share > MEMORY {
            broken.push(format!(
                "memory {}: {share:.2} of the emulator's, at most {MEMORY} is allowed",
                place(layout)
            ));
        }
    }
    broken
}

fn row(measured: &Measured, operation: Operation) -> Row {
    let found = measured.rows.iter().find(|(of, _)| *of == operation);
    found.map_or([None; 3], |(_, row)| *row)
}

fn growth(row: Row) -> Option<f64> {
    Some(row[2]?.div_duration_f64(row[0]?))
}

fn figure(operation: Operation, time: Option<Duration>) -> String {
    match (operation, time) {
        (_, None) => "cannot".to_owned(),
        (Operation::Tail | Operation::Highest | Operation::Poll, Some(time)) => milliseconds(time),
        (_, Some(time)) => rate(per_second(1, time)),
    }
}

fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "creates",
        Operation::Read => "point reads",
        Operation::Batch => "batches of three",
        Operation::Procedure => "procedures",
        Operation::Tail => "tail of 10 events",
        Operation::Highest => "MAX(version)",
        Operation::Poll => "empty feed poll",
    }
}

fn place(layout: Layout) -> &'static str {
    match layout {
        Layout::One => "in one partition",
        Layout::Thousand => "over 1,000 partitions",
    }
}
