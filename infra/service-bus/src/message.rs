//! Messages: to be sent, and received.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::BusError;

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Text: printable ASCII without quotes and backslashes.
    Text(String),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What duplicates are told by, at most 128 characters. The same for every attempt to send this message.
    pub id: String,
    /// What belongs together; at most 128 characters.
    pub session: Option<String>,
    /// The kind of message. Filters read it.
    pub label: Option<String>,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
    /// Of the body.
    pub content_type: String,
    /// Read by filters. Names have lower-case letters and digits only.
    pub properties: BTreeMap<String, Value>,
    /// How long it may wait; the entity's own default is the ceiling.
    pub time_to_live: Option<Duration>,
    /// Hidden until then.
    pub scheduled_at: Option<OffsetDateTime>,
    /// The content.
    pub body: String,
}

/// A message received.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The sender's id.
    pub id: String,
    /// What belongs together.
    pub session: Option<String>,
    /// The kind of message.
    pub label: Option<String>,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
    /// Of the body.
    pub content_type: Option<String>,
    /// The sender's properties, and among dead letters the broker's reason. Names are in lower case.
    pub properties: BTreeMap<String, Value>,
    /// The content. Bytes that are no text have become replacement characters.
    pub body: String,
    /// Its place in the queue or subscription.
    pub sequence_number: u64,
    /// How often it was delivered, this time included.
    pub delivery_count: u32,
    /// When the broker took it.
    pub enqueued_at: Option<OffsetDateTime>,
    /// When the lock ends.
    pub locked_until: Option<OffsetDateTime>,
}

/// Properties with such names would be taken for headers of the protocol.
const NEVER: [&str; 14] = [
    "authorization",
    "brokerproperties",
    "connection",
    "cookie",
    "date",
    "expect",
    "host",
    "location",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "upgrade",
    "via",
];

const MAX_ID: usize = 128;

/// Bytes of names and values, at most: the limit of the Standard tier. Beyond it the broker answers as if it were full.
const MAX_PROPERTIES: usize = 64 * 1024;

impl Message {
    /// A message of JSON with nothing else set.
    #[must_use]
    pub fn new(id: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            session: None,
            label: None,
            correlation_id: None,
            content_type: "application/json".to_owned(),
            properties: BTreeMap::new(),
            time_to_live: None,
            scheduled_at: None,
            body: body.into(),
        }
    }

    /// Bytes of the body, and of names and values.
    #[must_use]
    pub fn size(&self) -> usize {
        self.properties_size() + self.body.len()
    }

    fn properties_size(&self) -> usize {
        let system = [&self.session, &self.label, &self.correlation_id];
        let system: usize = system.into_iter().flatten().map(String::len).sum();
        let custom = self.properties.iter().map(|(name, value)| name.len() + value.size());
        self.id.len() + system + custom.sum::<usize>()
    }

    /// Whether every broker would give back what is sent.
    ///
    /// # Errors
    ///
    /// [`BusError::Rejected`], which names the field and the remedy.
    pub fn check(&self) -> Result<(), BusError> {
        bounded("the id", &self.id)?;
        if let Some(session) = &self.session {
            bounded("the session", session)?;
        }
        if !plain(&self.content_type) || self.content_type.is_empty() {
            return rejected(
                "the content type is not plain ASCII; give one such as application/json",
            );
        }
        let size = self.properties_size();
        if size > MAX_PROPERTIES {
            return rejected(format!(
                "the properties have {size} bytes, at most {MAX_PROPERTIES} are allowed; put them into the body"
            ));
        }
        for (name, value) in &self.properties {
            check_name(name)?;
            if let Value::Text(text) = value
                && !plain(text)
            {
                return rejected(format!(
                    "the property '{name}' has a value with quotes, backslashes or characters beyond ASCII; \
                     put it into the body"
                ));
            }
            if matches!(value, Value::Real(number) if !number.is_finite()) {
                return rejected(format!("the property '{name}' is no number; leave it out"));
            }
        }
        Ok(())
    }
}

impl Value {
    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Real(_) => 8,
        }
    }
}

/// Over REST names become headers: they lose their case, and what is no letter may make the client panic.
fn check_name(name: &str) -> Result<(), BusError> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    if !first || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return rejected(format!(
            "the property '{name}' needs a name of lower-case letters and digits, such as streamversion"
        ));
    }
    if NEVER.contains(&name) || name.starts_with("accept") {
        return rejected(format!("'{name}' is a header of the protocol; choose another name"));
    }
    Ok(())
}

fn bounded(what: &str, text: &str) -> Result<(), BusError> {
    if text.is_empty() || text.chars().count() > MAX_ID {
        return rejected(format!("{what} has to have 1 to {MAX_ID} characters"));
    }
    Ok(())
}

fn plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'))
}

fn rejected<T>(reason: impl Into<String>) -> Result<T, BusError> {
    Err(BusError::Rejected { reason: reason.into() })
}
