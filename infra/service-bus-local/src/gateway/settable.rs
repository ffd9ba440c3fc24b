//! The properties of the broker that a sender may set.

use serde::Deserialize;
use uuid::Uuid;

use super::date;
use super::failure::Refusal;
use crate::clock::Millis;
use crate::message::Properties;

/// Ids and keys have this many characters at most.
const MAX_ID: usize = 128;

/// What a sender may set. Other keys are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Settable {
    message_id: Option<String>,
    session_id: Option<String>,
    partition_key: Option<String>,
    label: Option<String>,
    correlation_id: Option<String>,
    to: Option<String>,
    reply_to: Option<String>,
    reply_to_session_id: Option<String>,
    /// Seconds.
    time_to_live: Option<f64>,
    /// In batches, `d.hh:mm:ss`.
    time_to_live_time_span: Option<String>,
    scheduled_enqueue_time_utc: Option<String>,
}

impl Settable {
    /// Checks what the sender said; a message without an id gets one.
    pub fn into_properties(self, content_type: Option<String>) -> Result<Properties, Refusal> {
        let ids = [
            ("MessageId", &self.message_id),
            ("SessionId", &self.session_id),
            ("PartitionKey", &self.partition_key),
        ];
        for (name, id) in ids {
            if id.as_ref().is_some_and(|id| id.chars().count() > MAX_ID) {
                return invalid(name, "has more than 128 characters; shorten it");
            }
        }
        if self.message_id.as_ref().is_some_and(String::is_empty) {
            return invalid("MessageId", "is empty; give one, or leave it out to get one");
        }
        if let (Some(session), Some(partition)) = (&self.session_id, &self.partition_key)
            && session != partition
        {
            return invalid("PartitionKey", "differs from SessionId; make them equal");
        }
        Ok(Properties {
            time_to_live: self.time_to_live()?,
            scheduled_at: self.scheduled_at()?,
            message_id: self.message_id.unwrap_or_else(|| Uuid::new_v4().simple().to_string()),
            content_type,
            session_id: self.session_id,
            partition_key: self.partition_key,
            label: self.label,
            correlation_id: self.correlation_id,
            to: self.to,
            reply_to: self.reply_to,
            reply_to_session_id: self.reply_to_session_id,
            topic_sequence: 0,
            custom: Vec::new(),
        })
    }

    fn time_to_live(&self) -> Result<Option<Millis>, Refusal> {
        if let Some(span) = &self.time_to_live_time_span {
            return match time_span(span) {
                Some(span) => Ok(Some(span)),
                None => invalid("TimeToLiveTimeSpan", "is no time span such as 0.01:00:00"),
            };
        }
        match self.time_to_live {
            None => Ok(None),
            Some(seconds) if seconds > 0.0 => {
                #[expect(clippy::cast_possible_truncation, reason = "what is too long is for ever")]
                let millis = (seconds * 1000.0).ceil() as Millis;
                Ok(Some(millis))
            }
            Some(_) => invalid("TimeToLive", "is not above zero; give seconds"),
        }
    }

    fn scheduled_at(&self) -> Result<Option<Millis>, Refusal> {
        let Some(text) = &self.scheduled_enqueue_time_utc else {
            return Ok(None);
        };
        match date::parse(text) {
            Some(time) => Ok(Some(time)),
            None => invalid(
                "ScheduledEnqueueTimeUtc",
                "is no date such as Wed, 02 Jul 2014 01:32:27 GMT",
            ),
        }
    }
}

fn invalid<T>(field: &str, remedy: &str) -> Result<T, Refusal> {
    Err(Refusal::bad_request(format!("{field} {remedy}")))
}

/// `[d.]hh:mm:ss[.fraction]` in milliseconds.
fn time_span(text: &str) -> Option<Millis> {
    let mut parts = text.split(':');
    let (first, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (days, hours) = first.split_once('.').unwrap_or(("0", first));
    let whole = |text: &str| text.parse::<u32>().ok().map(Millis::from);
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..60.0).contains(seconds))?;
    let minutes = (whole(days)? * 24 + whole(hours)?) * 60 + whole(minutes)?;
    #[expect(clippy::cast_possible_truncation, reason = "less than a minute")]
    let rest = (seconds * 1000.0).ceil() as Millis;
    Some(minutes * 60_000 + rest).filter(|span| *span > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_have_days_hours_minutes_and_seconds() {
        assert_eq!(time_span("0.00:00:10"), Some(10_000));
        assert_eq!(time_span("1.02:03:04.5"), Some(93_784_500));
        assert_eq!(time_span("00:01:00"), Some(60_000));
        for text in ["", "10", "00:00:00", "1:2", "1.2.3:0:0", "0:0:61", "-1:0:0"] {
            assert_eq!(time_span(text), None, "{text}");
        }
    }
}
