//! Procedures run against a host that is a map of documents.

mod api;
mod errors;
mod host;
mod language;
mod limits;
mod response;
mod text;

use serde_json::Value;

use super::{Answer, Call, Limits, ScriptError, run};
use host::Documents;

fn call(body: &str) -> Call {
    Call {
        name: "procedure".into(),
        body: body.into(),
        arguments: Vec::new(),
        self_link: "dbs/AAAAAA==/colls/AAAAAAAAAAA=/".into(),
        alt_link: "dbs/daybook/colls/events".into(),
        logging: false,
        limits: Limits::default(),
    }
}

/// Runs a body to its answer.
fn answer(body: &str) -> Answer {
    match run(&call(body), Documents::default()) {
        Ok((_, answer)) => answer,
        Err(error) => panic!("{error:?}"),
    }
}

/// Runs statements with `c` as the collection, `link` as its link, and `done` to answer.
fn script(statements: &str) -> Value {
    script_on(Documents::default(), statements).1
}

fn script_on(documents: Documents, statements: &str) -> (Documents, Value) {
    match run(&call(&function(statements)), documents) {
        Ok((documents, answer)) => (documents, answer.body.unwrap_or(Value::Null)),
        Err(error) => panic!("{error:?}"),
    }
}

/// Runs statements that must not end well.
fn failing(statements: &str) -> ScriptError {
    match run(&call(&function(statements)), Documents::default()) {
        Ok((_, answer)) => panic!("it ended well: {answer:?}"),
        Err(error) => error,
    }
}

fn function(statements: &str) -> String {
    format!(
        "function procedure() {{ var c = getContext().getCollection(), link = c.getSelfLink(), \
         done = function (x) {{ getContext().getResponse().setBody(x); }};\n{statements}\n}}"
    )
}

/// Number and message of what was thrown.
fn thrown(error: ScriptError) -> (Option<u32>, String) {
    match error {
        ScriptError::Thrown {
            number, message, ..
        } => (number, message),
        other => panic!("{other:?}"),
    }
}
