//! The arguments of an API call: checked, and turned into an operation or a query.

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Host;
use super::links::Links;
use crate::engine::{Failure, Operation, Precondition};
use crate::query::Request;

/// Results of a page, unless the script asks for another number.
const PAGE_SIZE: usize = 100;
const MAX_PAGE_SIZE: u64 = 1000;

/// Why an API call does not do what it should.
pub(super) enum Problem {
    /// The call is wrong in itself: it throws.
    Refused { number: u16, reason: String },
    /// The operation failed: its callback is told.
    Failed(Failure),
}

impl Problem {
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::Refused { number: 400, reason: reason.into() }
    }

    pub(super) fn too_large(reason: String) -> Self {
        Self::Refused { number: 413, reason }
    }

    /// `JSON.stringify` writes half a surrogate pair as an escape that no JSON reader has to take.
    pub(super) fn json(error: &serde_json::Error) -> Self {
        Self::invalid(format!("the arguments cannot be sent as JSON: {error}"))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

pub(super) fn parse(json: &str) -> Result<Map<String, Value>, Problem> {
    serde_json::from_str(json).map_err(|error| Problem::json(&error))
}

/// The operation on a document.
pub(super) fn operation<H: Host>(
    name: &str,
    mut request: Map<String, Value>,
    links: &mut Links,
    host: &H,
) -> Result<Operation, Problem> {
    let if_match = precondition(&request, "etag", Precondition::IfMatch)?;
    if matches!(name, "createDocument" | "upsertDocument") {
        links.collection(string(&request, "link")?)?;
        let body = new_document(&mut request)?;
        return Ok(match name {
            "createDocument" => Operation::Create { body },
            _ => Operation::Upsert { body, precondition: if_match },
        });
    }
    let id = links.document(string(&request, "link")?, host)?;
    Ok(match name {
        "readDocument" => Operation::Read {
            id,
            precondition: precondition(&request, "ifNoneMatch", Precondition::IfNoneMatch)?,
        },
        "replaceDocument" => {
            Operation::Replace { id, body: body(&mut request)?, precondition: if_match }
        }
        "deleteDocument" => Operation::Delete { id, precondition: if_match },
        _ => return Err(Problem::invalid("there is no such operation")),
    })
}

/// The query of `queryDocuments`, or every document of the partition for `readDocuments`.
pub(super) fn query(
    name: &str,
    mut request: Map<String, Value>,
    links: &Links,
) -> Result<Request, Problem> {
    links.collection(string(&request, "link")?)?;
    let max_items = page_size(&request)?;
    let continuation = option(&request, "continuation")?;
    let (text, parameters) = if name == "readDocuments" {
        ("SELECT * FROM c".into(), Vec::new())
    } else {
        query_text(request.remove("query").unwrap_or_default())?
    };
    Ok(Request { text, parameters, max_items, continuation, ..Request::default() })
}

fn query_text(query: Value) -> Result<(String, Vec<(String, Value)>), Problem> {
    #[derive(Deserialize)]
    struct Query {
        query: String,
        #[serde(default)]
        parameters: Vec<Parameter>,
    }
    #[derive(Deserialize)]
    struct Parameter {
        name: String,
        #[serde(default)]
        value: Value,
    }
    match query {
        Value::String(text) => Ok((text, Vec::new())),
        Value::Object(_) => {
            let Query { query, parameters } = serde_json::from_value(query)
                .map_err(|error| Problem::invalid(format!("the query object: {error}")))?;
            let parameters = parameters.into_iter().map(|p| (p.name, p.value)).collect();
            Ok((query, parameters))
        }
        _ => Err(Problem::invalid(
            "query must be a string, or { query, parameters: [{ name, value }] }",
        )),
    }
}

/// The document to create or upsert, with an id if it has none and the script did not forbid that.
fn new_document(request: &mut Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut document = body(request)?;
    let manual = &request_options(request)["disableAutomaticIdGeneration"];
    if !document.contains_key("id") && manual != &Value::Bool(true) {
        document.insert("id".into(), Uuid::new_v4().to_string().into());
    }
    Ok(document)
}

fn body(request: &mut Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let body = match request.remove("body") {
        Some(Value::String(text)) => serde_json::from_str(&text)
            .map_err(|error| Problem::invalid(format!("body is a string but not JSON: {error}")))?,
        Some(body) => body,
        None => return Err(Problem::invalid("body is missing")),
    };
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Problem::invalid("body must be an object, or an object as JSON text")),
    }
}

fn string<'a>(request: &'a Map<String, Value>, field: &str) -> Result<&'a str, Problem> {
    match request.get(field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Problem::invalid(format!("{field} must be a string"))),
        None => Err(Problem::invalid(format!("{field} is missing"))),
    }
}

fn request_options(request: &Map<String, Value>) -> &Value {
    request.get("options").unwrap_or(&Value::Null)
}

fn option(request: &Map<String, Value>, name: &str) -> Result<Option<String>, Problem> {
    match &request_options(request)[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Problem::invalid(format!("options.{name} must be a string"))),
    }
}

/// In a document `_etag` is quoted, the engine knows it without.
fn precondition(
    request: &Map<String, Value>,
    name: &str,
    make: fn(String) -> Precondition,
) -> Result<Precondition, Problem> {
    let etag = option(request, name)?;
    Ok(etag.map_or(Precondition::None, |etag| make(etag.trim_matches('"').into())))
}

fn page_size(request: &Map<String, Value>) -> Result<Option<usize>, Problem> {
    let size = &request_options(request)["pageSize"];
    match (size, size.as_u64()) {
        (Value::Null, _) => Ok(Some(PAGE_SIZE)),
        (_, Some(size @ 1..=MAX_PAGE_SIZE)) => Ok(usize::try_from(size).ok()),
        _ if size.as_i64() == Some(-1) => Ok(None),
        _ => Err(Problem::invalid(format!(
            "options.pageSize must be a whole number from 1 to {MAX_PAGE_SIZE}, or -1"
        ))),
    }
}
