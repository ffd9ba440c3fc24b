//! Creates the document of an event, once, and reads it back.

use azure_data_cosmos::CosmosError;
use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::models::ItemResponse;
use serde_json::Value;

use crate::EventDocument;

/// An event that was stored and read back.
#[derive(Debug)]
pub struct Stored {
    /// What creating it cost, in request units.
    pub create: f64,
    /// What reading it cost, in request units.
    pub read: f64,
    /// The document as Cosmos DB returned it: what was sent, and what it added.
    pub document: Value,
}

/// Why an event was not stored, or not read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// An event was stored under this id before, and it stays as it is: read that one.
    #[error("event {id} is stored already (409)")]
    Exists {
        /// The id of the document.
        id: String,
    },
    /// The SDK reports a failure.
    #[error("Cosmos DB answered with a failure")]
    Cosmos(#[from] CosmosError),
}

/// Stores an event in its stream's partition and reads it back from there.
///
/// # Errors
///
/// The event is stored already, or Cosmos DB failed.
pub async fn store(events: &ContainerClient, event: &EventDocument) -> Result<Stored, StoreError> {
    let EventDocument { id, stream, .. } = event;
    // step 1
    todo!("step 1: create {id} in the partition {stream} and read it back")
}

/// What it means that a create failed: 409 says that the id is taken.
fn refused(event: &EventDocument, error: CosmosError) -> StoreError {
    if error.status().is_conflict() {
        StoreError::Exists { id: event.id.clone() }
    } else {
        StoreError::Cosmos(error)
    }
}

/// What a request cost; 0 where the place counts no charges.
fn charge(response: &ItemResponse) -> f64 {
    response.headers().request_charge().map_or(0.0, |charge| charge.value())
}
