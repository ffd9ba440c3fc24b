//! What cosmos-local, the codec, the projections and service-bus-local do in how much time, through the SDK and
//! through the port of messages, over loopback.
//!
//! Figures are printed and never asserted: machines differ. What is asserted holds on every machine: nothing
//! that was acknowledged is missing, what an operation costs does not grow with its stream, and how fast
//! something is beside something else in the same run. Client and server share this process and its processors.
//!
//! # Layout
//!
//! - `place`: a cosmos-local in memory or on disk, with a client. `projected`: one with views and leases, and
//!   with `counted`, which counts what is asked of them.
//! - `events`, `meters`: what is written.
//! - `start`, `throughput`, `growth`: the benches of cosmos-local.
//! - `decoding`: replay and codec. `catch_up`, `rebuild`, `visible`: the benches of projections.
//! - `servers`: cosmos-local beside others. `commands`: the kit beside other libraries, which the crate `libraries`
//!   knows. Both run only when they are named.
//! - `bus`: sends and receives of service-bus-local, and publishing from the change feed.
//! - `figures`, `table`: medians, units, and how they are printed.

mod bus;
mod catch_up;
mod commands;
mod counted;
mod decoding;
mod events;
mod figures;
mod growth;
mod meters;
mod place;
mod projected;
mod rebuild;
mod sealed;
mod servers;
mod start;
mod table;
mod throughput;
mod visible;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use libraries::Library;

use place::Kind;

/// Whatever stops a bench: its message is all that is left to say.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures all of it. Exit code 1 when an assertion does not hold.
#[derive(Parser)]
struct Arguments {
    /// Shorter streams and fewer repetitions: figures to look at, not to quote.
    #[arg(long)]
    quick: bool,
    /// Only these benches; without a name, all but the peers. `peers` are `libraries` and `servers`.
    benches: Vec<Bench>,
    /// So many events to catch up with, instead of 100,000.
    #[arg(long)]
    events: Option<u64>,
    /// Serves what the peers are compared by, instead of measuring.
    #[arg(long, hide = true)]
    serve: Option<servers::Served>,
    /// Measures a library of event sourcing, and prints its rates as JSON to the standard error.
    #[arg(long, hide = true)]
    library: Option<Library>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bench {
    Start,
    Throughput,
    Growth,
    Decoding,
    Sealed,
    CatchUp,
    Rebuild,
    Visible,
    Bus,
    Libraries,
    Servers,
    Peers,
}

impl Bench {
    fn is_in(self, named: &[Self]) -> bool {
        let beside_others = matches!(self, Self::Libraries | Self::Servers);
        match named {
            [] => !beside_others,
            named => named.contains(&self) || beside_others && named.contains(&Self::Peers),
        }
    }
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
    /// Events of the meter whose history is decoded.
    history: usize,
    /// Events to catch up with.
    events: u64,
    /// Events of the histories from which views are rebuilt.
    histories: [u64; 4],
    /// Commands that are waited for, one after the other.
    commands: u64,
    /// For how long idle polls are counted.
    idle: Duration,
}

const FULL: Extent = Extent {
    starts: 15,
    rounds: 5,
    operations: 2_000,
    streams: [1_000, 10_000, 100_000],
    repetitions: 400,
    history: 1_000,
    events: 100_000,
    histories: [5_000, 10_000, 20_000, 40_000],
    commands: 500,
    idle: Duration::from_secs(20),
};

const QUICK: Extent = Extent {
    starts: 5,
    rounds: 3,
    operations: 400,
    streams: [100, 1_000, 10_000],
    repetitions: 200,
    history: 200,
    events: 5_000,
    histories: [1_000, 2_000, 4_000, 8_000],
    commands: 100,
    idle: Duration::from_secs(10),
};

fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments { serve: Some(served), .. } => serve(served),
        Arguments { library: Some(library), quick, .. } => {
            commands::tell_rates(library, quick).map(|()| Vec::new())
        }
        arguments => run(&arguments),
    };
    match done {
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

#[tokio::main]
async fn serve(served: servers::Served) -> Result<Vec<String>, Failure> {
    servers::serve(served).await.map(|()| Vec::new())
}

/// Runs the benches that are wanted and returns the assertions that do not hold.
#[tokio::main]
async fn run(arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let mut extent = if arguments.quick { QUICK } else { FULL };
    extent.events = arguments.events.unwrap_or(extent.events);
    let extent = &extent;
    let wanted = |bench: Bench| bench.is_in(&arguments.benches);
    let mut broken = Vec::new();
    if wanted(Bench::Start) {
        start::bench(extent).await?;
    }
    for kind in [Kind::Memory, Kind::Disk] {
        if wanted(Bench::Throughput) {
            broken.extend(throughput::bench(kind, extent).await?);
        }
    }
    for kind in [Kind::Memory, Kind::Disk] {
        if wanted(Bench::Growth) {
            broken.extend(growth::bench(kind, extent).await?);
        }
    }
    if wanted(Bench::Decoding) {
        broken.extend(decoding::bench(extent)?);
    }
    if wanted(Bench::Sealed) {
        broken.extend(sealed::bench(extent).await?);
    }
    if wanted(Bench::CatchUp) {
        catch_up::bench(extent).await?;
    }
    if wanted(Bench::Rebuild) {
        broken.extend(rebuild::bench(extent).await?);
    }
    if wanted(Bench::Visible) {
        broken.extend(visible::bench(extent).await?);
    }
    for kind in [Kind::Memory, Kind::Disk] {
        if wanted(Bench::Bus) {
            broken.extend(bus::bench(kind, extent).await?);
        }
    }
    if wanted(Bench::Libraries) {
        broken.extend(commands::bench(arguments.quick)?);
    }
    if wanted(Bench::Servers) {
        broken.extend(servers::bench(extent).await?);
    }
    Ok(broken)
}
