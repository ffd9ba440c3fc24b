//! Which commands a stream has seen lately.

use std::fmt;
use std::iter::successors;
use std::mem;
use std::sync::Arc;

use event_store::{EventId, Version};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// How many commands are remembered.
const REMEMBERED: usize = 64;

/// A chain of so many is cut, which means to copy it: so it happens at one command in 64.
const LONGEST: usize = 2 * REMEMBERED;

/// The last 64 commands that left events in a stream. A state in memory is cloned at each command: clones share all
/// commands but the newest, so that they are seldom copied.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Span>", into = "Vec<Span>")]
pub struct RecentCommands {
    newest: Option<Link>,
    /// Of the chain.
    length: usize,
}

/// A command, and what was before it.
#[derive(Clone)]
struct Link {
    span: Span,
    before: Option<Arc<Link>>,
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
        self.newest_first().find(|span| span.command_id == command_id)
    }

    /// Takes note of an event. One that no command made is passed over.
    pub(crate) fn saw(&mut self, event: &EventId, version: Version) {
        let Some((command_id, number)) = event.as_str().rsplit_once('/') else {
            return;
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        match &mut self.newest {
            Some(Link { span, .. }) if span.command_id == command_id => span.last = version,
            _ => self.remember(Span::ending(command_id, version, 1)),
        }
    }

    /// Takes note of a command's events.
    pub(crate) fn remember(&mut self, span: Span) {
        if self.length == LONGEST {
            *self = Vec::from(mem::take(self)).into();
        }
        let before = self.newest.take().map(Arc::new);
        self.newest = Some(Link { span, before });
        self.length += 1;
    }

    fn newest_first(&self) -> impl Iterator<Item = &Span> {
        let links = successors(self.newest.as_ref(), |link| link.before.as_deref());
        links.map(|link| &link.span).take(REMEMBERED)
    }
}

/// Oldest first, as they are stored.
impl From<RecentCommands> for Vec<Span> {
    fn from(commands: RecentCommands) -> Self {
        let mut spans: Self = commands.newest_first().cloned().collect();
        spans.reverse();
        spans
    }
}

impl From<Vec<Span>> for RecentCommands {
    fn from(spans: Vec<Span>) -> Self {
        let mut commands = Self::default();
        for span in spans {
            commands.remember(span);
        }
        commands
    }
}

impl PartialEq for RecentCommands {
    fn eq(&self, other: &Self) -> bool {
        self.newest_first().eq(other.newest_first())
    }
}

impl Eq for RecentCommands {}

impl fmt::Debug for RecentCommands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RecentCommands").field(&Vec::from(self.clone())).finish()
    }
}
