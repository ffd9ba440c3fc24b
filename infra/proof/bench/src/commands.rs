//! Commands a second of the kit and of other libraries of event sourcing, side by side. Each is measured in processes
//! of its own, which are this program with `--library`.

use std::process::{Command, Stdio};

use clap::ValueEnum;
use libraries::{EVENTS, Library, Rates};

use crate::figures::{median, rate, thousands};
use crate::{Failure, table};

/// How often each has its turn: what else the machine does for a while does not hit one of them alone.
const TURNS: usize = 5;

/// Of the speed at streams of 10 events, ours keeps at least this at streams of 10,000.
const KEPT: f64 = 0.8;

/// On a new stream ours is at least this fast beside cqrs-es. It writes the event as JSON, checks it, notes its id to
/// know it again and keeps the state; cqrs-es clones the event into a map.
const NEW: f64 = 0.8;

/// At streams of 1,000 events ours is so many times as fast as cqrs-es.
const AHEAD: f64 = 50.0;

/// Commands per second, for each of [`EVENTS`].
type Medians = [f64; EVENTS.len()];

/// Measures one library and writes its rates, as JSON, to the standard error: one of them
/// prints at each load, which goes nowhere.
pub fn tell_rates(library: Library, quick: bool) -> Result<(), Failure> {
    let rates = libraries::measure(library, quick)?;
    eprintln!("{}", serde_json::to_string(&rates)?);
    Ok(())
}

/// Sets the libraries beside each other and returns the assertions that do not hold.
pub fn bench(quick: bool) -> Result<Vec<String>, Failure> {
    let mut turns = Library::ALL.map(|_| Vec::new());
    for _ in 0..if quick { 1 } else { TURNS } {
        for (library, turns) in Library::ALL.into_iter().zip(&mut turns) {
            turns.push(medians_of(library, quick)?);
        }
    }
    let measured = turns.map(|turns| {
        std::array::from_fn(|column| {
            median(&turns.iter().map(|turn: &Medians| turn[column]).collect::<Vec<_>>())
        })
    });
    print(&measured);
    let [ours, cqrs_es, ..] = &measured;
    Ok(broken(ours, cqrs_es))
}

fn medians_of(library: Library, quick: bool) -> Result<Medians, Failure> {
    let name = library.to_possible_value().expect("no library is left out");
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--library", name.get_name()]).args(quick.then_some("--quick"));
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{}: {said}", library.name()).into());
    }
    let rates: Rates = serde_json::from_str(&said)?;
    Ok(rates.map(|rounds| median(&rounds)))
}

fn print(measured: &[Medians]) {
    let mut heading = vec![String::new()];
    heading.extend(EVENTS.map(|events| format!("{} events", thousands(events))));
    let row = |(library, rates): (Library, &Medians)| {
        let mut cells = vec![library.name().to_owned()];
        cells.extend(rates.map(rate));
        cells
    };
    let rows: Vec<_> = Library::ALL.into_iter().zip(measured).map(row).collect();
    table::print("Commands in memory (median), by what the stream holds already", &heading, &rows);
}

/// What was expected and does not hold.
fn broken(ours: &Medians, cqrs_es: &Medians) -> Vec<String> {
    let [fresh, ten, thousand, ten_thousand] = *ours;
    let checks = [
        ("a new stream, beside cqrs-es", fresh / cqrs_es[0], NEW),
        ("1,000 events, beside cqrs-es", thousand / cqrs_es[2], AHEAD),
        ("10,000 events, beside 10", ten_thousand / ten, KEPT),
    ];
    let of = |(what, times, least): (&str, f64, f64)| {
        println!("  {what}: {times:.2} times as fast, at least {least}");
        (times < least).then(|| format!("{what}: {times:.2}, at least {least}"))
    };
    checks.into_iter().filter_map(of).collect()
}
