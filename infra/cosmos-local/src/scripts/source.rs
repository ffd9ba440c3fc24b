//! From the text of a function to the function.

use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt, CaughtError, Ctx, Function, Value};

use super::ScriptError;

/// Makes the text an expression and the only statement: what follows the function may be a semicolon and
/// comments, and the value of the whole is the function.
const BEFORE: &str = "do 0,";
const AFTER: &str = "\nwhile(0)";

/// How far the columns of the first line are off in what the engine reports.
pub(super) const FIRST_COLUMN: usize = BEFORE.len();

/// Makes the text a function, sloppy unless it says otherwise. For a function this runs nothing of it.
pub(super) fn load<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    text: &str,
) -> Result<Function<'js>, ScriptError> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.replace('\0', ""));
    let value: Value = ctx
        .eval_with_options(format!("{BEFORE}{text}{AFTER}"), options)
        .catch(ctx)
        .map_err(|error| not_a_function(text, &error))?;
    value.into_function().ok_or_else(|| ScriptError::Compile {
        message: "the body is not a function; it must be exactly one, named or not".into(),
    })
}

fn not_a_function(text: &str, error: &CaughtError) -> ScriptError {
    let CaughtError::Exception(exception) = error else {
        return ScriptError::Compile {
            message: format!("the body is not a function: {error}"),
        };
    };
    let place = exception.stack().as_deref().and_then(place);
    let message = exception.message().unwrap_or_default();
    let lines = text.split('\n').count();
    ScriptError::Compile {
        message: match place {
            Some((line, _)) if line > lines => "the text ends before the function does".into(),
            Some((line, column)) => format!("line {line}, column {column}: {message}"),
            None => message,
        },
    }
}

/// Line and column of the first frame of a stack.
fn place(stack: &str) -> Option<(usize, usize)> {
    let frame = stack.lines().next()?.trim_end_matches(')');
    let mut parts = frame.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((line, column))
}
