//! What the command lines share.

use std::error::Error;
use std::io::Write as _;

/// Says on standard output where a program can be reached. Whoever starts it waits for this line.
pub fn ready(program: &str, endpoint: &str) {
    // Whoever started this may have closed the pipe; the server does not depend on being read.
    let _ = writeln!(std::io::stdout(), "{program} is ready at {endpoint}");
}

/// Waits for ctrl-c, or for the system to ask the process to end.
pub async fn stop_asked() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Writes an error and all of its causes to standard error.
pub fn report(program: &str, error: &dyn Error) {
    eprintln!("{program}: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
