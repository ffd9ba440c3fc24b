//! The arguments of an API call: checked, and turned into an operation or a query.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Host;
use crate::engine::{Failure, Kind, Operation, Precondition};
use crate::query::Request;

/// Results of a page, unless the script asks for another number.
const PAGE_SIZE: usize = 100;
const MAX_PAGE_SIZE: u64 = 1000;

/// A call that is wrong in itself.
pub(super) struct Refused {
    pub number: u16,
    pub reason: String,
}

impl Refused {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            number: 400,
            reason: reason.into(),
        }
    }

    /// `JSON.stringify` writes half a surrogate pair as an escape that no JSON reader has to take.
    pub(super) fn json(error: serde_json::Error) -> Self {
        Self::new(format!("the arguments cannot be sent as JSON: {error}"))
    }
}

/// How a script names its collection and the documents in it.
pub(super) struct Links {
    own: String,
    alt: String,
    /// Ids by the `_self` of the documents that the script has met.
    met: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "_self")]
    link: Cow<'a, str>,
}

impl Links {
    pub(super) fn new(own: &str, alt: &str) -> Self {
        Self {
            own: own.into(),
            alt: alt.into(),
            met: HashMap::new(),
        }
    }

    pub(super) fn learn(&mut self, document: &str) {
        if let Ok(Identity { id, link }) = serde_json::from_str(document) {
            self.met.insert(link.into_owned(), id.into_owned());
        }
    }

    pub(super) fn learn_value(&mut self, document: &Value) {
        if let (Some(id), Some(link)) = (document["id"].as_str(), document["_self"].as_str()) {
            self.met.insert(link.into(), id.into());
        }
    }

    fn collection(&self, request: &Map<String, Value>) -> Result<(), Refused> {
        let link = string(request, "link")?;
        if link == self.own || link == self.alt {
            return Ok(());
        }
        Err(Refused::new(format!(
            "link '{link}' is not this collection's; use getSelfLink() or getAltLink()"
        )))
    }

    /// The id of the document that the request's link names.
    fn document<H: Host>(
        &mut self,
        request: &Map<String, Value>,
        host: &H,
    ) -> Result<Result<String, Failure>, Refused> {
        let link = string(request, "link")?;
        let id = link
            .strip_prefix(&self.alt)
            .and_then(|rest| rest.strip_prefix("/docs/"));
        if let Some(id) = id.filter(|id| !id.is_empty() && !id.contains('/')) {
            return Ok(Ok(id.into()));
        }
        let rid = link
            .strip_prefix(&self.own)
            .and_then(|rest| rest.strip_prefix("docs/"));
        if rid.is_some_and(|rid| !rid.is_empty()) {
            return Ok(self.resolve(link, host));
        }
        Err(Refused::new(format!(
            "link '{link}' is not a document's in this collection; use its _self, or getAltLink() + '/docs/' + id"
        )))
    }

    /// A `_self` that came with the arguments has to be looked for.
    fn resolve<H: Host>(&mut self, link: &str, host: &H) -> Result<String, Failure> {
        if !self.met.contains_key(link) {
            let page = host.query(&Request {
                text: "SELECT * FROM c WHERE c._self = @self".into(),
                parameters: vec![("@self".into(), link.into())],
                ..Request::default()
            })?;
            page.results
                .iter()
                .for_each(|found| self.learn_value(found));
        }
        let id = self.met.get(link).cloned();
        id.ok_or_else(|| Failure::NotFound {
            kind: Kind::Document,
            id: link.into(),
        })
    }
}

pub(super) fn parse(json: &str) -> Result<Map<String, Value>, Refused> {
    serde_json::from_str(json).map_err(Refused::json)
}

