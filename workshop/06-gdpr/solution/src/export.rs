//! What is held on a person, readable: for the person, who may ask for it.

use aggregates::Context;
use cosmos::Cosmos;
use projections::Error;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use crate::search::{documents, is_view_of};
use crate::{KEYS, OpenError, Ring, Sealed, Subject};

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A value does not open: an export that left it out would be wrong.
    #[error("a value cannot be opened")]
    Open(#[from] OpenError),
    /// A container cannot be read.
    #[error("a container cannot be read")]
    Documents(#[from] Error),
}

/// The same JSON with sealed values opened, as far as keys are in hand: what is sealed for somebody else stays sealed, and
/// what was sealed for a person who was forgotten reads `Erased`.
///
/// # Errors
///
/// A value cannot be opened.
pub fn opened(value: &Value, ring: &Ring) -> Result<Value, OpenError> {
    //@ step 3: give {value} with every sealed text in it opened whose key is in the ring, however deep it lies
    match value {
        Value::String(text) => match text.parse::<Sealed>() {
            Ok(sealed) if ring.holds(&sealed.subject) => ring.value(&sealed),
            _ => Ok(value.clone()),
        },
        Value::Array(items) => items.iter().map(|item| opened(item, ring)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, _)| Ok((name.clone(), opened(value, ring)?));
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        _ => Ok(value.clone()),
    }
    //@ end
}

/// Everything that these containers hold on a person, by container, opened. All of them are read: this is for the
/// few who ask.
///
/// # Errors
///
/// A container cannot be read, or a value not be opened. Nothing is left out in silence.
pub async fn export(
    cosmos: &Cosmos,
    containers: &[&str],
    subject: &Subject,
    ring: &Ring,
    context: &Context,
) -> Result<Value, ExportError> {
    let mut found = Map::new();
    for container in containers {
        let mut held = Vec::new();
        for document in documents(cosmos, container).await? {
            if is_about(&document, subject) {
                held.push(without_key(
                    container,
                    of_the_service_left_out(opened(&document, ring)?),
                ));
            }
        }
        if !held.is_empty() {
            found.insert((*container).to_owned(), Value::Array(held));
        }
    }
    let at = context.time.format(&Rfc3339).unwrap_or_default();
    Ok(json!({ "subject": subject, "exported_at": at, "held": found }))
}

/// Whether a document holds something on the person: it is theirs, of their stream, or has a value in it that was sealed for
/// them.
fn is_about(document: &Value, subject: &Subject) -> bool {
    let named = |field: &str| document[field].as_str() == Some(subject.as_str());
    let in_a_view = || subject.as_str().parse().is_ok_and(|stream| is_view_of(document, &stream));
    named("id") || named("stream") || in_a_view() || seals_for(document, subject)
}

fn seals_for(value: &Value, subject: &Subject) -> bool {
    match value {
        Value::String(text) => text.parse::<Sealed>().is_ok_and(|it| it.subject == *subject),
        Value::Array(items) => items.iter().any(|item| seals_for(item, subject)),
        Value::Object(fields) => fields.values().any(|field| seals_for(field, subject)),
        _ => false,
    }
}

/// That there is a key is told; the key is not.
fn without_key(container: &str, mut document: Value) -> Value {
    if container == KEYS.name && document["key"].is_object() {
        document["key"] = json!("held");
    }
    document
}

/// Without the fields that Cosmos DB adds.
fn of_the_service_left_out(document: Value) -> Value {
    match document {
        Value::Object(fields) => {
            fields.into_iter().filter(|(name, _)| !name.starts_with('_')).collect()
        }
        other => other,
    }
}
