//! Where the checks store events: in an empty Cosmos DB inside the test.

use azure_data_cosmos::clients::ContainerClient;
use cosmos::{Cosmos, Settings};

use crate::EVENTS;

/// An empty Cosmos DB with the container of the events.
pub struct Place {
    /// The container.
    pub events: ContainerClient,
    /// An embedded Cosmos DB runs as long as somebody holds this.
    _cosmos: Cosmos,
}

/// Starts it.
///
/// # Panics
///
/// Cosmos DB cannot be started or provisioned: the message says why.
pub async fn empty() -> Place {
    let cosmos =
        Cosmos::connect(&Settings::ephemeral()).await.expect("an embedded Cosmos DB starts");
    cosmos.provision(&[EVENTS]).await.expect("an empty Cosmos DB can be provisioned");
    let events = cosmos.container(EVENTS.name).await.expect("the container is provisioned");
    Place { events, _cosmos: cosmos }
}
