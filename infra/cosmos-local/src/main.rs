//! The `cosmos-local` server: a Cosmos DB on this machine, with stored procedures.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Parser};
use cosmos_local::{CosmosLocal, Options, StartError, Storage};
use local_server::program;
use tracing_subscriber::EnvFilter;

const PROGRAM: &str = "cosmos-local";

/// A Cosmos DB on this machine, with stored procedures. For development and tests.
#[derive(Parser)]
#[command(name = "cosmos-local", version)]
#[command(group(ArgGroup::new("storage").required(true).args(["data", "ephemeral"])))]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8081)]
    port: u16,
    /// The address to listen on. Anyone who can reach it and knows the published key can do anything.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Keep the data in this folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the data in memory; it is gone when the server stops.
    #[arg(long)]
    ephemeral: bool,
    /// Partition key ranges of each container created from now on.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    partitions: u32,
    /// Refuse requests with 429 once a container's throughput is used up.
    #[arg(long)]
    throttle: bool,
}

impl From<Arguments> for Options {
    fn from(arguments: Arguments) -> Self {
        Self {
            address: arguments.address,
            port: arguments.port,
            storage: arguments.data.map_or(Storage::Memory, Storage::Directory),
            partitions: arguments.partitions,
            throttle: arguments.throttle,
            ..Self::default()
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    match run(arguments.into()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), StartError> {
    let server = CosmosLocal::start(options).await?;
    program::ready(PROGRAM, server.endpoint());
    program::stop_asked().await;
    server.stop().await;
    Ok(())
}

fn report(error: &StartError) {
    program::report(PROGRAM, error);
    if matches!(error, StartError::Listen { .. }) {
        eprintln!("  Is another cosmos-local running? --port 0 takes a free port.");
    }
}
