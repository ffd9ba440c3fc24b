//! One client for every place.

use azure_data_cosmos::CosmosClient;
use azure_data_cosmos::clients::ContainerClient;

use crate::{Capabilities, ContainerSpec, Error, Procedure, Settings};

/// A connected Cosmos DB. Cheap to clone; an embedded one runs as long as a clone lives.
#[derive(Clone)]
pub struct Cosmos {}

impl Cosmos {
    /// Starts an embedded Cosmos DB or connects to an endpoint, and finds out what it can do.
    ///
    /// # Errors
    ///
    /// The place cannot be reached, refuses the credential, or its data cannot be opened.
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        todo!("{settings:?}")
    }

    /// Creates the database, the containers and their procedures where they are missing, replaces
    /// procedures whose text differs, and refuses a container that was created otherwise. Safe to repeat,
    /// also by several processes at once.
    ///
    /// # Errors
    ///
    /// A container exists with another partition key or other unique keys, or the credential may not create.
    pub async fn provision(&self, specs: &[ContainerSpec]) -> Result<(), Error> {
        todo!("{specs:?}")
    }

    /// Opens a container of our database.
    ///
    /// # Errors
    ///
    /// It does not exist: provision it first.
    pub async fn container(&self, name: &str) -> Result<ContainerClient, Error> {
        todo!("{name}")
    }

    /// A stored procedure of a container.
    #[must_use]
    pub fn procedure(&self, container: &str, id: &str) -> Procedure {
        todo!("{container} {id}")
    }

    /// What the place can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        todo!()
    }

    /// The SDK's client, for what this crate does not wrap.
    #[must_use]
    pub fn client(&self) -> &CosmosClient {
        todo!()
    }

    /// The endpoint in use, also of an embedded one.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        todo!()
    }

    /// The name of our database.
    #[must_use]
    pub fn database(&self) -> &str {
        todo!()
    }
}
