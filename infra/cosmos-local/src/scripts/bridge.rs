//! What a script asks of its host: text in, text out, through one native function.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::links::Links;
use super::request::{self, Problem};
use super::stopwatch::Stopwatch;
use super::{Answer, Call, Host, ScriptError, error};
use crate::engine::{Document, Failure, Outcome};
use crate::query::Page;

/// Bytes of log. It travels in a header, percent-encoded (up to three times as long), and some clients
/// take no more than 16 KB of headers.
const LOG_LIMIT: usize = 4 << 10;

/// The host's side of one call.
pub(super) struct Session<H> {
    host: H,
    procedure: String,
    links: Links,
    stopwatch: Stopwatch,
    accept_for: Duration,
    logging: bool,
    response_limit: usize,
    answer: Answer,
    thrown: Option<ScriptError>,
}

/// What the script is told. `api.js` reads the fields that belong to the outcome, and no others.
#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
enum Reply {
    /// The call itself is wrong: it throws.
    Refused {
        number: u16,
        message: String,
    },
    /// Too late: the callback will not run.
    Unaccepted,
    /// The operation failed: the callback is told.
    Failed {
        number: u16,
        message: String,
        options: Options,
    },
    Done {
        resource: Option<Box<RawValue>>,
        options: Options,
    },
}

/// The last argument of a callback.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Options {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_modified: bool,
}

/// `describe` in `api.js`.
#[derive(Deserialize)]
struct Report {
    number: Value,
    message: String,
    stack: String,
}

impl<H: Host> Session<H> {
    pub(super) fn new(call: &Call, host: H, stopwatch: Stopwatch) -> Self {
        Self {
            host,
            procedure: call.name.clone(),
            links: Links::new(&call.self_link, &call.alt_link),
            stopwatch,
            accept_for: call.limits.accept_for,
            logging: call.logging,
            response_limit: call.limits.response,
            answer: Answer::default(),
            thrown: None,
        }
    }

    /// Whether the script has thrown or aborted: nothing of it need run on.
    pub(super) fn has_thrown(&self) -> bool {
        self.thrown.is_some()
    }

    /// The host and the answer, unless the script threw.
    pub(super) fn finish(self) -> Result<(H, Answer), ScriptError> {
        match self.thrown {
            Some(thrown) => Err(thrown),
            None => Ok((self.host, self.answer)),
        }
    }

    /// Carries out what `api.js` asks for and answers with a [`Reply`].
    pub(super) fn call(&mut self, operation: &str, json: &str) -> String {
        let reply = match operation {
            "threw" => self.threw(json),
            "rejected" => self.rejected(json),
            "log" => self.log(json),
            "setBody" => self.set_body(json),
            _ if self.stopwatch.has_used(self.accept_for) => Ok(Reply::Unaccepted),
            _ => self.operate(operation, json),
        };
        let reply = reply.unwrap_or_else(|problem| match problem {
            Problem::Failed(failure) => failed(&failure),
            Problem::Refused { number, reason } => {
                Reply::Refused { number, message: format!("{operation}: {reason}") }
            }
        });
        serde_json::to_string(&reply).expect("a reply has string keys only")
    }

    fn operate(&mut self, name: &str, json: &str) -> Result<Reply, Problem> {
        let request = request::parse(json)?;
        let reply = if matches!(name, "queryDocuments" | "readDocuments") {
            let query = request::query(name, request, &self.links)?;
            let page = self.host.query(&query)?;
            self.page(&page)?
        } else {
            let operation = request::operation(name, request, &mut self.links, &self.host)?;
            let outcome = self.host.apply(operation)?;
            self.outcome(&outcome)?
        };
        self.answer.operations += 1;
        Ok(reply)
    }

    fn outcome(&mut self, outcome: &Outcome) -> Result<Reply, Failure> {
        let (status_code, document) = match outcome {
            Outcome::Created(document) => (201, Some(document)),
            Outcome::Replaced(document) | Outcome::Read(document) => (200, Some(document)),
            Outcome::NotModified(_) => (304, None),
            Outcome::Deleted => (204, None),
        };
        let resource = document.map(resource).transpose()?;
        if let Some(resource) = &resource {
            self.links.learn(resource.get());
        }
        let options =
            Options { status_code, not_modified: status_code == 304, ..Options::default() };
        Ok(Reply::Done { resource, options })
    }

    fn page(&mut self, page: &Page) -> Result<Reply, Failure> {
        for result in &page.results {
            self.links.learn_value(result);
        }
        let resource =
            serde_json::value::to_raw_value(&page.results).map_err(|error| unreadable(&error))?;
        let options = Options {
            status_code: 200,
            continuation: page.continuation.clone(),
            ..Options::default()
        };
        Ok(Reply::Done { resource: Some(resource), options })
    }

    fn set_body(&mut self, json: &str) -> Result<Reply, Problem> {
        let body = request::parse(json)?.remove("body");
        let bytes = body.as_ref().map_or(0, |body| body.to_string().len());
        if bytes > self.response_limit {
            let limit = self.response_limit;
            return Err(Problem::too_large(format!(
                "the response has {bytes} bytes, the limit is {limit}"
            )));
        }
        self.answer.body = body;
        Ok(nothing())
    }

    fn log(&mut self, json: &str) -> Result<Reply, Problem> {
        let message: String = serde_json::from_str(json).map_err(|error| Problem::json(&error))?;
        if self.logging && self.answer.log.len() + message.len() > LOG_LIMIT {
            return Err(Problem::too_large(format!(
                "the log of a call is limited to {LOG_LIMIT} bytes"
            )));
        }
        if self.logging {
            self.answer.log += &message;
        }
        Ok(nothing())
    }

    /// The first error stands: what is thrown later follows from it.
    fn threw(&mut self, json: &str) -> Result<Reply, Problem> {
        let report = Report::parse(json)?;
        self.thrown.get_or_insert(ScriptError::Thrown {
            number: report.number.as_u64().and_then(|n| n.try_into().ok()),
            message: report.message,
            stack: report.stack,
        });
        Ok(nothing())
    }

    /// The service commits when an async procedure rejects. So do we, and say so.
    fn rejected(&mut self, json: &str) -> Result<Reply, Problem> {
        let Report { message, stack, .. } = Report::parse(json)?;
        tracing::warn!(
            procedure = self.procedure,
            message,
            stack,
            "the procedure's promise was rejected; only getContext().abort() rolls back then"
        );
        Ok(nothing())
    }
}

impl Report {
    fn parse(json: &str) -> Result<Self, Problem> {
        serde_json::from_str(json).map_err(|error| Problem::json(&error))
    }
}

fn nothing() -> Reply {
    Reply::Done { resource: None, options: Options::default() }
}

fn failed(failure: &Failure) -> Reply {
    let number = error::number(failure);
    Reply::Failed {
        number,
        message: failure.to_string(),
        options: Options { status_code: number, ..Options::default() },
    }
}

fn resource(document: &Document) -> Result<Box<RawValue>, Failure> {
    serde_json::from_slice(&document.body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::Storage { reason: format!("a document is not JSON: {error}") }
}
