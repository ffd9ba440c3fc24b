//! Administration: ours, not Azure's. For this machine only, and not for web pages.

use std::net::SocketAddr;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::failure::Refusal;
use super::{address, auth};
use crate::clock::{self, Millis};
use crate::config::{Entities, Span};
use crate::engine::{Counted, Engine, Phase, Shown};

/// Messages shown at once, unless asked otherwise, and at most.
const SHOWN: usize = 100;
const MAX_SHOWN: usize = 1_000;

/// Where administration begins. No entity's name begins so.
pub const ROOT: &str = "/_admin/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: Span,
}

/// A request for administration.
pub struct Call {
    pub method: Method,
    pub uri: Uri,
    pub body: Bytes,
    /// Of a program on this machine; others may only ask how we are.
    pub local: bool,
}

/// Whether a request comes from a program on this machine: a web page's would have an origin, or another host name.
pub fn is_local(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let peer = peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    peer && auth::is_loopback(host) && !headers.contains_key(ORIGIN)
}

impl Call {
    pub async fn answer(self, engine: &Engine, namespace: &str) -> Result<Response, Refusal> {
        let segments = address::segments(self.uri.path())?;
        let parts: Vec<_> = segments.iter().skip(1).map(String::as_str).collect();
        match (self.method.as_str(), &parts[..]) {
            ("GET", ["health"]) => Ok(answer(&json!({
                "service": "service-bus-local",
                "namespace": namespace,
                "administration": self.local,
                "now": rfc3339(engine.clock().now()),
            }))),
            _ if !self.local => Err(Refusal::forbidden(
                "administration is for programs on this machine, not for web pages: \
                 ask 127.0.0.1 or localhost, without Host or Origin of another name",
            )),
            ("GET", ["entities"]) => {
                let counted: Vec<_> = engine.entities()?.iter().map(counted).collect();
                Ok(answer(&json!({ "entities": counted })))
            }
            ("PUT", ["entities"]) => {
                let entities: Entities = read(&self.body)?;
                entities.check(false)?;
                engine.define(entities).await?;
                Ok(answer(&json!({})))
            }
            ("GET", ["entities", entity @ .., "messages"]) => {
                let entity: Vec<_> = entity.iter().map(ToString::to_string).collect();
                let source = address::source(&entity)
                    .ok_or_else(|| Refusal::bad_request("an entity is missing before /messages"))?;
                let limit = usize::try_from(self.number("limit", SHOWN as u64)?).unwrap_or(SHOWN);
                let after = self.number("after", 0)?;
                let messages = engine.messages(&source, after, limit.min(MAX_SHOWN))?;
                let messages: Vec<_> = messages.into_iter().map(shown).collect();
                Ok(answer(&json!({ "messages": messages })))
            }
            ("POST", ["clock"]) => {
                let Advance { advance } = read(&self.body)?;
                engine.advance(advance.0).await?;
                Ok(answer(&json!({ "now": rfc3339(engine.clock().now()) })))
            }
            ("POST", ["reset"]) => {
                engine.reset().await?;
                Ok(answer(&json!({})))
            }
            _ => Err(Refusal::bad_request(format!("there is nothing at '{}'", self.uri.path()))),
        }
    }

    fn number(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        let query = self.uri.query().unwrap_or_default();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let Some((_, value)) = pairs.find(|(found, _)| found == name) else {
            return Ok(default);
        };
        value.parse().map_err(|_| Refusal::bad_request(format!("{name} is not a whole number")))
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::bad_request(format!("the body is not the JSON expected: {error}"))
    })
}

fn counted(counted: &Counted) -> Value {
    let counts = counted.counts;
    json!({
        "path": counted.path,
        "kind": counted.kind,
        "active": counts.active,
        "locked": counts.locked,
        "scheduled": counts.scheduled,
        "dead_lettered": counts.dead_lettered,
    })
}

fn shown(shown: Shown) -> Value {
    let Shown { phase, delivery } = shown;
    let properties = delivery.message.properties;
    let (state, until) = match phase {
        Phase::Ready => ("active", None),
        Phase::Locked { until, .. } => ("locked", Some(until)),
        Phase::Scheduled { at } => ("scheduled", Some(at)),
    };
    let custom: Map<_, _> =
        properties.custom.into_iter().map(|(name, value)| (name, json!(value))).collect();
    json!({
        "sequence_number": delivery.sequence,
        "state": state,
        "until": until.map(date),
        "delivery_count": delivery.deliveries,
        "enqueued_at": date(delivery.enqueued_at),
        "message_id": properties.message_id,
        "session_id": properties.session_id,
        "label": properties.label,
        "correlation_id": properties.correlation_id,
        "content_type": properties.content_type,
        "properties": custom,
        "body": String::from_utf8_lossy(&delivery.message.body),
    })
}

fn date(time: Millis) -> String {
    rfc3339(clock::date(time))
}

fn rfc3339(date: OffsetDateTime) -> String {
    date.format(&Rfc3339).unwrap_or_default()
}

fn answer(json: &Value) -> Response {
    let mut response = Response::new(Body::from(json.to_string()));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
