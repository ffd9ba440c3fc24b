//! What the messages table holds for a message: its properties as JSON, then its body.

use bytes::Bytes;

use super::Failure;
use super::failure::damaged;
use crate::message::{Message, Properties};

pub fn encode(message: &Message) -> Result<Vec<u8>, Failure> {
    let failed = |reason: String| Failure::Storage { reason };
    let properties =
        serde_json::to_vec(&message.properties).map_err(|error| failed(error.to_string()))?;
    let length = u32::try_from(properties.len())
        .map_err(|_| failed("the properties are far too large".to_owned()))?;
    let mut out = Vec::with_capacity(4 + properties.len() + message.body.len());
    out.extend(length.to_be_bytes());
    out.extend(properties);
    out.extend_from_slice(&message.body);
    Ok(out)
}

pub fn decode(stored: &[u8]) -> Result<Message, Failure> {
    let read = || {
        let (length, rest) = stored.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (properties, body) = rest.split_at_checked(length)?;
        let properties: Properties = serde_json::from_slice(properties).ok()?;
        Some(Message { properties, body: Bytes::copy_from_slice(body) })
    };
    read().ok_or_else(|| damaged("a message"))
}
