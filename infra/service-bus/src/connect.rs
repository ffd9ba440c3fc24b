//! One bus for every place.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use identity::Identity;
use url::Url;

use crate::administration::{Administration, Health};
use crate::http::{Client, SCOPE};
use crate::rest::Rest;
use crate::settings::Key;
use crate::variables::{environment, local_url};
use crate::{Capabilities, Error, Place, Settings};

#[cfg(feature = "embedded")]
type Server = Option<service_bus_local::ServiceBusLocal>;
#[cfg(not(feature = "embedded"))]
type Server = Option<std::convert::Infallible>;

/// The key every emulator publishes. It is no secret.
const EMULATOR_KEY: (&str, &str) = ("RootManageSharedAccessKey", "SAS_KEY_VALUE");

/// A connected Service Bus. Cheap to clone; an embedded one runs as long as a clone lives.
#[derive(Clone)]
pub struct ServiceBus {
    connection: Arc<Connection>,
}

struct Connection {
    rest: Rest,
    endpoint: String,
    /// Of our own broker on this machine; there is none elsewhere.
    administration: Option<Administration>,
    /// Stops the embedded server when the last of us is gone.
    _server: Server,
}

impl ServiceBus {
    /// Starts an embedded Service Bus, or connects to one.
    ///
    /// On Azure without a key the identity comes from Entra ID: workload identity where
    /// `AZURE_FEDERATED_TOKEN_FILE` is set, managed identity where `AZURE_CLIENT_ID`, `IDENTITY_ENDPOINT` or
    /// `MSI_ENDPOINT` is, else the developer signed in with `az login` or `azd auth login`. Whether it may send
    /// and receive shows with the first message: REST has no question that costs nothing.
    ///
    /// # Errors
    ///
    /// The local broker cannot be reached, no token can be had, or the data cannot be opened.
    pub async fn connect(settings: &Settings) -> Result<Self, Error> {
        match &settings.place {
            Place::Embedded { data } => Self::embedded(data.clone()).await,
            Place::Local { url, key } => {
                Self::local(local_url(url)?, key.clone(), Server::default()).await
            }
            Place::Azure { namespace, key } => Self::azure(namespace, key.clone()).await,
        }
    }

    #[cfg(feature = "embedded")]
    async fn embedded(data: Option<PathBuf>) -> Result<Self, Error> {
        use service_bus_local::{Options, ServiceBusLocal, Storage};
        let storage = data.map_or(Storage::Memory, Storage::Directory);
        let options = Options { storage, ..Options::default() };
        let server = ServiceBusLocal::start(options)
            .await
            .map_err(|reason| Error::Embedded(Box::new(reason)))?;
        Self::local(local_url(server.endpoint())?, None, Some(server)).await
    }

    #[cfg(not(feature = "embedded"))]
    #[expect(clippy::unused_async, reason = "only starting a server waits")]
    async fn embedded(_data: Option<PathBuf>) -> Result<Self, Error> {
        Err(Error::NotEmbedded)
    }

    async fn local(url: Url, key: Option<Key>, server: Server) -> Result<Self, Error> {
        let unreachable = |source: reqwest::Error| Error::Unreachable {
            endpoint: url.to_string(),
            source: source.into(),
        };
        let administration = Administration::new(url.clone()).map_err(unreachable)?;
        let Health { namespace, administration: may, .. } = administration.health().await?;
        let (policy, published) = EMULATOR_KEY;
        let published = Key { policy: policy.to_owned(), key: published.to_owned() };
        let key = key.unwrap_or(published);
        let http = Client::new(&namespace, Some(url.clone()), None).map_err(unreachable)?;
        Ok(Self::of(Connection {
            rest: Rest::new(Arc::new(http), namespace, key),
            endpoint: url.to_string(),
            administration: may.then_some(administration),
            _server: server,
        }))
    }

    async fn azure(namespace: &str, key: Option<Key>) -> Result<Self, Error> {
        let endpoint = format!("https://{namespace}.servicebus.windows.net/");
        let unreachable = |source: reqwest::Error| Error::Unreachable {
            endpoint: endpoint.clone(),
            source: source.into(),
        };
        let identity = match key {
            Some(_) => None,
            None => Some(Identity::find(environment).map_err(Error::Credential)?),
        };
        if let Some(identity) = &identity {
            identity.get_token(&[SCOPE], None).await.map_err(Error::Credential)?;
        }
        // With an identity the crate signs all the same; what it signs never leaves us.
        let unused = || Key { policy: "unused".to_owned(), key: "unused".to_owned() };
        let http = Client::new(namespace, None, identity).map_err(unreachable)?;
        let key = key.unwrap_or_else(unused);
        Ok(Self::of(Connection {
            rest: Rest::new(Arc::new(http), namespace.to_owned(), key),
            endpoint,
            administration: None,
            _server: Server::default(),
        }))
    }

    fn of(connection: Connection) -> Self {
        Self { connection: Arc::new(connection) }
    }

    /// What the place can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        match self.connection.administration {
            Some(_) => Capabilities::ALL,
            None => Capabilities::NONE,
        }
    }

    /// The endpoint in use, also of an embedded one.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.connection.endpoint
    }

    pub(crate) fn rest(&self) -> &Rest {
        &self.connection.rest
    }

    pub(crate) fn administration(&self) -> Option<&Administration> {
        self.connection.administration.as_ref()
    }
}

impl fmt::Debug for ServiceBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBus")
            .field("endpoint", &self.connection.endpoint)
            .field("capabilities", &self.capabilities())
            .finish_non_exhaustive()
    }
}
