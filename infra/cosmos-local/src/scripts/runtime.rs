//! An engine for one call: its limits, and the loop that runs the call to its end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rquickjs::{CaughtError, Context, Ctx, Function, Object, Runtime, Value};

use super::bridge::Session;
use super::source;
use super::stopwatch::Stopwatch;
use super::{Answer, Call, Host, Limits, ScriptError};

const API: &str = include_str!("api.js");

/// A runtime that stops when its time is over and knows whether it ever met a limit.
///
/// Memory is watched in two ways, since a script can catch the error of a refused allocation.
/// Cycles are collected only from the limit on, so a garbage cycle that is gone tells that the heap
/// was full: the engine looks whether to collect when it makes an object, that error included. And
/// `api.js` sees every error, also that of one allocation far too large for an almost empty heap.
/// The heap gets some room above its limit, in which these two can work.
struct Machine {
    context: Context,
    state: Rc<State>,
    limits: Limits,
}

struct State {
    stopwatch: Stopwatch,
    time: Duration,
    timed_out: Cell<bool>,
    out_of_memory: Cell<bool>,
}

impl State {
    /// Whether to stop now. Scripts cannot catch that.
    fn interrupts(&self) -> bool {
        if self.stopwatch.has_used(self.time) {
            self.timed_out.set(true);
        }
        self.timed_out.get() || self.out_of_memory.get()
    }
}

impl Machine {
    fn new(limits: &Limits, stopwatch: Stopwatch) -> Result<Self, ScriptError> {
        let out_of_memory = |_| ScriptError::Memory(limits.heap);
        let runtime = Runtime::new().map_err(out_of_memory)?;
        runtime.set_memory_limit(limits.heap + limits.heap / 16);
        runtime.set_gc_threshold(limits.heap);
        runtime.set_max_stack_size(limits.stack);
        let state = Rc::new(State {
            stopwatch,
            time: limits.time,
            timed_out: Cell::new(false),
            out_of_memory: Cell::new(false),
        });
        let watch = Rc::clone(&state);
        runtime.set_interrupt_handler(Some(Box::new(move || watch.interrupts())));
        Ok(Self {
            context: Context::full(&runtime).map_err(out_of_memory)?,
            state,
            limits: limits.clone(),
        })
    }

    /// Makes a text the function it is.
    fn load<'js>(
        &self,
        ctx: &Ctx<'js>,
        name: &str,
        text: &str,
    ) -> Result<Function<'js>, ScriptError> {
        source::load(ctx, name, text).map_err(|error| self.met_limit().unwrap_or(error))
    }

    /// Defines the API and returns what drives a procedure.
    fn install<'js>(
        &self,
        ctx: &Ctx<'js>,
        links: [&str; 2],
        bridge: impl Fn(&str, &str) -> String + 'static,
    ) -> Result<Object<'js>, ScriptError> {
        let api = self.load(ctx, "api.js", API)?;
        let state = Rc::clone(&self.state);
        let bridge = move |operation: String, json: String| {
            if operation == "outOfMemory" {
                state.out_of_memory.set(true);
                return String::new();
            }
            bridge(&operation, &json)
        };
        let defined = (|| {
            let info = Object::new(ctx.clone())?;
            info.set("self", links[0])?;
            info.set("alt", links[1])?;
            info.set("column", source::FIRST_COLUMN)?;
            api.call((Function::new(ctx.clone(), bridge)?, info))
        })();
        defined.map_err(|error| self.broke(ctx, error))
    }

    /// The limit that was met, if one was: that outweighs whatever else happened.
    fn met_limit(&self) -> Option<ScriptError> {
        if self.state.out_of_memory.get() {
            Some(ScriptError::Memory(self.limits.heap))
        } else if self.state.timed_out.get() {
            Some(ScriptError::Timeout(self.limits.time))
        } else {
            None
        }
    }

    /// An error that `api.js` could not report: that of a limit, or of built-ins that were spoilt.
    fn broke(&self, ctx: &Ctx, error: rquickjs::Error) -> ScriptError {
        let error = CaughtError::from_error(ctx, error);
        self.met_limit().unwrap_or_else(|| ScriptError::Thrown {
            number: None,
            message: error.to_string(),
            stack: String::new(),
        })
    }

    /// Calls the procedure and runs on, promise jobs before callbacks, until nothing is left to run.
    fn drive<'js>(
        &self,
        ctx: &Ctx<'js>,
        driver: &Object<'js>,
        procedure: Function<'js>,
        arguments: String,
        has_thrown: impl Fn() -> bool,
    ) -> rquickjs::Result<()> {
        let live = || !has_thrown() && !self.state.interrupts();
        let start: Function = driver.get("start")?;
        let next: Function = driver.get("next")?;
        let mut going: bool = start.call((procedure, arguments))?;
        while going {
            while live() && ctx.execute_pending_job() {}
            going = live() && next.call(())?;
        }
        Ok(())
    }

    /// Looks whether the heap was ever full. To ask takes no memory, so an error means the same.
    fn look_at_canary(&self, driver: &Object) {
        let canary = driver.get("canary").and_then(|canary: Function| canary.call(()));
        if canary.map_or(true, |canary: Value| canary.is_undefined()) {
            self.state.out_of_memory.set(true);
        }
    }
}

/// Runs the call on this thread, which must have room for the stack.
pub(super) fn run<H: Host>(call: &Call, host: H) -> Result<(H, Answer), ScriptError> {
    let stopwatch = Stopwatch::start();
    let machine = Machine::new(&call.limits, stopwatch)?;
    let session = Rc::new(RefCell::new(Session::new(call, host, stopwatch)));
    let ended = machine.context.with(|ctx| run_in(&machine, &ctx, call, &session));
    let limit = machine.met_limit();
    drop(machine);
    limit.map_or(ended, Err)?;
    let session = Rc::into_inner(session).expect("the other owner went with the machine");
    session.into_inner().finish()
}

fn run_in<H: Host>(
    machine: &Machine,
    ctx: &Ctx,
    call: &Call,
    session: &Rc<RefCell<Session<H>>>,
) -> Result<(), ScriptError> {
    let host = Rc::clone(session);
    let bridge = move |operation: &str, json: &str| host.borrow_mut().call(operation, json);
    let driver = machine.install(ctx, [&call.self_link, &call.alt_link], bridge)?;
    let procedure = machine.load(ctx, &call.name, &call.body)?;
    let arguments = serde_json::Value::from(call.arguments.clone()).to_string();
    let has_thrown = || session.borrow().has_thrown();
    let ended = machine.drive(ctx, &driver, procedure, arguments, has_thrown);
    machine.look_at_canary(&driver);
    ended.map_err(|error| machine.broke(ctx, error))
}

/// Loads the text where it can reach nothing.
pub(super) fn compile(body: &str) -> Result<(), ScriptError> {
    let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
    let machine = Machine::new(&limits, Stopwatch::start())?;
    let loaded = machine.context.with(|ctx| {
        machine.install(&ctx, ["", ""], |_, _| "{}".into())?;
        machine.load(&ctx, "procedure", body).map(drop)
    });
    loaded.map_err(|error| match error {
        ScriptError::Compile { .. } => error,
        other => ScriptError::Compile {
            message: format!("the body is more than one function: {other} while it was loaded"),
        },
    })
}
