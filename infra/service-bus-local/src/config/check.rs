//! Whether entities can be as they are described.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::duration::Span;
use super::{ConfigError, Entities, Queue, Subscription, Topic};
use crate::rules::Rules;

/// What the emulator takes; beyond it we warn, since such a file does not run there.
const LOCK: RangeInclusive<Span> = Span::seconds(5)..=Span::seconds(5 * 60);
const TIME_TO_LIVE: RangeInclusive<Span> = Span::seconds(5 * 60)..=Span::seconds(60 * 60);
const WINDOW: RangeInclusive<Span> = Span::seconds(5)..=Span::seconds(5 * 60);
const DELIVERIES: RangeInclusive<u32> = 1..=10;

const MAX_NAME: usize = 260;
const MAX_SUBSCRIPTION_NAME: usize = 50;

impl Entities {
    /// Refuses what cannot be. Of a file, warns of what the official emulator would not take.
    pub(crate) fn check(&self, file: bool) -> Result<(), ConfigError> {
        let mut names = HashSet::new();
        for queue in &self.queues {
            let entity = Entity { name: format!("queue '{}'", queue.name), file };
            entity.name(&queue.name, MAX_NAME, &mut names)?;
            entity.queue(queue)?;
        }
        for topic in &self.topics {
            let entity = Entity { name: format!("topic '{}'", topic.name), file };
            entity.name(&topic.name, MAX_NAME, &mut names)?;
            entity.topic(topic)?;
        }
        Ok(())
    }
}

/// An entity by its kind and name, for messages.
struct Entity {
    name: String,
    /// It is described in a file, which may be meant for the official emulator, too.
    file: bool,
}

impl Entity {
    fn refuse<T>(&self, reason: impl Into<String>) -> Result<T, ConfigError> {
        Err(ConfigError::Entity { entity: self.name.clone(), reason: reason.into() })
    }

    fn queue(&self, queue: &Queue) -> Result<(), ConfigError> {
        let it = &queue.properties;
        self.lock(it.lock_duration)?;
        self.deliveries(it.max_delivery_count)?;
        self.positive("DefaultMessageTimeToLive", it.default_message_time_to_live, &TIME_TO_LIVE)?;
        self.window(it.requires_duplicate_detection, it.duplicate_detection_history_time_window)?;
        self.unsupported(it.requires_session, &it.forward_to, &it.forward_dead_lettered_messages_to)
    }

    fn topic(&self, topic: &Topic) -> Result<(), ConfigError> {
        let it = &topic.properties;
        self.positive("DefaultMessageTimeToLive", it.default_message_time_to_live, &TIME_TO_LIVE)?;
        self.window(it.requires_duplicate_detection, it.duplicate_detection_history_time_window)?;
        if topic.subscriptions.is_empty() {
            return self
                .refuse("Subscriptions is empty; give it one at least, or messages go nowhere");
        }
        let mut names = HashSet::new();
        for subscription in &topic.subscriptions {
            let name = &subscription.name;
            let of = format!("subscription '{name}' of {}", self.name);
            let entity = Self { name: of, file: self.file };
            entity.name(name, MAX_SUBSCRIPTION_NAME, &mut names)?;
            entity.subscription(subscription)?;
        }
        Ok(())
    }

    fn subscription(&self, subscription: &Subscription) -> Result<(), ConfigError> {
        let it = &subscription.properties;
        self.lock(it.lock_duration)?;
        self.deliveries(it.max_delivery_count)?;
        self.positive("DefaultMessageTimeToLive", it.default_message_time_to_live, &TIME_TO_LIVE)?;
        self.unsupported(
            it.requires_session,
            &it.forward_to,
            &it.forward_dead_lettered_messages_to,
        )?;
        Rules::compile(&subscription.rules).map(drop).or_else(|reason| self.refuse(reason))
    }

    /// Names stand in paths, where some words have a meaning of their own.
    fn name(
        &self,
        name: &str,
        longest: usize,
        taken: &mut HashSet<String>,
    ) -> Result<(), ConfigError> {
        let lower = name.to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_/".contains(c);
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let well_formed = ends(name.chars().next()) && ends(name.chars().next_back());
        if !well_formed || !name.chars().all(allowed) || name.contains("//") {
            return self.refuse(
                "Name takes letters, digits and . - _ / and begins and ends with a letter or digit",
            );
        }
        if name.len() > longest {
            return self.refuse(format!("Name has more than {longest} characters; shorten it"));
        }
        if longest == MAX_SUBSCRIPTION_NAME && name.contains('/') {
            return self.refuse("Name of a subscription takes no /");
        }
        if lower.split('/').any(|word| matches!(word, "messages" | "subscriptions")) {
            return self.refuse("Name has a part with a meaning in paths; choose another");
        }
        if !taken.insert(lower) {
            return self.refuse("Name is taken; the case of letters does not make a difference");
        }
        Ok(())
    }

    fn lock(&self, duration: Span) -> Result<(), ConfigError> {
        self.positive("LockDuration", duration, &LOCK)
    }

    fn window(&self, required: bool, window: Span) -> Result<(), ConfigError> {
        if !required {
            return Ok(());
        }
        self.positive("DuplicateDetectionHistoryTimeWindow", window, &WINDOW)
    }

    fn positive(
        &self,
        field: &str,
        span: Span,
        usual: &RangeInclusive<Span>,
    ) -> Result<(), ConfigError> {
        if span.0 <= 0 {
            return self.refuse(format!("{field} is zero; give it a length such as PT1M"));
        }
        if !usual.contains(&span) {
            self.beyond(field);
        }
        Ok(())
    }

    fn deliveries(&self, count: u32) -> Result<(), ConfigError> {
        if count == 0 {
            return self
                .refuse("MaxDeliveryCount is 0; nothing could be delivered, give 1 or more");
        }
        if !DELIVERIES.contains(&count) {
            self.beyond("MaxDeliveryCount");
        }
        Ok(())
    }

    fn beyond(&self, field: &str) {
        if self.file {
            tracing::warn!("{}: {field} is beyond what the official emulator takes", self.name);
        }
    }

    fn unsupported(
        &self,
        session: bool,
        forward: &str,
        forward_dead: &str,
    ) -> Result<(), ConfigError> {
        if session {
            return self.refuse(
                "RequiresSession is true; over REST nobody can receive sessions, set it to false",
            );
        }
        if !forward.is_empty() || !forward_dead.is_empty() {
            return self.refuse("forwarding is not implemented; leave ForwardTo and ForwardDeadLetteredMessagesTo empty");
        }
        Ok(())
    }
}
