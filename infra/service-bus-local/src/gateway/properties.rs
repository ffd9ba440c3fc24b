//! Properties in headers: those of the broker in one JSON object, the sender's in a header each.

use std::fmt::Write as _;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::date;
use super::failure::Refusal;
use super::settable::Settable;
use crate::engine::Delivery;
use crate::message::{Properties, Scalar};

pub const BROKER_PROPERTIES: HeaderName = HeaderName::from_static("brokerproperties");

/// What a message reports that never expires: the longest time span of .NET.
const FOR_EVER: f64 = 922_337_203_685.477_5;

/// Headers that are the protocol's own.
const NEVER_CUSTOM: [&str; 11] = [
    "authorization",
    "brokerproperties",
    "connection",
    "date",
    "expect",
    "host",
    "te",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "user-agent",
];
const NEVER_CUSTOM_PREFIXES: [&str; 3] = ["accept", "content-", "x-ms-"];

/// Reads the properties of a single message from its headers.
pub fn read(headers: &HeaderMap, strict: bool) -> Result<Properties, Refusal> {
    let settable = match headers.get(BROKER_PROPERTIES) {
        // Not `to_str`: that refuses what is beyond ASCII, and clients send it raw.
        Some(value) => serde_json::from_slice(value.as_bytes()).map_err(|error| {
            Refusal::bad_request(format!("BrokerProperties is not the JSON expected: {error}"))
        })?,
        None => Settable::default(),
    };
    let content_type = headers.get(CONTENT_TYPE).map(|value| text(value, "Content-Type"));
    let mut properties = settable.into_properties(content_type.transpose()?)?;
    for (name, value) in headers {
        if may_be_custom(name.as_str()) {
            let value = scalar(&text(value, name.as_str())?, name.as_str(), strict)?;
            properties.custom.push((name.as_str().to_owned(), value));
        }
    }
    Ok(properties)
}

fn text(value: &HeaderValue, name: &str) -> Result<String, Refusal> {
    let text = std::str::from_utf8(value.as_bytes());
    text.map(str::to_owned).map_err(|_| Refusal::bad_request(format!("{name} is not UTF-8")))
}

pub fn may_be_custom(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let prefixed = NEVER_CUSTOM_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    !prefixed && !NEVER_CUSTOM.contains(&name.as_str())
}

/// A quoted string, a number, `true` or `false`; anything else is text too, unless we are strict.
fn scalar(text: &str, name: &str, strict: bool) -> Result<Scalar, Refusal> {
    match serde_json::from_str::<Scalar>(text) {
        Ok(scalar) => Ok(scalar),
        Err(_) if !strict && !text.starts_with('"') => Ok(Scalar::Text(text.to_owned())),
        Err(_) => Err(Refusal::bad_request(format!(
            "the value of the property {name} is neither a quoted string nor a number nor a boolean"
        ))),
    }
}

/// Writes what was received into headers.
pub fn write(delivery: &Delivery, headers: &mut HeaderMap) {
    let properties = &delivery.message.properties;
    put(headers, BROKER_PROPERTIES, &ascii(&broker_properties(delivery).to_string()));
    if let Some(content_type) = &properties.content_type {
        put(headers, CONTENT_TYPE, content_type);
    }
    for (name, value) in &properties.custom {
        if let Ok(name) = HeaderName::try_from(name.as_str()) {
            put(headers, name, &ascii(&json!(value).to_string()));
        }
    }
}

