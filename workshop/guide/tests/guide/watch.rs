//! `guide watch`: a check on every save, until one leaves.

use crate::store::{workshop, write_step};
use crate::support::Workshop;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

struct Watching {
    guide: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(workshop: &Workshop) -> Self {
        let mut command = workshop.command(&["watch"]);
        let mut guide =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the guide runs");
        let said = BufReader::new(guide.stdout.take().expect("a pipe"));
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            said.lines().map_while(Result::ok).try_for_each(|l| send.send(l))
        });
        Self { guide, lines }
    }

    /// What one check said, up to the line that says how to go on.
    fn next(&self) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("the guide goes on");
            if line.starts_with("(watching: ") {
                return said;
            }
            said += &(line + "\n");
        }
    }

    fn press(&mut self, keys: &str) {
        let stdin = self.guide.stdin.as_mut().expect("a pipe");
        stdin.write_all(keys.as_bytes()).and_then(|()| stdin.flush()).expect("the guide listens");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.guide.kill();
        let _ = self.guide.wait();
    }
}

#[test]
fn a_save_is_checked_and_so_is_enter() {
    let workshop = workshop();
    let mut watching = Watching::start(&workshop);
    assert!(watching.next().contains("step 1 is waiting for you"));

    write_step(&workshop, "step 1", "    format!(\"{stream}:{version}\")");
    assert!(watching.next().contains("step 2 is waiting for you"));

    watching.press("\n");
    assert!(watching.next().contains("step 2 is waiting for you"));

    watching.press("q\n");
    assert_eq!(watching.guide.wait().expect("it ends").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt as _;
    answer_interrupts();
    let workshop = workshop();
    let mut watching = Watching::start(&workshop);
    watching.next();
    let pid = watching.guide.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
    assert_eq!(watching.guide.wait().expect("it ends").signal(), Some(2));
}

/// Whoever runs these tests in the background of a shell has them ignore interrupts, and their children with them. A
/// program that answers a signal itself starts its children with the system's answer.
#[cfg(unix)]
fn answer_interrupts() {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.expect("a runtime");
    drop(runtime.block_on(async { signal(SignalKind::interrupt()) }).expect("a handler"));
}
