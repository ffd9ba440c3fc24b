//! Correlation filters: all of the named properties have exactly these values.

use crate::config::CorrelationFilter;
use crate::message::{Properties, Scalar};

/// Equalities that must all hold.
#[derive(Debug)]
pub struct Correlation(CorrelationFilter);

impl Correlation {
    pub fn compile(filter: &CorrelationFilter) -> Result<Self, String> {
        if *filter == CorrelationFilter::default() {
            return Err(
                "CorrelationFilter names no property; name one, or leave out Rules".to_owned()
            );
        }
        for name in filter.properties.keys() {
            if name.chars().any(char::is_uppercase) {
                tracing::warn!(
                    "the filter names the property '{name}'; senders over REST give names in lower case, \
                     and Azure may tell them apart"
                );
            }
        }
        Ok(Self(filter.clone()))
    }

    pub fn matches(&self, message: &Properties) -> bool {
        let filter = &self.0;
        let pairs = [
            (&filter.content_type, &message.content_type),
            (&filter.correlation_id, &message.correlation_id),
            (&filter.label, &message.label),
            (&filter.reply_to, &message.reply_to),
            (&filter.reply_to_session_id, &message.reply_to_session_id),
            (&filter.session_id, &message.session_id),
            (&filter.to, &message.to),
        ];
        let id = filter.message_id.as_ref().is_none_or(|id| *id == message.message_id);
        let system = pairs.iter().all(|(wanted, found)| wanted.is_none() || wanted == found);
        id && system && filter.properties.iter().all(|(name, wanted)| has(message, name, wanted))
    }
}

/// An absent property never matches, and a number matches only a number.
#[expect(clippy::float_cmp, reason = "the same number is wanted, not one close to it")]
fn has(message: &Properties, name: &str, wanted: &Scalar) -> bool {
    match (message.custom(name), wanted) {
        (Some(Scalar::Integer(found)), Scalar::Real(wanted))
        | (Some(Scalar::Real(wanted)), Scalar::Integer(found)) => {
            super::sql::real(*found) == *wanted
        }
        (found, wanted) => found == Some(wanted),
    }
}
