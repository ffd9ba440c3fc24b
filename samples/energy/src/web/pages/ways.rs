//! The three ways to forget an owner, each with what is stored before and what is there after.
//!
//! What is not done yet is worked out with the code that does it. What is done shows what is there; of what was there
//! before, nothing is kept but its shape.

use daybook::aggregates::registration::MeterId;
use daybook::event_store::{EventDocument, Metadata, RecordedEvent, Version};
use daybook::gdpr::{Erased, Held, KeyDocument, PersonDocument, Ring, Sealed, Subject};
use serde::Serialize;
use serde_json::{Value, json};

use crate::privacy::{Owner, Stored};

/// Where a marker says why, before anybody has said it.
const REASON: &str = "the reason that is given";

/// In the place of what nobody keeps.
const GONE: &str = "…";

/// A way to forget.
pub struct Way {
    /// How the form names it.
    pub name: &'static str,
    pub title: &'static str,
    /// Whether it was gone.
    pub done: bool,
    pub before: Vec<Place>,
    pub after: Vec<Place>,
}

/// A place, with what is there.
pub struct Place {
    pub container: &'static str,
    /// A document.
    pub document: Option<String>,
    /// What is to be said of it.
    pub says: String,
}

impl Way {
    pub fn sides(&self) -> [(&'static str, &[Place]); 2] {
        [("Before", &self.before), ("After", &self.after)]
    }
}

impl Place {
    fn document(container: &'static str, document: &impl Serialize, says: &str) -> Self {
        let document = serde_json::to_string_pretty(document).ok();
        Self { container, document, says: says.to_owned() }
    }

    fn words(container: &'static str, says: impl Into<String>) -> Self {
        Self { container, document: None, says: says.into() }
    }
}

/// All three of them.
pub fn ways(id: &MeterId, stored: &Stored, shown: &str) -> [Way; 3] {
    let subject = Subject::of(&id.stream());
    let erased = Erased { at: stored.now, by: None, reason: REASON.to_owned() };
    [key(&subject, stored, shown, &erased), stream(id, stored), person(&subject, stored, &erased)]
}

/// The key goes; what was sealed with it stays, in every copy.
fn key(subject: &Subject, stored: &Stored, shown: &str, erased: &Erased) -> Way {
    let there = stored.key.as_ref();
    let done = there.is_some_and(|key| key.erased.is_some());
    let shape = json!({ "id": subject, "key": { "id": GONE, "wrapped": GONE } });
    let marker = KeyDocument { id: subject.clone(), key: None, erased: Some(erased.clone()) };
    let (mut before, mut after) = match there {
        Some(marker) if done => (
            vec![Place::document("keys", &shape, "Its shape: the key is kept nowhere.")],
            vec![Place::document("keys", marker, "A marker, for ever.")],
        ),
        Some(key) => (
            vec![Place::document("keys", &without_bytes(key), "The owner’s key, wrapped.")],
            vec![Place::document("keys", &marker, "A marker in its place, for ever.")],
        ),
        None => (
            vec![Place::words("keys", "No key: nothing was sealed yet.")],
            vec![Place::document("keys", &marker, "A marker: no key is ever made.")],
        ),
    };
    if let Some(sealed) = stored.postal_code.as_ref() {
        let text = json!({ "postal_code": cut(sealed) });
        let says = if done {
            "What it said is kept nowhere.".to_owned()
        } else {
            format!("Sealed, here and in every copy. It shows “{shown}”.")
        };
        before.push(Place::document("events", &text, &says));
        let says = format!("The same text, here and in every copy. It shows “{}”.", blind(sealed));
        after.push(Place::document("events", &text, &says));
    }
    Way { name: "key", title: "Erase the key", done, before, after }
}

/// The events go, and what was made of them.
fn stream(id: &MeterId, stored: &Stored) -> Way {
    const OTHERS: &str = "views, snapshots, consumers";
    let (events, made) = (stored.events.len(), stored.made.len());
    let would_be = || EventDocument::deleted(&id.stream(), Version(1), Metadata::at(stored.now));
    let stub = without_circumstances(&stored.stub.clone().unwrap_or_else(would_be));
    let left = format!("A stub for each of {events} events, and a seal: the name is never reborn.");
    let (were, of_them, markers) = if stored.stub.is_some() {
        (
            format!("{events} events. What they were is not kept."),
            "What was made of them. It is not kept, either.".to_owned(),
            "A marker in each place that there was.".to_owned(),
        )
    } else {
        let marker = "views of several meters are built anew.";
        (
            kinds(&stored.events),
            format!("{made} documents: {}.", stored.made.join(", ")),
            format!("A marker in each of the {made} places; {marker}"),
        )
    };
    Way {
        name: "stream",
        title: "Delete the stream",
        done: stored.stub.is_some(),
        before: vec![Place::words("events", were), Place::words(OTHERS, of_them)],
        after: vec![Place::document("events", &stub, &left), Place::words(OTHERS, markers)],
    }
}

/// Events name a number; who is behind it is a document of its own.
fn person(subject: &Subject, stored: &Stored, erased: &Erased) -> Way {
    let id = subject.clone();
    let marker = PersonDocument::<Owner> { id, person: None, erased: Some(erased.clone()) };
    let done = stored.person.as_ref().is_some_and(|person| person.erased.is_some());
    let shape = json!({ "id": subject, "person": { "name": GONE } });
    let (before, after) = match &stored.person {
        Some(marker) if done => (
            Place::document("people", &shape, "Its shape: the name is kept nowhere."),
            Place::document("people", marker, "A marker, for ever."),
        ),
        Some(person) => (
            Place::document("people", person, "Here alone, and not in events."),
            Place::document("people", &marker, "A marker in its place, for ever."),
        ),
        None => (
            Place::words("people", "No record: enter the owner below to have one."),
            Place::document("people", &marker, "A marker: no record is ever entered."),
        ),
    };
    let named = || Place::words("events", format!("They name {subject}, and nobody else."));
    let (before, after) = (vec![before, named()], vec![after, named()]);
    Way { name: "person", title: "Remove the record", done, before, after }
}

/// The document with its wrapped bytes left out: a page is no place for them.
fn without_bytes(key: &KeyDocument) -> Value {
    let mut document = json!(key);
    if let Some(wrapped) = document["key"]["wrapped"].as_object_mut() {
        for (_, value) in wrapped.iter_mut().filter(|(name, _)| *name != "by") {
            *value = GONE.into();
        }
    }
    document
}

fn without_circumstances(stub: &EventDocument) -> Value {
    let EventDocument { id, kind, data, .. } = stub;
    json!({ "id": id, "type": kind, "data": data })
}

/// What somebody sees of a sealed text who has no key to it any more.
fn blind(sealed: &Sealed) -> String {
    let ring = Ring::default().with(sealed.subject.clone(), Held::Erased);
    let seen = ring.value(sealed).ok();
    seen.and_then(|seen| seen.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Enough of it to see that there is nothing to be seen.
fn cut(sealed: &Sealed) -> String {
    let text: String = sealed.to_string().chars().take(34).collect();
    format!("{text}{GONE}")
}

/// Such as `1 MeterRegistered, 18 MeterReadingsCollected`.
fn kinds(events: &[RecordedEvent]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for event in events {
        match counted.iter_mut().find(|(kind, _)| *kind == event.event.kind()) {
            Some((_, count)) => *count += 1,
            None => counted.push((event.event.kind(), 1)),
        }
    }
    let counted: Vec<_> = counted.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("{} events: {}.", events.len(), counted.join(", "))
}
