//! What a command costs, counted: the table of `just charges`, without its times.

use snapshots_checks::charges::{Charges, Row, Saved, Strategy, Way, saved};
use snapshots_checks::place::Place;

async fn rows() -> Vec<Row> {
    let place = Place::new().await;
    let charges = Charges::new(&place, "check");
    let mut rows = Vec::new();
    for length in [10, 1_000] {
        charges.fill(length).await;
        rows.extend(charges.of(length).await);
    }
    rows
}

/// Length, events appended, strategy, way, trips, operations.
fn counted(row: &Row) -> String {
    let Row { length, events, strategy, trips, .. } = row;
    let way = match row.way {
        None => "",
        Some(Way::Procedure) => "procedure",
        Some(Way::Batch) => "batch",
    };
    let (name, operations) = (strategy.name(), row.operations());
    format!("{length:>5} {events:>3}  {name:<16}{way:<10}{trips:>3}  {operations}")
}

#[tokio::test]
async fn what_a_command_takes_is_counted() {
    let rows = rows().await;
    let table: Vec<_> = rows.iter().map(counted).collect();
    insta::with_settings!({
        description => "why: with the state in memory a command is one round trip, however long its stream is"
    }, {
        insta::assert_snapshot!(table.join("\n"));
    });
    the_cockpit_shows_what_is_counted(&rows);
    the_formulas_are_those_of_the_local_server(&rows);
    a_warm_command_costs_little_more_than_its_documents(&rows);
}

/// The longest stream of the file takes a while to fill, so its rows are left to those who write it.
fn the_cockpit_shows_what_is_counted(rows: &[Row]) {
    let mut shown = saved();
    shown.retain(|row| row.length <= 1_000);
    let counted: Vec<_> = rows.iter().map(Saved::from).collect();
    assert_eq!(shown, counted, "write the file anew: just charges --save");
}

/// The embedded Cosmos DB charges by the same model, so the two must meet.
fn the_formulas_are_those_of_the_local_server(rows: &[Row]) {
    for row in rows {
        let off = (row.model - row.measured).abs() / row.measured;
        let (model, server) = (row.model, row.measured);
        assert!(off < 0.02, "{}: formula {model:.2}, server {server:.2}", counted(row));
    }
}

fn a_warm_command_costs_little_more_than_its_documents(rows: &[Row]) {
    let mut floor = 0.0;
    for row in rows {
        let most = match (row.strategy, row.way) {
            (Strategy::Floor, _) => {
                floor = row.measured;
                continue;
            }
            (Strategy::Cached, Some(Way::Batch)) => 1.6,
            (Strategy::Cached, _) => 2.5,
            _ => continue,
        };
        assert_eq!(row.trips, 1, "{}", counted(row));
        let times = row.measured / floor;
        assert!(times <= most, "{}: {times:.2} times the floor, at most {most}", counted(row));
    }
    let warm = |length| {
        let here = move |row: &&Row| row.length == length && row.strategy == Strategy::Cached;
        rows.iter().filter(here).map(|row| row.measured).collect::<Vec<_>>()
    };
    assert_eq!(warm(10), warm(1_000), "the length of the stream makes no difference");
}
