//! A place opened: an embedded server started, or an endpoint with its credential.

use std::time::Duration;

use azure_core::credentials::Secret;
use azure_data_cosmos::options::{BinaryEncodingOptions, Region};
use azure_data_cosmos::{AccountReference, CosmosClient, CosmosRuntime, RoutingStrategy};
use url::Url;

use crate::credential::Credential;
use crate::variables::{endpoint, environment};
use crate::{Capabilities, Error, Place, account};

/// How long the SDK may take to start, once the account has answered us.
const SDK_START: Duration = Duration::from_secs(30);

#[cfg(feature = "embedded")]
pub(crate) type Server = Option<cosmos_local::CosmosLocal>;
#[cfg(not(feature = "embedded"))]
pub(crate) type Server = ();

/// A place opened: started if it is ours to start, and how to speak to it.
pub(crate) struct Site {
    pub(crate) endpoint: Url,
    pub(crate) credential: Credential,
    pub(crate) server: Server,
}

impl Site {
    #[cfg_attr(
        not(feature = "embedded"),
        expect(clippy::unused_async, reason = "only starting a server waits")
    )]
    pub(crate) async fn open(place: &Place) -> Result<Self, Error> {
        match place {
            #[cfg(feature = "embedded")]
            Place::Embedded { data } => Self::start(data.clone()).await,
            #[cfg(not(feature = "embedded"))]
            Place::Embedded { .. } => Err(Error::NotEmbedded),
            Place::Endpoint { url, key } => {
                let credential = match key {
                    Some(key) => Credential::Key(Secret::new(key.clone())),
                    None => Credential::entra(environment).map_err(Error::Credential)?,
                };
                Ok(Self {
                    endpoint: endpoint(url, environment)?,
                    credential,
                    server: Server::default(),
                })
            }
        }
    }

    #[cfg(feature = "embedded")]
    async fn start(data: Option<std::path::PathBuf>) -> Result<Self, Error> {
        use cosmos_local::{CosmosLocal, Options, Storage};
        let storage = data.map_or(Storage::Memory, Storage::Directory);
        let options = Options {
            storage,
            ..Options::default()
        };
        let server = CosmosLocal::start(options)
            .await
            .map_err(|reason| Error::Embedded(Box::new(reason)))?;
        Ok(Self {
            endpoint: endpoint(server.endpoint(), environment)?,
            credential: Credential::Key(Secret::new(server.key().to_owned())),
            server: Some(server),
        })
    }

    pub(crate) async fn client(
        &self,
        region: Region,
        capabilities: Capabilities,
    ) -> Result<CosmosClient, Error> {
        let account = match self.credential.clone() {
            Credential::Key(key) => {
                AccountReference::with_authentication_key(self.endpoint.clone().into(), key)
            }
            Credential::Entra(identity) => {
                AccountReference::with_credential(self.endpoint.clone().into(), identity)
            }
        };
        let start = async {
            // A runtime of our own: the SDK's global one keeps connections on the Tokio runtime that used
            // it first, and dies with it. Each `#[tokio::test]` has its own.
            let runtime = CosmosRuntime::builder().build().await?;
            let mut builder = CosmosClient::builder().with_runtime(runtime);
            if !capabilities.procedures
                && environment("AZURE_COSMOS_BINARY_ENCODING_ENABLED").is_none()
            {
                // That is the vNext emulator, and it refuses binary bodies (azure-sdk-for-rust#5240).
                builder = builder
                    .with_binary_encoding_options(BinaryEncodingOptions::new().with_enabled(false));
            }
            let strategy = RoutingStrategy::ProximityTo(region);
            builder.build(account, strategy).await
        };
        match tokio::time::timeout(SDK_START, start).await {
            Ok(client) => client.map_err(|error| {
                Error::service(format!("start a client of {}", self.endpoint), error)
            }),
            Err(_elapsed) => Err(account::unreachable(&self.endpoint, None)),
        }
    }
}
