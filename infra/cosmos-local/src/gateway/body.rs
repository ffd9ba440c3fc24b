//! Request bodies: read within bounds, decoded from text or from Cosmos binary JSON.

use axum::body::Body;
use azure_data_cosmos_driver::binary_json;
use bytes::Bytes;
use http::StatusCode;
use local_server::body::{self, BodyError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::failure::Refusal;

/// The service's limit of a request, in bytes of text.
pub const REQUEST_LIMIT: usize = 2 << 20;

/// Binary JSON can be longer than its text; what counts is checked on the text.
const KEPT: usize = 2 * REQUEST_LIMIT;

/// Reads a body; never keeps more than the limit.
///
/// # Errors
///
/// 413 beyond the limit, 408 when it is slow, 400 when it breaks off.
pub async fn read(body: Body) -> Result<Bytes, Refusal> {
    body::read(body, KEPT).await.map_err(|error| match error {
        BodyError::TooLarge { .. } => Refusal::too_large("Request size is too large"),
        BodyError::Slow => Refusal::new(StatusCode::REQUEST_TIMEOUT, error.to_string()),
        BodyError::Broken { .. } => Refusal::bad_request(error.to_string()),
    })
}

/// Checks the text of a request other than an item against the service's limit.
///
/// # Errors
///
/// 413 beyond the limit.
pub fn within_limit(body: &[u8]) -> Result<(), Refusal> {
    if body.len() <= REQUEST_LIMIT {
        return Ok(());
    }
    Err(Refusal::too_large(format!(
        "Request size is too large: {} bytes, the limit is {REQUEST_LIMIT}",
        body.len()
    )))
}

/// Reads a JSON object, the body of every resource.
///
/// # Errors
///
/// 400 naming what is wrong with the text.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match json(body)? {
        Value::Object(object) => Ok(object),
        other => Err(Refusal::bad_request(format!(
            "the body must be a JSON object, found {}",
            kind(&other)
        ))),
    }
}

/// Reads JSON, text or binary. Text may be nested 128 levels deep, binary too: it goes through text.
///
/// # Errors
///
/// 400 naming what is wrong with the text.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let transcoded;
    let text = if binary_json::is_binary(body) {
        transcoded = binary_json::transcode_to_text(body).map_err(|error| {
            Refusal::bad_request(format!("the body is not valid Cosmos binary JSON: {error}"))
        })?;
        transcoded.as_slice()
    } else {
        body
    };
    let text = std::str::from_utf8(text)
        .map_err(|error| Refusal::bad_request(format!("the body is not UTF-8: {error}")))?;
    serde_json::from_str(text)
        .map_err(|error| Refusal::bad_request(format!("the body is not valid JSON: {error}")))
}

/// Takes the `id` that names a resource.
///
/// # Errors
///
/// 400 when it is absent or no text.
pub fn id(resource: &Map<String, Value>) -> Result<String, Refusal> {
    text(resource, "id")
}

/// Takes a text that a resource cannot do without.
///
/// # Errors
///
/// 400 when it is absent or no text.
pub fn text(resource: &Map<String, Value>, field: &str) -> Result<String, Refusal> {
    match resource.get(field) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(Refusal::bad_request(format!("the body needs '{field}', a string"))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    fn refused(body: &[u8]) -> String {
        object(body).unwrap_err().message
    }

    #[test]
    fn binary_and_text_read_the_same() {
        let document = value!({"id": "a", "amount": 3, "price": 0.5, "tags": ["x", null, true]});
        let binary = binary_json::to_vec(&document).unwrap();
        assert_eq!(binary[0], 0x80);
        assert_eq!(Value::Object(object(&binary).unwrap()), document);
        let text = document.to_string();
        assert_eq!(Value::Object(object(text.as_bytes()).unwrap()), document);
    }

    #[test]
    fn whole_numbers_stay_whole_through_binary() {
        let binary = binary_json::to_vec(&value!({"n": 4.0})).unwrap();
        assert_eq!(Value::Object(object(&binary).unwrap()).to_string(), r#"{"n":4}"#);
    }

    #[test]
    fn malformed_bodies_are_refused_by_what_is_wrong() {
        assert!(refused(b"{\"id\":").contains("not valid JSON"));
        assert!(refused(b"{\"id\":\"\xff\"}").contains("not UTF-8"));
        assert!(refused(b"[1]").contains("found an array"));
        assert!(refused(b"").contains("not valid JSON"));
        assert!(refused(&[0x80, 0xFF, 0xFF]).contains("binary JSON"));
    }

    #[test]
    fn a_body_nested_too_deep_is_refused_and_does_not_overflow() {
        let text = "[".repeat(1_000_000);
        assert!(refused(text.as_bytes()).contains("recursion limit"));
        // 0xE1 is the marker of an array of one element.
        let mut binary = vec![0x80];
        binary.resize(1_000_000, 0xE1);
        assert!(refused(&binary).contains("binary JSON"));
        let mut nested = vec![0x80];
        nested.resize(200, 0xE1);
        nested.push(0xD0);
        assert!(refused(&nested).contains("recursion limit"));
    }

    #[tokio::test]
    async fn more_than_the_limit_is_413() {
        let refusal = read(Body::from(vec![b' '; KEPT + 1])).await.unwrap_err();
        assert_eq!(refusal.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(read(Body::from("{}")).await.unwrap(), "{}");
    }
}
