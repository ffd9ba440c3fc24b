//! A QuickJS runtime for one call: its limits, the loading of the text, and the loop that ends it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Object, Runtime, Value};

use super::bridge::Session;
use super::{Answer, Call, Host, Limits, ScriptError};

const API: &str = include_str!("api.js");

/// Makes the text an expression and the only statement: what follows the function may be a semicolon and
/// comments, and the value of the whole is the function.
const BEFORE: &str = "do 0,";
const AFTER: &str = "\nwhile(0)";

/// A runtime that stops at its deadline and knows whether it ever met a limit.
///
/// Memory is watched in two ways, since a script can catch the error of an allocation that was refused.
/// Cycles are collected only from the limit on, so a garbage cycle that is gone tells that the heap was
/// full; making any object looks for that, the error itself included. And `api.js` sees every error
/// that is made. The heap gets some room above its limit, in which these two can work.
struct Machine {
    // Before the runtime: a context must go first.
    context: Context,
    _runtime: Runtime,
    state: Rc<State>,
    limits: Limits,
}

struct State {
    deadline: Instant,
    timed_out: Cell<bool>,
    out_of_memory: Cell<bool>,
}

impl State {
    /// Whether to stop now. Scripts cannot catch that.
    fn interrupts(&self) -> bool {
        if Instant::now() >= self.deadline {
            self.timed_out.set(true);
        }
        self.timed_out.get() || self.out_of_memory.get()
    }
}

impl Machine {
    fn new(limits: &Limits, started: Instant) -> Result<Self, ScriptError> {
        let out_of_memory = |_| ScriptError::Memory(limits.heap);
        let runtime = Runtime::new().map_err(out_of_memory)?;
        runtime.set_memory_limit(limits.heap + limits.heap / 16);
        runtime.set_gc_threshold(limits.heap);
        runtime.set_max_stack_size(limits.stack);
        let state = Rc::new(State {
            deadline: started + limits.time,
            timed_out: Cell::new(false),
            out_of_memory: Cell::new(false),
        });
        let watch = Rc::clone(&state);
        runtime.set_interrupt_handler(Some(Box::new(move || watch.interrupts())));
        Ok(Self {
            context: Context::full(&runtime).map_err(out_of_memory)?,
            _runtime: runtime,
            state,
            limits: limits.clone(),
        })
    }

    /// Defines the API and returns what drives a procedure.
    fn install<'js>(
        &self,
        ctx: &Ctx<'js>,
        links: [&str; 2],
        bridge: impl Fn(&str, &str) -> String + 'static,
    ) -> rquickjs::Result<Object<'js>> {
        let mut options = EvalOptions::default();
        options.filename = Some("api.js".into());
        let api: Function = ctx.eval_with_options(API, options)?;
        let state = Rc::clone(&self.state);
        let bridge = Function::new(ctx.clone(), move |operation: String, json: String| {
            if operation == "outOfMemory" {
                state.out_of_memory.set(true);
                return String::new();
            }
            bridge(&operation, &json)
        })?;
        let info = Object::new(ctx.clone())?;
        info.set("self", links[0])?;
        info.set("alt", links[1])?;
        info.set("column", BEFORE.len())?;
        api.call((bridge, info))
    }

    /// Makes the text a function. For a function this runs nothing of it.
    fn load<'js>(
        &self,
        ctx: &Ctx<'js>,
        name: &str,
        body: &str,
    ) -> Result<Function<'js>, ScriptError> {
        let mut options = EvalOptions::default();
        options.strict = false;
        options.filename = Some(name.replace('\0', ""));
        let value: Value = ctx
            .eval_with_options(format!("{BEFORE}{body}{AFTER}"), options)
            .catch(ctx)
            .map_err(|error| self.met_limit().unwrap_or_else(|| not_a_function(&error)))?;
        value.into_function().ok_or_else(|| ScriptError::Compile {
            message: "the body is not a function; it must be exactly one, named or not".into(),
        })
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

    /// An error of the engine itself: that of a limit, or one that no call should be able to cause.
    fn broke(&self, ctx: &Ctx, error: &rquickjs::Error) -> ScriptError {
        let thrown = ctx.catch();
        self.met_limit().unwrap_or_else(|| ScriptError::Thrown {
            number: None,
            message: format!("the procedure ended without an answer: {error} {thrown:?}"),
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
        let start: Function = driver.get("start")?;
        let next: Function = driver.get("next")?;
        let live = || !has_thrown() && !self.state.interrupts();
        let mut going: bool = start.call((procedure, arguments))?;
        while going {
            while live() && ctx.execute_pending_job() {}
            going = live() && next.call(())?;
        }
        let overflowed: Function = driver.get("overflowed")?;
        if overflowed.call(())? {
            self.state.out_of_memory.set(true);
        }
        Ok(())
    }
}

/// Runs the call on this thread, which must have room for the stack.
pub(super) fn run<H: Host>(call: &Call, host: H) -> Result<(H, Answer), ScriptError> {
    let started = Instant::now();
    let machine = Machine::new(&call.limits, started)?;
    // Taken out in the end, since the runtime still holds the other end then.
    let session = Rc::new(RefCell::new(Some(Session::new(call, host, started))));
    machine.context.with(|ctx| {
        let broke = |error: rquickjs::Error| machine.broke(&ctx, &error);
        let shared = Rc::clone(&session);
        let driver = machine
            .install(
                &ctx,
                [&call.self_link, &call.alt_link],
                move |operation, json| {
                    let mut session = shared.borrow_mut();
                    session
                        .as_mut()
                        .map_or_else(String::new, |session| session.call(operation, json))
                },
            )
            .map_err(broke)?;
        let procedure = machine.load(&ctx, &call.name, &call.body)?;
        let arguments = serde_json::Value::from(call.arguments.clone()).to_string();
        let has_thrown = || session.borrow().as_ref().is_some_and(Session::has_thrown);
        machine
            .drive(&ctx, &driver, procedure, arguments, has_thrown)
            .map_err(broke)
    })?;
    if let Some(limit) = machine.met_limit() {
        return Err(limit);
    }
    let session = session
        .take()
        .expect("only this function takes the session");
    session.finish()
}

/// Loads the text where it can reach nothing.
pub(super) fn compile(body: &str) -> Result<(), ScriptError> {
    let limits = Limits {
        time: Duration::from_secs(1),
        ..Limits::default()
    };
    let machine = Machine::new(&limits, Instant::now())?;
    machine.context.with(|ctx| {
        machine
            .install(&ctx, ["", ""], |_, _| "{}".into())
            .map_err(|error| machine.broke(&ctx, &error))?;
        machine.load(&ctx, "procedure", body).map(drop)
    })
}

fn not_a_function(error: &CaughtError) -> ScriptError {
    let CaughtError::Exception(exception) = error else {
        return ScriptError::Compile {
            message: format!("the body is not a function: {error}"),
        };
    };
    let message = exception.message().unwrap_or_default();
    let stack = exception.stack().unwrap_or_default();
    let place = stack.lines().next().and_then(|frame| {
        let mut parts = frame.trim_end_matches(')').rsplitn(3, ':');
        let column: u32 = parts.next()?.parse().ok()?;
        let line: u32 = parts.next()?.parse().ok()?;
        Some(format!("line {line}, column {column}: "))
    });
    ScriptError::Compile {
        message: format!("{}{message}", place.unwrap_or_default()),
    }
}
