//! The program: reads its options, connects to Cosmos DB, folds the views, tells others, and serves the pages on this machine.

use std::error::Error;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use cockpit::{Backend, reasons};
use daybook::cosmos::{Cosmos, Place, Settings};
use daybook::gdpr::Caching;
use daybook::projections;
use energy::bus::{self, Bus};
use energy::projecting::Projections;
use energy::role::Role;
use energy::store::{Store, wrapping_key};
use energy::telling::Telling;
use energy::{demo, forget, web};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Requests that run when the program is stopped, and pages that are being folded, may take this long to finish.
const GRACE: Duration = Duration::from_secs(10);

/// So long the program waits with its address for the views of what was stored before.
const FIRST_LOOK: Duration = Duration::from_secs(3);

/// Inside one process, so many workers to a projection.
const LEASES_INSIDE: usize = 4;

/// A worker writes this often to the log how far behind it is; the alerts look at five minutes.
const BETWEEN_LOGS: Duration = Duration::from_secs(60);

/// Where Cosmos DB is elsewhere, a bus inside this process would tell the others nothing.
const NO_BUS: &str =
    "No Service Bus: set SERVICEBUS_NAMESPACE or SERVICEBUS_LOCAL_URL to tell others of meters";

/// Smart meters, event-sourced on Azure Cosmos DB.
#[derive(Parser)]
struct Options {
    /// Erases or tells, instead of serving pages.
    #[command(subcommand)]
    command: Option<forget::Command>,
    /// For how long the key of an owner is used before it is fetched again: so long may another process still
    /// show what was erased.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, global = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(0..=3600))]
    key_seconds: u64,
    /// The port to listen on; the next free one if it is taken.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// The address to listen on: of this machine alone, unless a container is entered from outside.
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST, value_name = "ADDRESS")]
    listen: Ipv4Addr,
    /// What this process does. Several processes share a Cosmos DB that is not inside one of them.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
    /// The port on which a worker answers to /health; the next free one if it is taken.
    #[arg(long, default_value_t = 3100, value_name = "PORT")]
    health_port: u16,
    /// Keep the data in memory: it is gone when the program ends.
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
    /// Keep the data in this folder instead of `.daybook`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Play the talk's scenario, also where there is data or a real account.
    #[arg(long)]
    demo: bool,
    /// A name under which browsers reach this program, besides those of this machine. May be repeated.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// At least so many leases to a projection: so many workers can share it. Holds where it was never run.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    leases: Option<u16>,
    /// For how long a worker's claim on a lease holds that is not renewed.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    lease_seconds: u64,
}

