//! Stored procedures: JavaScript on `QuickJS`, inside a transaction of one logical partition.
//!
//! # Layout
//!
//! - `runtime`: an engine for each call; time, heap and stack limits; the loop to the call's end.
//! - `api.js`: what a procedure sees: `getContext()`, the collection, the response, `console.log`.
//! - `bridge`: the one native function behind it, and the answers it gives.
//! - `request`: the arguments of an API call, checked and turned into operations and queries.
//! - `links`: how a script names its collection and its documents.
//! - `source`: from the text of a function to the function.
//! - `stopwatch`: the time that counts against a limit.
//! - `error`: why a call was rolled back.

mod bridge;
mod error;
mod links;
mod request;
mod runtime;
mod source;
mod stopwatch;
#[cfg(test)]
mod tests;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::engine::{Failure, Operation, Outcome};
use crate::query::{Page, Request};

pub use error::ScriptError;

/// How long after it should have ended a call is given up that did not let itself be stopped.
const GRACE: Duration = Duration::from_millis(500);
/// Bytes of stack for what is not JavaScript: the bridge and the host.
const STACK_RESERVE: usize = 1 << 20;

/// What a procedure works on: a transaction of its logical partition, or a double in tests.
pub trait Host: Send + 'static {
    fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure>;
    fn query(&self, request: &Request) -> Result<Page, Failure>;
}

/// One call of a procedure.
#[derive(Debug, Clone)]
pub struct Call {
    /// The procedure's id: the file name in stack traces.
    pub name: String,
    /// The JavaScript: one function, named or not.
    pub body: String,
    /// The arguments, in order.
    pub arguments: Vec<Value>,
    /// `dbs/{rid}/colls/{rid}/`
    pub self_link: String,
    /// `dbs/{name}/colls/{name}`
    pub alt_link: String,
    /// Whether `console.log` is kept.
    pub logging: bool,
    pub limits: Limits,
}

/// What a call may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Of work of the whole call; what a busy machine does meanwhile counts only when it takes several times as long.
    pub time: Duration,
    /// From here on operations are not accepted (`isAccepted` is false), so that a script can finish cleanly.
    pub accept_for: Duration,
    /// Bytes.
    pub heap: usize,
    /// Bytes.
    pub stack: usize,
    /// Bytes of the response body.
    pub response: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(5),
            accept_for: Duration::from_secs(4),
            heap: 64 << 20,
            stack: 512 << 10,
            response: 4 << 20,
        }
    }
}

/// What a call answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The value given to `setBody`; `None` when there was none.
    pub body: Option<Value>,
    /// What was logged, if that was asked for.
    pub log: String,
    /// Operations carried out, for the charge model.
    pub operations: usize,
}

/// Checks that the text compiles to one function. It runs nothing of that function.
pub fn compile(body: &str) -> Result<(), ScriptError> {
    on_own_thread(&Limits::default(), {
        let body = body.to_owned();
        move || runtime::compile(&body)
    })
}

/// Runs the call to its end, callbacks and promises included, and gives the host back for the commit.
/// Blocking.
///
/// An async procedure that rejects does not roll back, as on the service: the rejection is logged by
/// this program, and what was written is committed. `getContext().abort(error)` rolls back.
pub fn run<H: Host>(call: &Call, host: H) -> Result<(H, Answer), ScriptError> {
    on_own_thread(&call.limits, {
        let call = call.clone();
        move || runtime::run(&call, host)
    })
}

/// A thread of its own gives a script the stack it was promised, whoever calls. And `QuickJS` has
/// loops that nothing interrupts (`new Array(4294967295).join()`, say): such a thread is left behind
/// with its host until the loop ends, while the call ends in time.
fn on_own_thread<T: Send + 'static>(
    limits: &Limits,
    work: impl FnOnce() -> Result<T, ScriptError> + Send + 'static,
) -> Result<T, ScriptError> {
    let (answer, answered) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("stored-procedure".into())
        .stack_size(limits.stack + STACK_RESERVE)
        .spawn(move || drop(answer.send(work())))
        .map_err(|error| broken(format!("no thread for a stored procedure: {error}")))?;
    match answered.recv_timeout(stopwatch::longest(limits.time) + GRACE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(ScriptError::Timeout(limits.time)),
        Err(RecvTimeoutError::Disconnected) => {
            Err(broken("the thread of a stored procedure panicked".into()))
        }
    }
}

fn broken(reason: String) -> ScriptError {
    ScriptError::Engine(Failure::Storage { reason })
}
