//! Looks for what is left of somebody, in every document of every container.

use azure_data_cosmos::{CosmosError, FeedScope, Query};
use cosmos::Cosmos;
use event_store::{EVENTS, StreamId};
use futures::TryStreamExt;
use projections::{Error, LEASES};
use serde::Serialize;
use serde_json::Value;
use snapshots::{SNAPSHOTS, SnapshotDocument};

use crate::{KEYS, PEOPLE, Subject};

/// What should be gone.
#[derive(Debug, Clone)]
pub enum Gone {
    /// A stream: none of its events is left, and nothing that was made of it.
    Stream(StreamId),
    /// A key: there is a marker in its place.
    Key(Subject),
    /// A record outside of the events: there is a marker in its place.
    Person(Subject),
    /// A text, such as a name or an address: nowhere is it plain.
    Text(String),
}

/// A document in which something is left.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Left {
    /// The container.
    pub container: String,
    /// The document's id.
    pub id: String,
    /// What is left there.
    pub what: String,
}

/// Searches containers for what should be gone. Empty is the answer one wants.
///
/// # Errors
///
/// A container cannot be read.
pub async fn search(
    cosmos: &Cosmos,
    containers: &[&str],
    gone: &[Gone],
) -> Result<Vec<Left>, Error> {
    let mut left = Vec::new();
    for container in containers {
        for document in documents(cosmos, container).await? {
            for gone in gone {
                if let Some(what) = gone.left_in(container, &document) {
                    let id = document["id"].as_str().unwrap_or_default().to_owned();
                    left.push(Left { container: (*container).to_owned(), id, what });
                }
            }
        }
    }
    Ok(left)
}

impl Gone {
    fn left_in(&self, container: &str, document: &Value) -> Option<String> {
        match self {
            Self::Stream(stream) => left_of(stream, container, document),
            Self::Key(subject) => {
                let left = container == KEYS.name && has(document, subject, "key");
                left.then(|| "a key".to_owned())
            }
            Self::Person(subject) => {
                let left = container == PEOPLE.name && has(document, subject, "person");
                left.then(|| "a record".to_owned())
            }
            // What it is, is not said: who reads the answer need not know it.
            Self::Text(text) => {
                any_text(document, &|found| found.contains(text)).then(|| "a plain text".to_owned())
            }
        }
    }
}

fn has(document: &Value, subject: &Subject, field: &str) -> bool {
    document["id"].as_str() == Some(subject.as_str()) && !document[field].is_null()
}

/// What is left of a stream. That there was one may be known: the marker that ends it stays, and so do the stubs.
fn left_of(stream: &StreamId, container: &str, document: &Value) -> Option<String> {
    if container == EVENTS.name {
        let ours = document["stream"].as_str() == Some(stream.as_str());
        let kind = document["type"].as_str().unwrap_or_default();
        return (ours && !kind.starts_with('$')).then(|| format!("the event {kind}"));
    }
    // Leases hold places in the feed; keys and people are erased apart from streams.
    if [KEYS.name, PEOPLE.name, LEASES.name].contains(&container) {
        return None;
    }
    if is_view_of(document, stream) {
        return Some("a view".to_owned());
    }
    let ended = document["ended"] == Value::Bool(true) || !document["erased"].is_null();
    let named = |field: &str| document[field].as_str() == Some(stream.as_str());
    let left = !ended && (named("id") || named("stream"));
    left.then(|| "a document".to_owned())
}

/// Whether a document is a view that has something of a stream in it: by its key, or since it names the stream.
pub(crate) fn is_view_of(document: &Value, stream: &StreamId) -> bool {
    let (id, key) = (stream.id(), document["key"].as_str().unwrap_or_default());
    let by_key = key == stream.as_str() || key == id || key.starts_with(&format!("{id}:"));
    let names_it = || any_text(&document["view"], &|text| text == stream.as_str());
    !document["view"].is_null() && (by_key || names_it())
}

/// Whether a text that fits is anywhere in a value, as a text or as a name.
pub(crate) fn any_text(value: &Value, fits: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| fits(name) || any_text(value, fits))
        }
        _ => false,
    }
}

/// Every document of a container; none if there is no such container.
pub(crate) async fn documents(cosmos: &Cosmos, container: &str) -> Result<Vec<Value>, Error> {
    let failed = |error: CosmosError| Error::Failed(error.into());
    let client = match cosmos.container(container).await {
        Err(cosmos::Error::Missing { .. }) => return Ok(vec![]),
        client => client.map_err(|error| Error::Failed(error.into()))?,
    };
    let all = client.query_items::<Value>(
        Query::from("SELECT * FROM c"),
        FeedScope::full_container(),
        None,
    );
    let documents = all.await.map_err(failed)?.try_collect::<Vec<_>>().await;
    match documents {
        Err(error) if error.status().is_not_found() => Ok(vec![]),
        documents => {
            Ok(documents.map_err(failed)?.into_iter().map(|it| unpacked(container, it)).collect())
        }
    }
}

/// A snapshot that was compressed, as it was before.
fn unpacked(container: &str, document: Value) -> Value {
    if container != SNAPSHOTS.name || document["packed"] != Value::Bool(true) {
        return document;
    }
    let unpack = || {
        let snapshot: SnapshotDocument = serde_json::from_value(document.clone()).ok()?;
        let state = snapshot.plain_state().ok()?;
        serde_json::to_value(SnapshotDocument { state, packed: false, ..snapshot }).ok()
    };
    unpack().unwrap_or(document)
}
