//! One client for every place.

use std::sync::Arc;

use azure_data_cosmos::CosmosClient;
use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::options::Region;

use crate::account::{self, Account};
use crate::rest::Rest;
use crate::site::{Server, Site};
use crate::variables::{environment, is_emulator, region};
use crate::{Capabilities, ContainerSpec, Error, Procedure, Settings, provision};

/// A connected Cosmos DB. Cheap to clone; an embedded one runs as long as a clone lives.
///
/// The SDK's own clients do not keep it running: keep this beside a [`ContainerClient`].
#[derive(Debug, Clone)]
pub struct Cosmos {
    connection: Arc<Connection>,
}

/// What clones and procedures share.
pub(crate) struct Connection {
    pub(crate) client: CosmosClient,
    pub(crate) rest: Rest,
    pub(crate) database: String,
    pub(crate) capabilities: Capabilities,
    endpoint: String,
    /// Stops the embedded server when the last of us is gone.
    _server: Server,
}

impl Cosmos {
    /// Starts an embedded Cosmos DB or connects to an endpoint, and finds out what it can do.
    ///
    /// Without a key the identity comes from Entra ID: workload identity where `AZURE_FEDERATED_TOKEN_FILE` is
    /// set, managed identity where `AZURE_CLIENT_ID`, `IDENTITY_ENDPOINT` or `MSI_ENDPOINT` is, else the
    /// developer signed in with `az login` or `azd auth login`.
    ///
    /// # Errors
    ///
    /// The place cannot be reached, refuses the credential, or its data cannot be opened.
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        let site = Site::open(&settings.place).await?;
        let emulator = is_emulator(&site.endpoint, environment);
        let lost = |reason| account::unreachable(&site.endpoint, Some(reason));
        let rest = Rest::new(site.endpoint.clone(), site.credential.clone(), emulator);
        let rest = rest.map_err(lost)?;
        let account = Account::find(&rest, &site.endpoint).await?;
        let capabilities =
            Capabilities::find(&rest, &site.endpoint, &site.credential, emulator).await;
        let capabilities = capabilities.map_err(lost)?;
        let region = region(environment)?
            .or_else(|| account.region())
            .unwrap_or(Region::SOUTH_CENTRAL_US);
        let client = site.client(region, capabilities).await?;
        Ok(Self {
            connection: Arc::new(Connection {
                client,
                rest,
                database: settings.database.clone(),
                capabilities,
                endpoint: site.endpoint.to_string(),
                _server: site.server,
            }),
        })
    }

    /// Creates the database, the containers and their procedures where they are missing, replaces
    /// procedures whose text differs, and refuses a container that was created otherwise. Safe to repeat,
    /// also by several processes at once. With Entra ID, which may create nothing, it only compares.
    ///
    /// # Errors
    ///
    /// A container exists with another partition key or other unique keys, or the credential may not create.
    pub async fn provision(&self, specs: &[ContainerSpec]) -> Result<(), Error> {
        provision::provision(&self.connection, specs).await
    }

    /// Opens a container of our database.
    ///
    /// # Errors
    ///
    /// It does not exist: provision it first.
    pub async fn container(&self, name: &str) -> Result<ContainerClient, Error> {
        let found = self.connection.container(name).await?;
        found.ok_or_else(|| self.connection.missing(name, "provision it first"))
    }

    /// A stored procedure of a container.
    #[must_use]
    pub fn procedure(&self, container: &str, id: &str) -> Procedure {
        Procedure {
            connection: self.connection.clone(),
            container: container.to_owned(),
            id: id.to_owned(),
        }
    }

    /// What the place can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.connection.capabilities
    }

    /// The SDK's client, for what this crate does not wrap.
    #[must_use]
    pub fn client(&self) -> &CosmosClient {
        &self.connection.client
    }

    /// The endpoint in use, also of an embedded one.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.connection.endpoint
    }

    /// The name of our database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.connection.database
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("endpoint", &self.endpoint)
            .field("database", &self.database)
            .field("capabilities", &self.capabilities)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// A container, if it exists.
    pub(crate) async fn container(&self, name: &str) -> Result<Option<ContainerClient>, Error> {
        let database = self.client.database_client(self.database.clone());
        match database.container_client(name.to_owned(), None).await {
            Ok(container) => Ok(Some(container)),
            Err(error) if error.status().is_not_found() => Ok(None),
            Err(error) => Err(Error::service(format!("open container {name}"), error)),
        }
    }

    pub(crate) fn missing(&self, container: &str, remedy: &'static str) -> Error {
        Error::Missing {
            database: self.database.clone(),
            container: container.to_owned(),
            remedy,
        }
    }

    /// The path of one procedure of a container, or of all of them.
    pub(crate) fn procedure_path<'a>(
        &'a self,
        container: &'a str,
        id: Option<&'a str>,
    ) -> Vec<&'a str> {
        let feed = ["dbs", &self.database, "colls", container, "sprocs"];
        feed.into_iter().chain(id).collect()
    }
}
