//! Stored procedures: JavaScript on QuickJS, inside a transaction of one logical partition.

use std::time::Duration;

use serde_json::Value;

use crate::engine::{Failure, Operation, Outcome};
use crate::query::{Page, Request};

/// What a procedure works on: a transaction of its logical partition, or a double in tests.
pub trait Host: Send + 'static {
    fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure>;
    fn query(&self, request: &Request) -> Result<Page, Failure>;
}

/// One call of a procedure.
#[derive(Debug, Clone)]
pub struct Call {
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
    /// Wall clock of the whole call.
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

/// Why a call was rolled back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ScriptError {
    /// The text is not one function.
    #[error("{message}")]
    Compile { message: String },
    /// The script threw, or aborted. `number` is that of `new Error(number, message)`.
    #[error("{message}")]
    Thrown { number: Option<u32>, message: String, stack: String },
    /// It took longer than it may.
    #[error("the script ran longer than {0:?}")]
    Timeout(Duration),
    /// It used more memory than it may, even if it caught that.
    #[error("the script used more than {0} bytes of memory")]
    Memory(usize),
    /// The engine failed, before or after the script.
    #[error(transparent)]
    Engine(#[from] Failure),
}

/// Checks that the text compiles to one function.
pub fn compile(body: &str) -> Result<(), ScriptError> {
    todo!("{body}")
}

/// Runs the call to its end, callbacks and promises included, and gives the host back for the commit. Blocking.
pub fn run<H: Host>(call: &Call, host: H) -> Result<(H, Answer), ScriptError> {
    let _ = (call, host);
    todo!()
}
