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

use std::process::{Command, Stdio};

use clap::ValueEnum;

pub use peer::{Failure, Rates};

/// How often each has its turn: what else the machine does for a while does not hit one of them alone.
const TURNS: usize = 5;

/// Of the speed at streams of 10 events, ours keeps at least this at streams of 10,000.
const KEPT: f64 = 0.8;

/// On a new stream ours is at least this fast beside cqrs-es. It writes the event as JSON, checks it, notes its id to
/// know it again and keeps the state; cqrs-es clones the event into a map.
const NEW: f64 = 0.8;

/// At streams of 1,000 events ours is so many times as fast as cqrs-es.
const AHEAD: f64 = 50.0;

/// Ours and what it is set beside.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Library {
    /// The kit's.
    Ours,
    /// cqrs-es.
    CqrsEs,
    /// eventually.
    Eventually,
    /// eventcore.
    Eventcore,
}

impl Library {
    const ALL: [Self; 4] = [Self::Ours, Self::CqrsEs, Self::Eventually, Self::Eventcore];

    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::CqrsEs => "cqrs-es 0.5",
            Self::Eventually => "eventually 0.4",
            Self::Eventcore => "eventcore 2",
        }
    }
}

/// Takes the rates of one of them, in a process that does nothing else. `quick` takes fewer rounds.
///
/// # Errors
///
/// The library refused a command, or its counters are wrong afterwards.
pub fn measure(library: Library, quick: bool) -> Result<Rates, Failure> {
    let rounds = if quick { 5 } else { 20 };
    match library {
        Library::Ours => peer::measure::<ours::Ours>(rounds),
        Library::CqrsEs => peer::measure::<with_cqrs_es::CqrsEs>(rounds),
        Library::Eventually => peer::measure::<with_eventually::Eventually>(rounds),
        Library::Eventcore => peer::measure::<with_eventcore::Eventcore>(rounds),
    }
}

/// Sets the libraries beside each other, prints their rates and returns the assertions that do not hold. Each is
/// measured by this program, called with `--library` and its name: it writes what [`measure`] gives, as JSON, to its
/// standard error.
///
/// # Errors
///
/// One of them could not be measured.
pub fn bench(quick: bool) -> Result<Vec<String>, Failure> {
    let mut taken = Library::ALL.map(|_| Vec::new());
    for _ in 0..if quick { 1 } else { TURNS } {
        for (library, taken) in Library::ALL.into_iter().zip(&mut taken) {
            taken.push(in_a_process_of_its_own(library, quick)?);
        }
    }
    let rates = taken.map(|taken| medians(&taken));
    println!("Commands/s in memory (median), by the events that the stream holds already");
    println!("{:16}{}", "", peer::EVENTS.map(|events| format!("{events:>12}")).concat());
    for (library, rates) in Library::ALL.into_iter().zip(&rates) {
        println!("{:16}{}", library.name(), rates.map(|rate| format!("{rate:>12.0}")).concat());
    }
    let [ours, cqrs_es, ..] = &rates;
    Ok(broken(ours, cqrs_es))
}

/// The median of each column.
fn medians(taken: &[Rates]) -> Rates {
    std::array::from_fn(|column| {
        let mut rates: Vec<_> = taken.iter().map(|rates| rates[column]).collect();
        peer::median(&mut rates)
    })
}

fn in_a_process_of_its_own(library: Library, quick: bool) -> Result<Rates, Failure> {
    let name = library.to_possible_value().expect("no library is left out");
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--library", name.get_name()]).args(quick.then_some("--quick"));
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{}: {said}", library.name()).into());
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