fn broker_properties(delivery: &Delivery) -> Value {
    let properties = &delivery.message.properties;
    let mut json = Map::new();
    json.insert("DeliveryCount".to_owned(), delivery.deliveries.into());
    // Clients keep it in 32 bits.
    let topic_sequence = properties.topic_sequence & 0x7FFF_FFFF;
    json.insert("EnqueuedSequenceNumber".to_owned(), topic_sequence.into());
    json.insert("EnqueuedTimeUtc".to_owned(), date::format(delivery.enqueued_at).into());
    if let Some(lock) = delivery.lock {
        json.insert("LockToken".to_owned(), lock.token.to_string().into());
        json.insert("LockedUntilUtc".to_owned(), date::format(lock.until).into());
    }
    json.insert("MessageId".to_owned(), properties.message_id.clone().into());
    let optional = [
        ("Label", &properties.label),
        ("SessionId", &properties.session_id),
        ("PartitionKey", &properties.partition_key),
        ("CorrelationId", &properties.correlation_id),
        ("To", &properties.to),
        ("ReplyTo", &properties.reply_to),
        ("ReplyToSessionId", &properties.reply_to_session_id),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            json.insert(name.to_owned(), value.clone().into());
        }
    }
    if let Some(at) = properties.scheduled_at {
        json.insert("ScheduledEnqueueTimeUtc".to_owned(), date::format(at).into());
    }
    json.insert("SequenceNumber".to_owned(), delivery.sequence.into());
    json.insert("State".to_owned(), "Active".into());
    #[expect(clippy::cast_precision_loss, reason = "a duration, in seconds with a fraction")]
    let seconds = delivery.time_to_live.map_or(FOR_EVER, |millis| millis as f64 / 1000.0);
    json.insert("TimeToLive".to_owned(), seconds.into());
    Value::Object(json)
}

/// JSON with everything beyond ASCII escaped, as headers need it.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(name, value);
    } else {
        tracing::error!(%name, "HTTP cannot carry this header");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn refused(broker_properties: &str) -> String {
        read(&headers(&[("brokerproperties", broker_properties)]), false).unwrap_err().detail
    }

    #[test]
    fn what_the_sender_sets_is_read_and_what_it_cannot_set_is_ignored() {
        let properties = read(
            &headers(&[
                ("brokerproperties", r#"{"MessageId":"m","Label":"Zähler","TimeToLive":1.5,"SequenceNumber":9,"ScheduledEnqueueTimeUtc":"Thu, 01 Jan 1970 00:00:01 +0000","ForcePersistence":true}"#),
                ("content-type", "application/json"),
                ("host", "x"),
                ("x-ms-version", "1"),
            ]),
            false,
        )
        .unwrap();
        let expected = Properties {
            message_id: "m".to_owned(),
            label: Some("Zähler".to_owned()),
            content_type: Some("application/json".to_owned()),
            time_to_live: Some(1_500),
            scheduled_at: Some(1_000),
            ..Properties::default()
        };
        assert_eq!(properties, expected);
    }

    #[test]
    fn a_message_without_an_id_gets_32_hexadecimal_digits() {
        let id = read(&HeaderMap::new(), false).unwrap().message_id;
        assert!(id.len() == 32 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    }

    #[test]
    fn wrong_properties_are_refused_by_name() {
        let long = "x".repeat(129);
        assert!(refused(&format!(r#"{{"MessageId":"{long}"}}"#)).starts_with("MessageId"));
        assert!(refused(r#"{"MessageId":""}"#).starts_with("MessageId"));
        assert!(refused(r#"{"SessionId":"a","PartitionKey":"b"}"#).starts_with("PartitionKey"));
        assert!(refused(r#"{"TimeToLive":0}"#).starts_with("TimeToLive"));
        assert!(refused(r#"{"ScheduledEnqueueTimeUtc":"2026-01-01"}"#).starts_with("Scheduled"));
        assert!(refused(r#"{"MessageId":7}"#).starts_with("BrokerProperties"));
        assert!(refused("[").starts_with("BrokerProperties"));
    }

    #[test]
    fn custom_values_are_quoted_strings_numbers_booleans_or_else_text() {
        let read = |value: &str, strict| {
            let properties = read(&headers(&[("x", value)]), strict);
            properties.map(|mut it| it.custom.remove(0).1).ok()
        };
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        assert_eq!(read("\"High\"", true), text("High"));
        assert_eq!(read("12", true), Some(Scalar::Integer(12)));
        assert_eq!(read("1.5", true), Some(Scalar::Real(1.5)));
        assert_eq!(read("true", true), Some(Scalar::Boolean(true)));
        assert_eq!(read("High", false), text("High"));
        assert_eq!(read("High", true), None);
        assert_eq!(read("\"High", false), None);
    }

    #[test]
    fn headers_are_ascii_whatever_the_property() {
        assert_eq!(ascii("\"ä𝄞\""), r#""\u00e4\ud834\udd1e""#);
    }
}
