//! A thing at a moment, with what the last event changed.

use askama::Template;
use daybook::event_store::{RecordedEvent, Version};

use crate::source::{Category, Fact};

/// What is known, as a list of definitions.
#[derive(Template)]
#[template(path = "parts/state_card.html")]
pub struct StateCard {
    version: Version,
    head: Version,
    facts: Vec<Marked>,
    /// The type of the event that the marks are about.
    kind: String,
}

struct Marked {
    name: &'static str,
    value: String,
    changed: bool,
}

impl StateCard {
    /// The thing as these events tell, marked with what the last of them changed. The stream ends at `head`.
    ///
    /// What changed is found by comparing: nobody has to keep a list of it.
    #[must_use]
    pub fn new(category: &Category, events: &[RecordedEvent], head: Version) -> Option<Self> {
        let (last, earlier) = events.split_last()?;
        let before = if earlier.is_empty() { Vec::new() } else { (category.state)(earlier) };
        let mark = |fact: Fact| Marked {
            changed: !before.contains(&fact),
            name: fact.name,
            value: fact.value,
        };
        Some(Self {
            version: last.version,
            head,
            facts: (category.state)(events).into_iter().map(mark).collect(),
            kind: last.event.kind().to_owned(),
        })
    }

    fn nothing_changed(&self) -> bool {
        !self.facts.iter().any(|fact| fact.changed)
    }
}
