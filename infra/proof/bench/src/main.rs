//! What cosmos-local and service-bus-local do in how much time, through the SDK and the event store, and through the
//! port of messages, over loopback.
//!
//! Figures are printed and never asserted: machines differ. What is asserted holds on every machine: nothing
//! that was acknowledged is missing, and what an operation costs does not grow with its stream. Client and
//! server share this process and its processors.
//!
//! # Layout
//!
//! - `place`: a cosmos-local in memory or on disk, with a client.
//! - `events`: what is written.
//! - `start`, `throughput`, `growth`: the three benches.
//! - `bus`: the same for service-bus-local.
//! - `figures`, `table`: medians, units, and how they are printed.

mod bus;
mod events;
mod figures;
mod growth;
mod place;
mod start;
mod table;
mod throughput;

use std::process::ExitCode;

use clap::Parser;

use place::Kind;

/// Whatever stops a bench: its message is all that is left to say.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures cosmos-local and service-bus-local. Exit code 1 when an assertion does not hold.
#[derive(Parser)]
struct Arguments {
    /// Shorter streams and fewer repetitions, for continuous integration.
    #[arg(long)]
    quick: bool,
    /// One of the two alone.
    #[arg(long, value_enum)]
    only: Option<Subject>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    Cosmos,
    Bus,
}

/// How much is measured.
struct Extent {
    starts: usize,
    /// Rounds of each operation, and what the clients do in one, all together.
    rounds: usize,
    operations: u64,
    /// Events in the streams whose costs are compared, ascending.
    streams: [u64; 3],
    repetitions: usize,
}

const FULL: Extent = Extent {
    starts: 15,
    rounds: 5,
    operations: 2_000,
    streams: [1_000, 10_000, 100_000],
    repetitions: 400,
};

const QUICK: Extent = Extent {
    starts: 5,
    rounds: 3,
    operations: 400,
    streams: [100, 1_000, 10_000],
    repetitions: 200,
};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let extent = if arguments.quick { QUICK } else { FULL };
    match run(&extent, arguments.only).await {
        Ok(broken) if broken.is_empty() => ExitCode::SUCCESS,
        Ok(broken) => {
            for assertion in broken {
                eprintln!("does not hold: {assertion}");
            }
            ExitCode::FAILURE
        }
        Err(failure) => {
            eprintln!("bench: {failure}");
            let mut source = failure.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Runs all benches and returns the assertions that do not hold.
async fn run(extent: &Extent, only: Option<Subject>) -> Result<Vec<String>, Failure> {
    let mut broken = Vec::new();
    if only != Some(Subject::Bus) {
        start::bench(extent).await?;
        for kind in [Kind::Memory, Kind::Disk] {
            broken.extend(throughput::bench(kind, extent).await?);
        }
        for kind in [Kind::Memory, Kind::Disk] {
            broken.extend(growth::bench(kind, extent).await?);
        }
    }
    if only != Some(Subject::Cosmos) {
        for kind in [Kind::Memory, Kind::Disk] {
            broken.extend(bus::bench(kind, extent).await?);
        }
    }
    Ok(broken)
}
