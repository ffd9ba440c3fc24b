//! What containers hold that concerns persons, counted: how far copies have spread, and what forgetting left.

use cosmos::Cosmos;
use projections::Error;
use serde::Serialize;
use serde_json::Value;

use crate::Sealed;
use crate::search::{any_text, documents};

/// What a container holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// The container.
    pub container: String,
    /// All its documents.
    pub documents: usize,
    /// Those with a sealed value in them, whether it can still be opened or not.
    pub sealed: usize,
    /// Markers and stubs: what stands in the place of something that was forgotten.
    pub markers: usize,
}

/// Counts what containers hold. All of them are read.
///
/// # Errors
///
/// A container cannot be read.
pub async fn holdings(cosmos: &Cosmos, containers: &[&str]) -> Result<Vec<Holding>, Error> {
    let mut held = Vec::new();
    for container in containers {
        let all = documents(cosmos, container).await?;
        let count = |is: fn(&Value) -> bool| all.iter().filter(|document| is(document)).count();
        held.push(Holding {
            container: (*container).to_owned(),
            documents: all.len(),
            sealed: count(is_sealed),
            markers: count(is_marker),
        });
    }
    Ok(held)
}

fn is_sealed(document: &Value) -> bool {
    any_text(document, &|text| text.parse::<Sealed>().is_ok())
}

fn is_marker(document: &Value) -> bool {
    let of_the_store = document["type"].as_str().is_some_and(|kind| kind.starts_with('$'));
    of_the_store || document["ended"] == Value::Bool(true) || !document["erased"].is_null()
}
