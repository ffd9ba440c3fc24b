//! What comes in, checked; whatever is wrong with it is a [`Problem`].

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use cockpit::{Correlation, Csrf, Filled, Problem};
use daybook::aggregates::Context;
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::registration::MeterId;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

/// The meter in the address.
pub struct Id(pub MeterId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(names) =
            Path::<BTreeMap<String, String>>::from_request_parts(parts, state).await?;
        let id = names.get("id").map_or("", String::as_str);
        MeterId::parse(id).map(Self).map_err(Problem::address)
    }
}

/// The circumstances of a command: now, under the name in `Idempotency-Key` or under a new one.
pub struct Sent(pub Context);

impl<S: Sync> FromRequestParts<S> for Sent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        const KEY: &str = "Idempotency-Key";
        let Ok(correlation) = Correlation::from_request_parts(parts, state).await;
        let Some(key) = parts.headers.get(KEY) else {
            return Ok(Self(context("", correlation)?));
        };
        let key = key.to_str().unwrap_or("\n");
        if key.is_empty() {
            return Err(Problem::address(InvalidField::new(KEY, "must not be empty")));
        }
        context(key, correlation).map(Self)
    }
}

/// A form of ours, and the circumstances of the command in it.
pub struct Submitted {
    pub csrf: Csrf,
    pub filled: Filled,
    pub context: Context,
}

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(csrf) = Csrf::from_request_parts(&mut parts, state).await;
        let Ok(correlation) = Correlation::from_request_parts(&mut parts, state).await;
        let filled = Filled::from_request(Request::from_parts(parts, body), state).await?;
        // Sent twice, the form is one command.
        let context = context(filled.get("command_id"), correlation)?;
        Ok(Self { csrf, filled, context })
    }
}

/// The circumstances of a command that was given this name, or none.
fn context(command_id: &str, correlation: Correlation) -> Result<Context, Problem> {
    let visible = command_id.bytes().all(|byte| byte.is_ascii_graphic());
    if command_id.len() > 200 || !visible {
        let remedy = "must be 1 to 200 visible ASCII characters, such as a UUID";
        return Err(Problem::address(InvalidField::new("Idempotency-Key", remedy)));
    }
    let given = (!command_id.is_empty()).then(|| command_id.to_owned());
    let command_id = given.unwrap_or_else(|| Uuid::new_v4().to_string());
    let context = Context::new(command_id, OffsetDateTime::now_utc());
    Ok(Context { correlation_id: Some(correlation.0), ..context })
}

/// A body of any type.
pub struct Body {
    media_type: String,
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        Ok(Self { media_type, bytes: Bytes::from_request(request, state).await? })
    }
}

impl Body {
    /// Whether the sender says that the body is of this type.
    pub fn is(&self, media_type: &str) -> bool {
        self.media_type == media_type
    }

    pub fn json(&self) -> Result<Value, Problem> {
        if !self.is("application/json") {
            return Err(Problem::media_type("application/json"));
        }
        serde_json::from_slice(&self.bytes)
            .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))
    }

    pub fn text(&self) -> Result<&str, Problem> {
        let text = std::str::from_utf8(&self.bytes);
        text.map_err(|error| Problem::malformed(format!("the body is not UTF-8: {error}")))
    }

    /// The body as a JSON object.
    pub fn object(&self) -> Result<Object, Problem> {
        match self.json()? {
            Value::Object(fields) => Ok(Object(fields)),
            _ => Err(Problem::malformed("the body must be a JSON object")),
        }
    }
}

fn media_type(headers: &HeaderMap) -> String {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|sent| sent.to_str().ok());
    let sent = sent.unwrap_or_default().split(';').next().unwrap_or_default();
    sent.trim().to_ascii_lowercase()
}

/// A JSON object whose fields are texts.
pub struct Object(Map<String, Value>);

impl Object {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Result<&str, InvalidField> {
        match self.0.get(field) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(InvalidField::new(field, "must be a text in quotes")),
            None => Err(InvalidField::new(field, "is missing")),
        }
    }
}
