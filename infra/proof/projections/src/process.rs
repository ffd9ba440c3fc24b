//! Starts, stops and kills worker processes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Nothing here takes as long as this; a machine that is busy with other things may need a part of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker process. Dropped, it is killed.
pub struct Process {
    child: Child,
    orders: ChildStdin,
    said: mpsc::UnboundedReceiver<String>,
}

impl Process {
    /// Starts a program that takes an order as JSON, such as this package's `worker`.
    ///
    /// # Panics
    ///
    /// It cannot be started.
    #[must_use]
    pub fn start(program: &str, order: &impl Serialize) -> Self {
        let order = serde_json::to_string(order).expect("orders can be written");
        let mut child = Command::new(program)
            .arg(order)
            .env("COSMOS_DISABLE_IMDS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the worker is a program");
        let orders = child.stdin.take().expect("it was asked for");
        let output = child.stdout.take().expect("it was asked for");
        let (sender, said) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, orders, said }
    }

    /// Waits until it says this.
    ///
    /// # Panics
    ///
    /// It ends, or takes too long.
    pub async fn says(&mut self, wanted: &str) {
        let found = async {
            while let Some(line) = self.said.recv().await {
                if line == wanted {
                    return true;
                }
            }
            false
        };
        let found = timeout(PATIENCE, found).await;
        assert_eq!(found, Ok(true), "the worker was to say {wanted:?}");
    }

    /// Tells it something.
    ///
    /// # Panics
    ///
    /// It is gone.
    pub fn tell(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("it listens");
    }

    /// SIGKILL.
    ///
    /// # Panics
    ///
    /// It was not there to be killed.
    pub fn kill(mut self) {
        assert!(self.child.try_wait().expect("it is ours").is_none(), "it ended by itself");
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// SIGSTOP: it stands still, all of it.
    pub fn suspend(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn wake(&self) {
        self.signal(Signal::CONT);
    }

    /// Lets it finish what it is at and waits for its end.
    pub async fn stop(mut self) {
        self.tell("stop");
        self.says("stopped").await;
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is ours");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