/// The operation on a document. A link that names nothing is a failure, not a wrong call.
pub(super) fn operation<H: Host>(
    name: &str,
    mut request: Map<String, Value>,
    links: &mut Links,
    host: &H,
) -> Result<Result<Operation, Failure>, Refused> {
    let creates = matches!(name, "createDocument" | "upsertDocument");
    let id = if creates {
        links.collection(&request)?;
        String::new()
    } else {
        match links.document(&request, host)? {
            Ok(id) => id,
            Err(failure) => return Ok(Err(failure)),
        }
    };
    let if_match = precondition(&request, "etag", Precondition::IfMatch)?;
    let if_none_match = precondition(&request, "ifNoneMatch", Precondition::IfNoneMatch)?;
    Ok(Ok(match name {
        "createDocument" => Operation::Create {
            body: new_document(&mut request)?,
        },
        "upsertDocument" => Operation::Upsert {
            body: new_document(&mut request)?,
            precondition: if_match,
        },
        "readDocument" => Operation::Read {
            id,
            precondition: if_none_match,
        },
        "replaceDocument" => Operation::Replace {
            id,
            body: body(&mut request)?,
            precondition: if_match,
        },
        "deleteDocument" => Operation::Delete {
            id,
            precondition: if_match,
        },
        _ => return Err(Refused::new("there is no such operation")),
    }))
}

/// The query of `queryDocuments`, or every document of the partition for `readDocuments`.
pub(super) fn query(
    name: &str,
    mut request: Map<String, Value>,
    links: &Links,
) -> Result<Request, Refused> {
    links.collection(&request)?;
    let max_items = page_size(&request)?;
    let continuation = option(&request, "continuation")?;
    let (text, parameters) = if name == "readDocuments" {
        ("SELECT * FROM c".into(), Vec::new())
    } else {
        query_text(request.remove("query").unwrap_or_default())?
    };
    Ok(Request {
        text,
        parameters,
        max_items,
        continuation,
    })
}

fn query_text(query: Value) -> Result<(String, Vec<(String, Value)>), Refused> {
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
                .map_err(|error| Refused::new(format!("the query object: {error}")))?;
            let parameters = parameters.into_iter().map(|p| (p.name, p.value)).collect();
            Ok((query, parameters))
        }
        _ => Err(Refused::new(
            "query must be a string, or { query, parameters: [{ name, value }] }",
        )),
    }
}

/// The document to create or upsert, with an id if it has none and the script did not forbid that.
fn new_document(request: &mut Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let mut document = body(request)?;
    let manual = &request_options(request)["disableAutomaticIdGeneration"];
    if !document.contains_key("id") && manual != &Value::Bool(true) {
        document.insert("id".into(), Uuid::new_v4().to_string().into());
    }
    Ok(document)
}

fn body(request: &mut Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let body = match request.remove("body") {
        Some(Value::String(text)) => serde_json::from_str(&text)
            .map_err(|error| Refused::new(format!("body is a string but not JSON: {error}")))?,
        Some(body) => body,
        None => return Err(Refused::new("body is missing")),
    };
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Refused::new(
            "body must be an object, or an object as JSON text",
        )),
    }
}

fn string<'a>(request: &'a Map<String, Value>, field: &str) -> Result<&'a str, Refused> {
    match request.get(field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refused::new(format!("{field} must be a string"))),
        None => Err(Refused::new(format!("{field} is missing"))),
    }
}

fn request_options(request: &Map<String, Value>) -> &Value {
    request.get("options").unwrap_or(&Value::Null)
}

fn option(request: &Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match &request_options(request)[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Refused::new(format!("options.{name} must be a string"))),
    }
}

/// Documents hold their ETag in quotes, the engine knows it without.
fn precondition(
    request: &Map<String, Value>,
    name: &str,
    make: fn(String) -> Precondition,
) -> Result<Precondition, Refused> {
    let etag = option(request, name)?;
    Ok(etag.map_or(Precondition::None, |etag| {
        make(etag.trim_matches('"').into())
    }))
}

fn page_size(request: &Map<String, Value>) -> Result<Option<usize>, Refused> {
    let size = &request_options(request)["pageSize"];
    match (size, size.as_u64()) {
        (Value::Null, _) => Ok(Some(PAGE_SIZE)),
        (_, Some(size @ 1..=MAX_PAGE_SIZE)) => Ok(usize::try_from(size).ok()),
        _ if size.as_i64() == Some(-1) => Ok(None),
        _ => Err(Refused::new(format!(
            "options.pageSize must be a whole number from 1 to {MAX_PAGE_SIZE}, or -1"
        ))),
    }
}
