//! Several messages in one request.

use bytes::Bytes;
use http::HeaderName;
use serde::Deserialize;
use serde_json::Map;

use super::failure::Refusal;
use super::properties::may_be_custom;
use super::settable::Settable;
use crate::message::{Message, Scalar};

/// The content type of a batch, exactly.
pub const CONTENT_TYPE: &str = "application/vnd.microsoft.servicebus.json";

/// Messages in one batch, at most: the service's limit.
const MAX_MESSAGES: usize = 4_500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Entry {
    body: String,
    #[serde(default)]
    broker_properties: Settable,
    #[serde(default)]
    user_properties: Map<String, serde_json::Value>,
}

/// Reads all messages of a batch, or says which one is wrong.
pub fn read(body: &[u8]) -> Result<Vec<Message>, Refusal> {
    let entries: Vec<Entry> = serde_json::from_slice(body).map_err(|error| {
        Refusal::bad_request(format!("the batch is not the JSON expected: {error}"))
    })?;
    if entries.is_empty() || entries.len() > MAX_MESSAGES {
        return Err(Refusal::bad_request(format!(
            "the batch has {} messages; send 1 to {MAX_MESSAGES}",
            entries.len()
        )));
    }
    let message = |(place, entry): (usize, Entry)| {
        let at = |refusal: Refusal| Refusal {
            detail: format!("message {place} of the batch: {}", refusal.detail),
            ..refusal
        };
        entry.into_message().map_err(at)
    };
    entries.into_iter().enumerate().map(message).collect()
}

impl Entry {
    fn into_message(self) -> Result<Message, Refusal> {
        let mut properties = self.broker_properties.into_properties(None)?;
        for (name, value) in self.user_properties {
            if HeaderName::try_from(name.as_str()).is_err() || !may_be_custom(&name) {
                return Err(Refusal::bad_request(format!("no property can be called '{name}'")));
            }
            let value: Scalar = serde_json::from_value(value).map_err(|_| {
                Refusal::bad_request(format!("'{name}' is no string, number or boolean"))
            })?;
            properties.custom.push((name, value));
        }
        Ok(Message { properties, body: Bytes::from(self.body) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_its_own_properties_in_their_own_case() {
        let batch = br#"[{"Body":"one","BrokerProperties":{"Label":"M1","TimeToLiveTimeSpan":"0.00:00:10"}},
            {"Body":"two","BrokerProperties":{"MessageId":"m2","TimeToLive":5},"UserProperties":{"Priority":"High","N":2}}]"#;
        let messages = read(batch).unwrap();
        let [one, two] = &messages[..] else { panic!("{messages:?}") };
        assert_eq!(
            (one.properties.label.as_deref(), one.properties.time_to_live),
            (Some("M1"), Some(10_000))
        );
        assert_eq!((two.body.as_ref(), two.properties.time_to_live), (&b"two"[..], Some(5_000)));
        let custom = [("Priority", Scalar::Text("High".into())), ("N", Scalar::Integer(2))];
        assert_eq!(two.properties.custom, custom.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn one_wrong_message_is_named_and_refuses_the_batch() {
        let refused = |batch: &str| read(batch.as_bytes()).unwrap_err().detail;
        assert!(
            refused(r#"[{"Body":"a"},{"Body":"b","BrokerProperties":{"TimeToLive":-1}}]"#)
                .starts_with("message 1")
        );
        assert!(
            refused(r#"[{"Body":"a","UserProperties":{"Authorization":"x"}}]"#)
                .contains("Authorization")
        );
        assert!(refused(r#"[{"Body":"a","UserProperties":{"x y":"x"}}]"#).contains("x y"));
        assert!(refused(r#"[{"Body":"a","UserProperties":{"x":{}}}]"#).contains("'x'"));
        assert!(refused(r#"[{"Body":"YQ==","IsBodyBase64":true}]"#).contains("IsBodyBase64"));
        assert!(refused("[]").contains("0 messages"));
        assert!(refused("{}").contains("JSON"));
    }
}
