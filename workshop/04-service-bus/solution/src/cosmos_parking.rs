//! Parked messages in Cosmos DB: those of one publisher or consumer lie together.

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::{CosmosError, FeedScope, Query};
use cosmos::{ContainerSpec, Cosmos};
use futures::TryStreamExt;
use projections::Error;

use crate::{Parked, Parking};

/// The container of the parked messages.
pub const PARKED: ContainerSpec = ContainerSpec {
    name: "parked",
    partition_key: "/processor",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// Parked messages in a container. Cheap to clone.
#[derive(Clone)]
pub struct CosmosParking {
    container: ContainerClient,
    /// An embedded Cosmos DB runs as long as somebody holds this.
    _cosmos: Cosmos,
}

impl CosmosParking {
    /// Opens the container [`PARKED`].
    ///
    /// # Errors
    ///
    /// The container does not exist: provision it first.
    pub async fn open(cosmos: &Cosmos) -> Result<Self, cosmos::Error> {
        Ok(Self { container: cosmos.container(PARKED.name).await?, _cosmos: cosmos.clone() })
    }
}

impl Parking for CosmosParking {
    async fn park(&self, parked: &Parked) -> Result<(), Error> {
        let sent = self.container.upsert_item(parked.processor.clone(), &parked.id, parked, None);
        sent.await.map(drop).map_err(failed)
    }

    async fn parked(&self, processor: &str) -> Result<Vec<Parked>, Error> {
        let scope = FeedScope::partition(processor.to_owned());
        let found = self.container.query_items(Query::from("SELECT * FROM c"), scope, None).await;
        found.map_err(failed)?.try_collect().await.map_err(failed)
    }

    async fn release(&self, parked: &Parked) -> Result<(), Error> {
        let sent = self.container.delete_item(parked.processor.clone(), &parked.id, None).await;
        match sent {
            Err(error) if !error.status().is_not_found() => Err(failed(error)),
            _ => Ok(()),
        }
    }
}

fn failed(error: CosmosError) -> Error {
    Error::Failed(error.into())
}
