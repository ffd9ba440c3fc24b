//! Rows on a page.

use std::fmt::Write as _;

use super::{Row, Strategy, Way};

/// The rows of one length, each beside the floor. What an account measured has a column if there is an account.
#[must_use]
pub fn table(rows: &[Row], account: bool) -> String {
    let mut out = String::new();
    for floor in rows.iter().filter(|row| row.strategy == Strategy::Floor) {
        for way in [Way::Procedure, Way::Batch] {
            let here = |row: &&Row| row.events == floor.events && row.way == Some(way);
            head(&mut out, floor.events, way, account);
            line(&mut out, floor, floor, account);
            rows.iter().filter(here).for_each(|row| line(&mut out, row, floor, account));
        }
    }
    out
}

fn head(out: &mut String, events: usize, way: Way, account: bool) {
    let way = if way == Way::Batch { "batch" } else { "procedure" };
    let title = format!("{events} by {way}");
    let measured = if account { "  measured" } else { "" };
    let columns = format!("{:>5}{:>11}{measured}{:>7}{:>7}", "trips", "RU (model)", "floor", "ms");
    let _ = writeln!(out, "\n{title:<16}{:<34}{columns}", "operations");
}

fn line(out: &mut String, row: &Row, floor: &Row, account: bool) {
    let Row { trips, model, measured, milliseconds, .. } = row;
    let (shown, times) = if account {
        (format!("{measured:>10.2}"), measured / floor.measured)
    } else {
        (String::new(), model / floor.model)
    };
    let times = if times < 100.0 { format!("{times:.1}x") } else { format!("{times:.0}x") };
    let (name, operations) = (row.strategy.name(), row.operations());
    let numbers = format!("{trips:>5}{model:>11.2}{shown}{times:>7}{milliseconds:>7.0}");
    let _ = writeln!(out, "{name:<16}{operations:<34}{numbers}");
}
