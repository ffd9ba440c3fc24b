//! The `service-bus-local` server: a Service Bus on this machine.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Parser};
use local_server::program;
use service_bus_local::{Config, ConfigError, Options, ServiceBusLocal, StartError, Storage};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// A Service Bus on this machine, over REST. For development and tests.
#[derive(Parser)]
#[command(name = "service-bus-local", version)]
#[command(group(ArgGroup::new("storage").required(true).args(["data", "ephemeral"])))]
struct Arguments {
    /// The port to listen on; 0 takes a free one. [default: 5300, or the next one that is free]
    #[arg(long)]
    port: Option<u16>,
    /// The address to listen on. Anyone who can reach it and knows the published key can do anything.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The entities, in a file of the shape of the official emulator's Config.json.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the messages in this folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep the messages in memory; they are gone when the server stops.
    #[arg(long)]
    ephemeral: bool,
    /// Refuse custom properties that are text without quotes.
    #[arg(long)]
    strict: bool,
}

const PROGRAM: &str = "service-bus-local";
const PORT: u16 = 5300;
/// Tried no further, when none was asked for.
const LAST_PORT: u16 = PORT + 20;

/// Why the program ended.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}", path.display())]
    Config { path: PathBuf, source: ConfigError },
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Arguments {
    fn options(&self) -> Result<Options, Failure> {
        Ok(Options {
            address: self.address,
            storage: self.data.clone().map_or(Storage::Memory, Storage::Directory),
            config: self.config.as_deref().map(config).transpose()?.unwrap_or_default(),
            strict: self.strict,
            ..Options::default()
        })
    }
}

fn config(path: &Path) -> Result<Config, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Config::parse(&text).map_err(|source| Failure::Config { path: path.to_owned(), source })
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        // Warnings tell what of a configuration the official emulator would not take.
        .with_env_filter(
            EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy(),
        )
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let server = start(arguments).await?;
    program::ready(PROGRAM, server.endpoint());
    program::stop_asked().await;
    server.stop().await;
    Ok(())
}

/// The port asked for; or, when none was, the first that is free.
async fn start(arguments: &Arguments) -> Result<ServiceBusLocal, Failure> {
    let options = arguments.options()?;
    let mut port = arguments.port.unwrap_or(PORT);
    loop {
        match ServiceBusLocal::start(Options { port, ..options.clone() }).await {
            Err(StartError::Listen { source, .. })
                if source.kind() == ErrorKind::AddrInUse
                    && arguments.port.is_none()
                    && port < LAST_PORT =>
            {
                port += 1;
            }
            started => return Ok(started?),
        }
    }
}

fn report(error: &Failure) {
    program::report(PROGRAM, error);
    if matches!(error, Failure::Start(StartError::Listen { .. })) {
        eprintln!("  Is another service-bus-local running? --port 0 takes a free port.");
    }
}
