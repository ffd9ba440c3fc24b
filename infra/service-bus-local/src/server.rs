//! Starts the engine behind the gateway on a loopback port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use local_server::listener::{Listener, Serving};

use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::engine::{Engine, OpenError, Storage};
use crate::gateway::{self, Access, Gateway, Policy, Right};

/// The policy that may do everything, as in the official emulator.
pub const EMULATOR_POLICY: &str = "RootManageSharedAccessKey";

/// The published key of the official emulator. It is no secret.
pub const EMULATOR_KEY: &str = "SAS_KEY_VALUE";

/// How to start a [`ServiceBusLocal`].
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on. Loopback unless told otherwise.
    pub address: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where the messages are kept.
    pub storage: Storage,
    /// The namespace, and entities that are created or changed to be as described. Others that the data has, stay.
    pub config: Config,
    /// Who may do what.
    pub policies: Vec<Policy>,
    /// The time to go by.
    pub clock: Clock,
    /// Refuse custom properties that are text without quotes, as Azure was once seen to.
    pub strict: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            storage: Storage::Memory,
            config: Config::default(),
            policies: vec![Policy {
                name: EMULATOR_POLICY.to_owned(),
                key: EMULATOR_KEY.to_owned(),
                rights: vec![Right::Manage],
            }],
            clock: Clock::system(),
            strict: false,
        }
    }
}

/// Why the server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on; another process may own the port.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The entities cannot be created beside those the data has.
    #[error("the entities cannot be created")]
    Entities(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A running server. Dropping it stops it; what was acknowledged is kept.
pub struct ServiceBusLocal {
    gateway: Open,
    serving: Serving,
}

/// The only one that keeps the storage open between requests. Once it is dropped no receiver waits any more.
struct Open(Arc<Gateway>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.engine.stop_waiting();
    }
}

impl ServiceBusLocal {
    /// Opens the storage and starts to listen; requests are answered when this returns.
    ///
    /// # Errors
    ///
    /// The address is taken, the data cannot be opened, or an entity exists as another kind.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let address = SocketAddr::new(options.address, options.port);
        let failed = |source| StartError::Listen { address, source };
        let listener = Listener::bind("service-bus-local", address).await.map_err(failed)?;
        let Config { namespace, entities } = options.config;
        let engine = Engine::open(options.storage, options.clock)?;
        let defined = engine.define(entities).await;
        defined.map_err(|failure| StartError::Entities(Box::new(failure)))?;
        let access = Access { namespace, policies: options.policies };
        let gateway = Arc::new(Gateway { engine, access, strict: options.strict });
        let serving = listener.serve(gateway::router(Arc::downgrade(&gateway)));
        Ok(Self { gateway: Open(gateway), serving })
    }

    /// The endpoint to give to a client, such as `http://127.0.0.1:5300/`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.serving.endpoint()
    }

    /// The namespace, which clients sign their requests for.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.gateway.0.access.namespace
    }

    /// Moves the clock ahead; returns when everything that has become due is done.
    pub async fn advance(&self, by: Duration) {
        let millis = Millis::try_from(by.as_millis()).unwrap_or(Millis::MAX);
        if let Err(failure) = self.gateway.0.engine.advance(millis).await {
            tracing::error!(%failure, "what became due could not be done");
        }
    }

    /// Stops listening, sends waiting receivers away, finishes what runs and closes the storage.
    pub async fn stop(self) {
        drop(self.gateway);
        self.serving.stop().await;
    }
}

impl fmt::Debug for ServiceBusLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBusLocal")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}
