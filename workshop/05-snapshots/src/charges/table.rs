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
    let measured = if account { "measured " } else { "" };
    let columns = format!("{title:<16}{:<35}trips RU (model) {measured} floor    ms", "operations");
    let _ = writeln!(out, "\n{columns}");
}

fn line(out: &mut String, row: &Row, floor: &Row, account: bool) {
    let Row { trips, model, measured, milliseconds, .. } = row;
    let (shown, times) = if account {
        (format!("{measured:>9.2}"), measured / floor.measured)
    } else {
        (String::new(), model / floor.model)
    };
    let (name, operations) = (row.strategy.name(), row.operations());
    let _ = writeln!(
        out,
        "{name:<16}{operations:<35}{trips:>5}{model:>11.2}{shown}{times:>6.1}x{milliseconds:>6.0}"
    );
}
