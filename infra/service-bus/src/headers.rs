//! How headers carry the properties of a message: what goes out, and what came in.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use azure_messaging_servicebus::service_bus::{SendMessageOptions, SettableBrokerProperties};
use legacy_azure_core::headers::Headers;
use serde::Deserialize;
use time::format_description::well_known::Rfc2822;
use time::{OffsetDateTime, UtcOffset};

use crate::{BusError, Message, Received, Value};

/// Under this name our HTTP client hands over the broker's properties: the crate reads them in its own way, which
/// fails on numbers beyond 32 bits and loses most of them.
pub(crate) const RAW_BROKER_PROPERTIES: &str = "x-daybook-brokerproperties";

/// What a message carries besides its body, as the crate sends it.
pub(crate) fn options(message: &Message) -> SendMessageOptions {
    let quoted = |(name, value): (&String, &Value)| (name.clone(), written(value));
    let custom: HashMap<_, _> = message.properties.iter().map(quoted).collect();
    SendMessageOptions {
        content_type: Some(message.content_type.clone()),
        broker_properties: Some(SettableBrokerProperties {
            message_id: Some(message.id.clone()),
            session_id: message.session.clone(),
            label: message.label.clone(),
            correlation_id: message.correlation_id.clone(),
            time_to_live: message.time_to_live.map(|it| it.max(Duration::from_millis(1))),
            // The crate keeps the offset it is given.
            scheduled_enqueue_time_utc: message.scheduled_at.map(|it| it.to_offset(UtcOffset::UTC)),
            ..SettableBrokerProperties::default()
        }),
        custom_properties: (!custom.is_empty()).then_some(custom),
    }
}

/// Text in quotes, everything else bare.
fn written(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => serde_json::json!(value).to_string(),
        Value::Text(text) => format!("\"{text}\""),
    }
}

/// All headers of a received message. The crate gives them out to whoever can be made of them.
pub(crate) struct Arrived(Headers);

impl From<Headers> for Arrived {
    fn from(headers: Headers) -> Self {
        Self(headers)
    }
}

/// What the broker says of a message. Everything may be missing but the number and the id.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BrokerProperties {
    message_id: String,
    sequence_number: u64,
    #[serde(default)]
    delivery_count: u32,
    session_id: Option<String>,
    label: Option<String>,
    correlation_id: Option<String>,
    enqueued_time_utc: Option<String>,
    locked_until_utc: Option<String>,
}

impl Arrived {
    /// Puts a message together.
    pub(crate) fn with_body(&self, body: String) -> Result<Received, BusError> {
        let unreadable = |reason: String| BusError::Transient(reason.into());
        let raw = self.header(RAW_BROKER_PROPERTIES).unwrap_or_default();
        let broker: BrokerProperties = serde_json::from_str(raw)
            .map_err(|error| unreadable(format!("BrokerProperties cannot be read: {error}")))?;
        Ok(Received {
            id: broker.message_id,
            session: broker.session_id,
            label: broker.label,
            correlation_id: broker.correlation_id,
            content_type: self.header("content-type").map(str::to_owned),
            properties: self.custom(),
            body,
            sequence_number: broker.sequence_number,
            delivery_count: broker.delivery_count,
            enqueued_at: broker.enqueued_time_utc.as_deref().and_then(date),
            locked_until: broker.locked_until_utc.as_deref().and_then(date),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known.as_str() == name);
        found.next().map(|(_, value)| value.as_str())
    }

    fn custom(&self) -> BTreeMap<String, Value> {
        let custom = self.0.iter().filter(|(name, _)| !of_the_protocol(name.as_str()));
        custom.map(|(name, value)| (name.as_str().to_owned(), read(value.as_str()))).collect()
    }
}

/// Headers that answers have of themselves.
fn of_the_protocol(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "brokerproperties",
        "connection",
        "date",
        "keep-alive",
        "location",
        "server",
        "strict-transport-security",
        "transfer-encoding",
    ];
    const PREFIXES: [&str; 4] = ["content-", "x-ms-", "x-daybook-", "access-control-"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Text without its quotes; a number or a boolean; or, where a sender did not quote, the text as it stands.
fn read(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| Value::Text(value.to_owned()))
}

fn date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).ok()
}
