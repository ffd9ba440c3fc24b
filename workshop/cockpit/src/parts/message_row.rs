//! A message as it lies in a subscription, or among its dead letters.

use askama::Template;
use daybook::service_bus::{Browsed, Value};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Document;
use crate::When;

/// A row: what is told, of which stream, how often it was delivered; it opens to the whole message.
#[derive(Template)]
#[template(path = "parts/message_row.html")]
pub struct MessageRow {
    number: u64,
    label: String,
    /// The event's stream and its place there.
    event: Option<(String, i64)>,
    state: String,
    deliveries: u32,
    when: Option<When>,
    /// Why the broker set it aside: its word, and its sentence.
    reason: Option<(String, String)>,
    document: Document,
    /// Where a form sends it again, and the token of that form.
    again: Option<(String, String)>,
}

impl MessageRow {
    /// A message, as it is seen `now`.
    #[must_use]
    pub fn new(message: &Browsed, now: OffsetDateTime) -> Self {
        let text = |name: &str| match message.properties.get(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let version = match message.properties.get("streamversion") {
            Some(Value::Integer(version)) => Some(*version),
            _ => None,
        };
        let reason = text("DeadLetterReason");
        let when = OffsetDateTime::parse(&message.enqueued_at, &Rfc3339).ok();
        Self {
            number: message.sequence_number,
            label: message.label.clone().unwrap_or_else(|| "no label".to_owned()),
            event: text("streamid").zip(version),
            state: message.state.clone(),
            deliveries: message.delivery_count,
            when: when.map(|when| When::new(when, now)),
            reason: reason.map(|it| (it, text("DeadLetterErrorDescription").unwrap_or_default())),
            document: Document::new(&whole(message), None),
            again: None,
        }
    }

    /// With a button that sends it again.
    #[must_use]
    pub fn to_send_again(self, address: &str, csrf: &str) -> Self {
        Self { again: Some((address.to_owned(), csrf.to_owned())), ..self }
    }
}

/// All that is known of a message, as one document.
fn whole(message: &Browsed) -> String {
    let body: Option<serde_json::Value> = serde_json::from_str(&message.body).ok();
    let whole = json!({
        "id": message.message_id,
        "session": message.session_id,
        "label": message.label,
        "correlation_id": message.correlation_id,
        "content_type": message.content_type,
        "properties": message.properties,
        "state": message.state,
        "until": message.until,
        "delivery_count": message.delivery_count,
        "enqueued_at": message.enqueued_at,
        "body": body.unwrap_or_else(|| message.body.clone().into()),
    });
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn message(properties: &[(&str, Value)]) -> Browsed {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Browsed {
            sequence_number: 7,
            state: "active".to_owned(),
            until: None,
            delivery_count: 3,
            enqueued_at: "2026-11-21T12:00:00Z".to_owned(),
            message_id: "meter:1/c/0".to_owned(),
            session_id: None,
            label: Some("MeterActivated.v1".to_owned()),
            correlation_id: None,
            content_type: None,
            properties: properties.collect(),
            body: r#"{"district":"<10>"}"#.to_owned(),
        }
    }

    fn row(message: &Browsed) -> MessageRow {
        MessageRow::new(message, datetime!(2026-11-21 12:05 UTC))
    }

    #[test]
    fn a_message_leads_to_its_event_and_shows_what_is_in_it() {
        let stream = Value::Text("meter:1".to_owned());
        let properties = [("streamid", stream), ("streamversion", Value::Integer(2))];
        let shown = row(&message(&properties)).to_string();
        assert!(shown.contains("href=\"/cockpit/streams/meter:1?version=2\""), "{shown}");
        assert!(shown.contains("delivered 3 times"), "{shown}");
        assert!(shown.contains("&lt;10&gt;") && !shown.contains("<10>"), "{shown}");
    }

    #[test]
    fn a_dead_letter_says_why_and_can_be_sent_again() {
        let why = Value::Text("MaxDeliveryCountExceeded".to_owned());
        let dead = row(&message(&[("DeadLetterReason", why)])).to_send_again("/again", "token");
        let shown = dead.to_string();
        assert!(shown.contains("MaxDeliveryCountExceeded"), "{shown}");
        assert!(shown.contains("action=\"/again\"") && shown.contains("value=\"7\""), "{shown}");
    }
}
