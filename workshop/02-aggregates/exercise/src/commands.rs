//! Which commands a stream has seen lately.

use std::collections::VecDeque;
use std::sync::Arc;

use event_store::{EventId, Version};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// How many commands are remembered.
const REMEMBERED: usize = 64;

/// The last 64 commands that left events in a stream, oldest first. Clones share them until one of them takes
/// note of another: a state in memory is cloned at each command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "VecDeque<Span>", into = "VecDeque<Span>")]
pub struct RecentCommands(Arc<VecDeque<Span>>);

impl From<VecDeque<Span>> for RecentCommands {
    fn from(spans: VecDeque<Span>) -> Self {
        Self(Arc::new(spans))
    }
}

impl From<RecentCommands> for VecDeque<Span> {
    fn from(RecentCommands(spans): RecentCommands) -> Self {
        Arc::unwrap_or_clone(spans)
    }
}

/// The events of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    command_id: SmolStr,
    pub(crate) first: Version,
    pub(crate) last: Version,
}

impl Span {
    /// The span of `count` events that end at `last`.
    pub(crate) fn ending(command_id: &str, last: Version, count: usize) -> Self {
        let first = Version((last.0 + 1).saturating_sub(count as u64));
        Self { command_id: command_id.into(), first, last }
    }
}

impl RecentCommands {
    /// Whether a command left events, as far as is remembered.
    #[must_use]
    pub fn contains(&self, command_id: &str) -> bool {
        self.find(command_id).is_some()
    }

    pub(crate) fn find(&self, command_id: &str) -> Option<&Span> {
        self.0.iter().rev().find(|span| span.command_id == command_id)
    }

    /// Takes note of an event. One that no command made is passed over.
    pub(crate) fn saw(&mut self, event: &EventId, version: Version) {
        let Some((command_id, number)) = event.as_str().rsplit_once('/') else {
            return;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        match Arc::make_mut(&mut self.0).back_mut() {
            Some(span) if span.command_id == command_id => span.last = version,
            _ => self.remember(Span::ending(command_id, version, 1)),
        }
    }

    /// Takes note of a command's events.
    pub(crate) fn remember(&mut self, span: Span) {
        let spans = Arc::make_mut(&mut self.0);
        if spans.len() == REMEMBERED {
            spans.pop_front();
        }
        spans.push_back(span);
    }
}
