//! Commands a second of ours and of other libraries of event sourcing: one small aggregate, all in memory, in one
//! run, on one thread, one command after the other.
//!
//! A command loads the aggregate, decides and appends one event. Each library is used as its own documentation
//! shows it, with the store in memory that comes with it. They are measured in processes of their own: one of
//! them prints a line at each load, which goes nowhere here.
//!
//! # Layout
//!
//! - `peer`: what is asked of each of them, and how it is measured.
//! - `ours`, `with_cqrs_es`, `with_eventcore`, `with_eventually`: the same counter in the words of each.

mod ours;
mod peer;
mod with_cqrs_es;
mod with_eventcore;
mod with_eventually;

use std::process::{Command, ExitCode, Stdio};

use clap::{Parser, ValueEnum};

use peer::{Failure, Rates};

/// Of the speed at streams of 10 events, ours keeps at least this at streams of 10,000.
const KEPT: f64 = 0.8;

/// On a new stream ours is at least this fast beside cqrs-es. It writes the event as JSON, checks it, notes its id to
/// know it again and keeps the state; cqrs-es clones the event into a map.
const NEW: f64 = 0.8;

/// At streams of 1,000 events ours is so many times as fast as cqrs-es.
const AHEAD: f64 = 50.0;

/// Sets the libraries beside each other. Exit code 1 when an assertion does not hold.
#[derive(Parser)]
struct Arguments {
    /// Fewer and shorter rounds: figures to look at, not to quote.
    #[arg(long)]
    quick: bool,
    /// Measures one of them, and prints its rates as JSON to the standard error.
    #[arg(long, hide = true)]
    one: Option<Library>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Library {
    Ours,
    CqrsEs,
    Eventually,
    Eventcore,
}

fn main() -> ExitCode {
    let Arguments { quick, one } = Arguments::parse();
    let done = match one {
        Some(library) => measure(library, quick),
        None => compare(quick),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("peers: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(library: Library, quick: bool) -> Result<ExitCode, Failure> {
    let rounds = if quick { 5 } else { 20 };
    let rates = match library {
        Library::Ours => peer::measure::<ours::Ours>(rounds)?,
        Library::CqrsEs => peer::measure::<with_cqrs_es::CqrsEs>(rounds)?,
        Library::Eventually => peer::measure::<with_eventually::Eventually>(rounds)?,
        Library::Eventcore => peer::measure::<with_eventcore::Eventcore>(rounds)?,
    };
    eprintln!("{}", serde_json::to_string(&rates)?);
    Ok(ExitCode::SUCCESS)
}

fn compare(quick: bool) -> Result<ExitCode, Failure> {
    let ours = in_a_process_of_its_own("ours", quick)?;
    let cqrs_es = in_a_process_of_its_own("cqrs-es", quick)?;
    let others = [
        ("cqrs-es 0.5", &cqrs_es),
        ("eventually 0.4", &in_a_process_of_its_own("eventually", quick)?),
        ("eventcore 2", &in_a_process_of_its_own("eventcore", quick)?),
    ];
    println!("Commands/s in memory (median), by the events that the stream holds already");
    println!("{:16}{}", "", peer::EVENTS.map(|events| format!("{events:>12}")).concat());
    row("ours", &ours);
    for (name, rates) in others {
        row(name, rates);
    }
    Ok(verdict(&broken(&ours, &cqrs_es)))
}

fn row(name: &str, rates: &Rates) {
    println!("{name:16}{}", rates.map(|rate| format!("{rate:>12.0}")).concat());
}

fn in_a_process_of_its_own(library: &str, quick: bool) -> Result<Rates, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--one", library]).args(quick.then_some("--quick"));
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{library}: {said}").into());
    }
    Ok(serde_json::from_str(&said)?)
}

/// What was expected and does not hold.
fn broken(ours: &Rates, cqrs_es: &Rates) -> Vec<String> {
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

fn verdict(broken: &[String]) -> ExitCode {
    for assertion in broken {
        eprintln!("does not hold: {assertion}");
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
