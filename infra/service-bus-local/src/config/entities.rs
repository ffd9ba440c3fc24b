//! Queues, topics and subscriptions as the file describes them. Keys and values that are not known are errors.

use serde::{Deserialize, Serialize};

use super::duration::Span;
use crate::message::Scalar;

/// Queues and topics: of a file, or of a request to create them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Entities {
    #[serde(default)]
    pub queues: Vec<Queue>,
    #[serde(default)]
    pub topics: Vec<Topic>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Queue {
    pub name: String,
    #[serde(default)]
    pub properties: QueueProperties,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Topic {
    pub name: String,
    #[serde(default)]
    pub properties: TopicProperties,
    pub subscriptions: Vec<Subscription>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Subscription {
    pub name: String,
    #[serde(default)]
    pub properties: SubscriptionProperties,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// Defaults are the emulator's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct QueueProperties {
    pub lock_duration: Span,
    pub max_delivery_count: u32,
    pub default_message_time_to_live: Span,
    pub dead_lettering_on_message_expiration: bool,
    pub requires_duplicate_detection: bool,
    pub duplicate_detection_history_time_window: Span,
    pub requires_session: bool,
    pub forward_to: String,
    pub forward_dead_lettered_messages_to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct TopicProperties {
    pub default_message_time_to_live: Span,
    pub requires_duplicate_detection: bool,
    pub duplicate_detection_history_time_window: Span,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct SubscriptionProperties {
    pub lock_duration: Span,
    pub max_delivery_count: u32,
    pub default_message_time_to_live: Span,
    pub dead_lettering_on_message_expiration: bool,
    pub requires_session: bool,
    pub forward_to: String,
    pub forward_dead_lettered_messages_to: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    pub properties: RuleProperties,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct RuleProperties {
    pub filter_type: FilterType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_filter: Option<CorrelationFilter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_filter: Option<SqlFilter>,
    /// Known, so that it can be refused by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterType {
    Correlation,
    Sql,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SqlFilter {
    pub sql_expression: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct CorrelationFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub properties: std::collections::BTreeMap<String, Scalar>,
}

const LOCK: Span = Span::seconds(60);
const TIME_TO_LIVE: Span = Span::seconds(60 * 60);
const WINDOW: Span = Span::seconds(20);
const DELIVERIES: u32 = 3;

impl Default for QueueProperties {
    fn default() -> Self {
        Self {
            lock_duration: LOCK,
            max_delivery_count: DELIVERIES,
            default_message_time_to_live: TIME_TO_LIVE,
            dead_lettering_on_message_expiration: false,
            requires_duplicate_detection: false,
            duplicate_detection_history_time_window: WINDOW,
            requires_session: false,
            forward_to: String::new(),
            forward_dead_lettered_messages_to: String::new(),
        }
    }
}

impl Default for TopicProperties {
    fn default() -> Self {
        Self {
            default_message_time_to_live: TIME_TO_LIVE,
            requires_duplicate_detection: false,
            duplicate_detection_history_time_window: WINDOW,
        }
    }
}

impl Default for SubscriptionProperties {
    fn default() -> Self {
        Self {
            lock_duration: LOCK,
            max_delivery_count: DELIVERIES,
            default_message_time_to_live: TIME_TO_LIVE,
            dead_lettering_on_message_expiration: false,
            requires_session: false,
            forward_to: String::new(),
            forward_dead_lettered_messages_to: String::new(),
        }
    }
}
