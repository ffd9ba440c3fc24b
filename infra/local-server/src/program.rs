//! What the command lines share, and starting one of them from a test.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

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

/// A server that was started as a program of its own. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Kept open: a program that nobody listens to may fail at speaking.
    _output: BufReader<ChildStdout>,
    endpoint: String,
}

impl Running {
    /// Starts a program and waits until it says that it is [`ready`].
    ///
    /// # Errors
    ///
    /// It cannot be started, or ends without having said so; why, it writes to standard error.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("its output is piped"))?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let Some((_, endpoint)) = line.trim().split_once(" is ready at ") else {
            // It has ended, or says something else: neither is of use to anybody.
            let _ = child.kill();
            child.wait()?;
            return Err(io::Error::other(format!("the program said {line:?}, not where it is")));
        };
        Ok(Self { endpoint: endpoint.to_owned(), child, _output: output })
    }

    /// Where it can be reached, such as `http://127.0.0.1:8081/`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: nothing of the process runs after this.
    ///
    /// # Errors
    ///
    /// It is not there any more.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `kill` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
