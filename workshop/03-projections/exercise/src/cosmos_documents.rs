//! Documents in a container of Cosmos DB whose partition key is `/id`.

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::models::ItemResponse;
use azure_data_cosmos::options::{ItemWriteOptions, Precondition};
use azure_data_cosmos::{CosmosError, FeedScope, Query};
use cosmos::{ContainerSpec, Cosmos};
use futures::TryStreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::documents::{Documents, Etag, Stored};
use crate::{Error, sdk};

/// The container of the views. Every path is indexed: views are there to be asked.
pub const VIEWS: ContainerSpec = ContainerSpec {
    name: "views",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &[],
    procedures: &[],
};

/// The container of the leases. Nothing but the id is asked for.
pub const LEASES: ContainerSpec = ContainerSpec {
    name: "leases",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// The documents of one container. Cheap to clone.
#[derive(Clone)]
pub struct CosmosDocuments {
    pub(crate) container: ContainerClient,
    /// An embedded Cosmos DB runs as long as somebody holds this.
    _cosmos: Cosmos,
}

impl CosmosDocuments {
    /// Opens the container of a spec, such as [`VIEWS`].
    ///
    /// # Errors
    ///
    /// The container does not exist: provision it first.
    pub async fn open(cosmos: &Cosmos, spec: &ContainerSpec) -> Result<Self, cosmos::Error> {
        Ok(Self { container: cosmos.container(spec.name).await?, _cosmos: cosmos.clone() })
    }
}

impl Documents for CosmosDocuments {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        let response = match self.container.read_item(id.to_owned(), id, None).await {
            Ok(response) => response,
            Err(error) if error.status().is_not_found() => return Ok(None),
            Err(error) => return Err(sdk::error(id, error)),
        };
        let etag = etag(&response);
        let text: Box<RawValue> = response.into_model().map_err(|error| sdk::error(id, error))?;
        let document = serde_json::from_str(text.get())
            .map_err(|source| Error::Unreadable { id: id.to_owned(), source })?;
        Ok(Some(Stored { document, etag }))
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        let sent = self.container.create_item(id.to_owned(), id, document, None).await;
        written(id, sent)
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        let unchanged = Precondition::IfMatch(etag.0.clone().into());
        let options = ItemWriteOptions::default().with_precondition(unchanged);
        let sent = self.container.replace_item(id.to_owned(), id, document, Some(options)).await;
        written(id, sent)
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        match self.container.delete_item(id.to_owned(), id, None).await {
            Err(error) if !error.status().is_not_found() => Err(sdk::error(id, error)),
            _ => Ok(()),
        }
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let failed = |error| sdk::error(prefix, error);
        let query = Query::from("SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, @prefix)")
            .with_parameter("@prefix", prefix)
            .map_err(failed)?;
        let scope = FeedScope::full_container();
        let found = self.container.query_items(query, scope, None).await.map_err(failed)?;
        found.try_collect().await.map_err(failed)
    }
}

/// `None` when somebody else was faster: the document is there already, has changed, or is gone.
fn written(id: &str, sent: Result<ItemResponse, CosmosError>) -> Result<Option<Etag>, Error> {
    match sent {
        Ok(response) => Ok(Some(etag(&response))),
        Err(error) => {
            let status = error.status();
            if status.is_conflict() || status.is_precondition_failed() || status.is_not_found() {
                return Ok(None);
            }
            Err(sdk::error(id, error))
        }
    }
}

fn etag(response: &ItemResponse) -> Etag {
    Etag(response.headers().etag().map(ToString::to_string).unwrap_or_default())
}
