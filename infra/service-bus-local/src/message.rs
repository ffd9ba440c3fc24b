//! A message: what its sender said, before the broker adds anything.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// The value of a custom property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Boolean(bool),
    Integer(i64),
    Real(f64),
    Text(String),
}

/// A message to be sent, or as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message {
    pub properties: Properties,
    pub body: Bytes,
}

/// Everything about a message but its body; rules see this much.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Properties {
    pub message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_session_id: Option<String>,
    /// As the sender asked; entities set a ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_live: Option<Millis>,
    /// Hidden until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Millis>,
    /// The number a topic gave it; 0 in a queue.
    pub topic_sequence: u64,
    /// In the sender's order and case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<(String, Scalar)>,
}

impl Properties {
    /// Bytes of names and values, as they count towards the limit.
    pub fn size(&self) -> usize {
        let texts = [
            &self.content_type,
            &self.session_id,
            &self.partition_key,
            &self.label,
            &self.correlation_id,
            &self.to,
            &self.reply_to,
            &self.reply_to_session_id,
        ];
        let system: usize = texts.into_iter().flatten().map(String::len).sum();
        let custom = self.custom.iter().map(|(name, value)| name.len() + value.size());
        self.message_id.len() + system + custom.sum::<usize>()
    }

    /// A custom property by its name; the case of names does not count.
    pub fn custom(&self, name: &str) -> Option<&Scalar> {
        let named = |(known, _): &&(String, Scalar)| known.eq_ignore_ascii_case(name);
        self.custom.iter().find(named).map(|(_, value)| value)
    }

    /// Sets a custom property, whether or not it was there.
    pub fn set_custom(&mut self, name: &str, value: &str) {
        self.custom.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.custom.push((name.to_owned(), Scalar::Text(value.to_owned())));
    }
}

impl Scalar {
    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Real(_) => 8,
        }
    }
}
