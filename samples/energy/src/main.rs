//! The program: reads its options, connects to Cosmos DB, and serves the pages on this machine.

use std::error::Error;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use cockpit::{Backend, reasons};
use daybook::cosmos::{Cosmos, Place, Settings};
use energy::store::Store;
use energy::{demo, web};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

/// Requests that run when the program is stopped may take this long to finish.
const GRACE: Duration = Duration::from_secs(10);

/// Smart meters, event-sourced on Azure Cosmos DB.
#[derive(Parser)]
struct Options {
    /// The port to listen on; the next free one if it is taken.
    #[arg(long, default_value_t = 3000)]
    port: u16,
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
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("energy: {}", reasons(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let settings = settings(&options)?;
    let cosmos = Cosmos::connect(&settings).await?;
    let backend = Backend::new(&settings, &cosmos);
    let store = Store::cosmos(&cosmos, backend.unit).await?;
    let app = web::App::new(store, web::site(backend, &options.host));
    let embedded = matches!(settings.place, Place::Embedded { .. });
    let store = app.meters.store();
    let of_itself =
        embedded && (store.meters().await?.is_empty() || demo::is_unfinished(store).await?);
    if options.demo || of_itself {
        demo::play(&app.meters).await?;
    }
    let listener = listen(options.port).await?;
    println!("Energy is at http://{}/", listener.local_addr()?);
    println!("{} · stop with ctrl-c", app.site.backend().line());
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
    let _ = tokio::time::timeout(GRACE, told_to_stop()).await;
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
    if !options.ephemeral && options.data.is_none() {
        return Ok(settings);
    }
    let Place::Embedded { .. } = settings.place else {
        let remedy = "--ephemeral and --data are about data on this machine, but COSMOS_ENDPOINT names \
                      another place: leave out the option, or unset the variable";
        return Err(remedy.into());
    };
    Ok(Settings { place: Place::Embedded { data: options.data.clone() }, ..settings })
}

/// Listens on the port, or on the next free one.
async fn listen(port: u16) -> Result<TcpListener, Box<dyn Error>> {
    for candidate in port..=port.saturating_add(100) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, candidate)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(format!("cannot listen on port {candidate}: {error}").into()),
        }
    }
    Err(format!("no port is free from {port} on: name another one with --port").into())
}