impl Options {
    /// What this process is called among the others.
    fn word(&self) -> &'static str {
        self.command.as_ref().map_or(self.role.word(), |_| "command")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run_and_tell(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("energy: {}", reasons(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run_and_tell(options: Options) -> Result<(), Box<dyn Error>> {
    let telling = Telling::start(options.word(), |name| std::env::var(name).ok())?;
    let done = Box::pin(run(options)).await;
    telling.close().await;
    done
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let settings = settings(&options)?;
    let cosmos = Cosmos::connect(&settings).await?;
    let backend = Backend::new(&settings, &cosmos);
    let store = Store::open(&cosmos, backend.unit).await?;
    let longest = Duration::from_secs(options.key_seconds);
    let caching = Caching { longest, ..Caching::default() };
    let store = store.sealed_by(wrapping_key(&settings, |name| std::env::var(name).ok())?, caching);
    let projections = Projections::open(&cosmos, &store).await?;
    if let Some(command) = &options.command {
        return command.run(&store, &projections.privacy).await;
    }
    let bus = open_bus(&settings, &cosmos, &projections).await?;
    let app = web::App::new(store, &projections, web::site(backend, &options.host), options.role);
    let app = app.telling(bus.clone());
    let embedded = matches!(settings.place, Place::Embedded { .. });
    play(&options, &app, &projections, embedded).await?;
    let projector = options.role.works().then(|| projections.run(working(&options, embedded)));
    let bus = bus.filter(|_| options.role.works());
    let telling = bus.map(|bus| bus.run(working(&options, embedded), bus::PAUSE));
    if options.role == Role::All {
        // What was stored before is seen at the first look; what takes longer says so on the pages.
        let _ = timeout(FIRST_LOOK, app.projected.caught_up()).await;
    }
    let watching = options.role.works().then(|| tokio::spawn(watch(app.clone())));
    let served = serve(&options, app).await;
    if let Some(watching) = watching {
        watching.abort();
    }
    if let Some(projector) = projector {
        // Leases that could not be let go of end by themselves.
        let _ = timeout(GRACE, projector.stop()).await;
    }
    if let Some(telling) = telling {
        // A message that was not settled comes again.
        let _ = timeout(GRACE, telling.stop()).await;
    }
    served
}

/// The bus, if there is one for this process.
async fn open_bus(
    settings: &Settings,
    cosmos: &Cosmos,
    projections: &Projections,
) -> Result<Option<Bus>, Box<dyn Error>> {
    let Some(settings) = bus::settings(settings)? else {
        return Ok(None);
    };
    let connected = bus::connect(&settings).await?;
    Ok(Some(Bus::open(connected, bus::place(&settings), cosmos, projections).await?))
}

/// Plays the talk's scenario where it is asked for, and in an empty place of our own.
async fn play(
    options: &Options,
    app: &web::App,
    projections: &Projections,
    embedded: bool,
) -> Result<(), Box<dyn Error>> {
    let store = app.meters.store();
    let of_itself =
        embedded && (projections.nothing_happened().await? || demo::is_unfinished(store).await?);
    if options.role.serves() && (options.demo || of_itself) {
        demo::play(&app.meters).await?;
    }
    Ok(())
}

/// How views are folded: inside this process there is nobody to wait for.
fn working(options: &Options, embedded: bool) -> projections::Options {
    let usual = if embedded { LEASES_INSIDE } else { 1 };
    projections::Options {
        leases: options.leases.map_or(usual, usize::from),
        duration: Duration::from_secs(options.lease_seconds),
        alone: embedded,
        ..projections::Options::default()
    }
}

/// Writes to the log, again and again, how far the views and the publisher are behind.
async fn watch(app: web::App) {
    let messaging = app.bus.as_ref().map(Bus::messaging);
    let mut again = tokio::time::interval(BETWEEN_LOGS);
    loop {
        again.tick().await;
        app.projected.log_lag().await;
        if let Some(messaging) = &messaging {
            messaging.log_lag(&app.projected.sources).await;
        }
    }
}

/// Serves until the program is told to stop.
async fn serve(options: &Options, app: web::App) -> Result<(), Box<dyn Error>> {
    let listener = if options.role.serves() {
        let listener = listen(options.listen, options.port, "--port").await?;
        println!("Energy is at http://{}/", listener.local_addr()?);
        listener
    } else {
        let listener = listen(options.listen, options.health_port, "--health-port").await?;
        println!("Energy folds views; its health is at http://{}/health", listener.local_addr()?);
        listener
    };
    println!("{} · stop with ctrl-c", app.site.backend().line());
    println!("{}", app.bus.as_ref().map_or(NO_BUS, Bus::place));
    let ledger = app.ledger.clone();
    let (stopping, stopped) = oneshot::channel::<()>();
    let stop = async move {
        told_to_stop().await;
        ledger.close();
        drop(stopping);
    };
    let serving = axum::serve(listener, web::router(app)).with_graceful_shutdown(stop);
    tokio::select! {
        served = serving => served?,
        () = out_of_patience(stopped) => {}
    }
    Ok(())
}

/// Once the program is to stop, waits a while for requests that do not end, or to be told again.
async fn out_of_patience(stopped: oneshot::Receiver<()>) {
    // An error is the sender dropped, which means the same.
    let _ = stopped.await;
    let _ = timeout(GRACE, told_to_stop()).await;
}

/// Waits for ctrl-c, or for SIGTERM, with which containers and service managers stop a program.
async fn told_to_stop() {
    // Without a handler the program could only be killed: then it ends at once.
    #[cfg(unix)]
    if let Ok(mut told) = signal(SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = told.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Where Cosmos DB is: the environment says it, the options for this machine's own data may narrow it.
fn settings(options: &Options) -> Result<Settings, Box<dyn Error>> {
    let settings = Settings::from_env()?;
    let embedded = matches!(settings.place, Place::Embedded { .. });
    if embedded && options.role == Role::Worker {
        let remedy = "a worker shares its Cosmos DB with other processes, and an embedded one is inside \
                      one of them: start cosmos-local and set COSMOS_ENDPOINT and COSMOS_KEY for all of \
                      them, or run everything in one process with --role all";
        return Err(remedy.into());
    }
    if !options.ephemeral && options.data.is_none() {
        return Ok(settings);
    }
    if !embedded {
        let remedy = "--ephemeral and --data are about data on this machine, but COSMOS_ENDPOINT names \
                      another place: leave out the option, or unset the variable";
        return Err(remedy.into());
    }
    Ok(Settings { place: Place::Embedded { data: options.data.clone() }, ..settings })
}

/// Listens on the port, or on the next free one.
async fn listen(address: Ipv4Addr, port: u16, option: &str) -> Result<TcpListener, Box<dyn Error>> {
    for candidate in port..=port.saturating_add(100) {
        match TcpListener::bind((address, candidate)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(format!("cannot listen on port {candidate}: {error}").into()),
        }
    }
    Err(format!("no port is free from {port} on: name another one with {option}").into())
}
