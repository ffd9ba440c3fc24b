//! Starts the engine behind the gateway on a loopback port.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use local_server::listener::{Listener, Serving};
use tokio::time::MissedTickBehavior;

use crate::admin::Admin;
use crate::clock::Clock;
use crate::engine::{Engine, OpenError, Storage};
use crate::faults::Faults;
use crate::gateway::{self, AccountKey, Gateway};
use crate::throttle::Throttle;

/// The published key of every Cosmos DB emulator. It is no secret.
pub const EMULATOR_KEY: &str =
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/// How to start a [`CosmosLocal`].
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on. Loopback unless told otherwise.
    pub address: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where the documents are kept.
    pub storage: Storage,
    /// Partition-key ranges of a container created from now on, at least 1.
    pub partitions: u32,
    /// The account key that requests must be signed with, base64.
    pub key: String,
    /// Whether requests are refused with 429 once a container's throughput is used up.
    pub throttle: bool,
    /// The time that documents are stamped with and expire by.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            storage: Storage::Memory,
            partitions: 1,
            key: EMULATOR_KEY.to_owned(),
            throttle: false,
            clock: Clock::system(),
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
    /// The key is not base64.
    #[error("the account key is not base64")]
    Key,
}

/// A running server. Dropping it stops it; acknowledged writes are kept.
pub struct CosmosLocal {
    key: String,
    /// The only one that keeps the storage open between requests.
    gateway: Arc<Gateway>,
    serving: Serving,
}

impl CosmosLocal {
    /// Opens the storage and starts to listen; requests are answered when this returns.
    ///
    /// # Errors
    ///
    /// The address is taken, the data cannot be opened, or the key is not base64.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let key = AccountKey::parse(&options.key).ok_or(StartError::Key)?;
        let address = SocketAddr::new(options.address, options.port);
        let failed = |source| StartError::Listen { address, source };
        let listener = Listener::bind("cosmos-local", address).await.map_err(failed)?;
        let throttle = options.throttle.then(Throttle::default);
        let engine = Engine::open(options.storage, options.partitions, options.clock)?;
        let gateway = Arc::new(Gateway { engine, key, faults: Faults::default(), throttle });
        tokio::spawn(sweep(Arc::downgrade(&gateway)));
        let serving = listener.serve(gateway::router(Arc::downgrade(&gateway)));
        Ok(Self { key: options.key, gateway, serving })
    }

    /// The endpoint to give to a client, such as `http://127.0.0.1:8081/`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.serving.endpoint()
    }

    /// The account key to give to a client, base64.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What can be ordered of the server that no client of the service can ask for.
    #[must_use]
    pub fn admin(&self) -> Admin {
        Admin { gateway: Arc::downgrade(&self.gateway) }
    }

    /// Stops listening, finishes what runs and closes the storage.
    pub async fn stop(self) {
        drop(self.gateway);
        self.serving.stop().await;
    }
}

impl fmt::Debug for CosmosLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CosmosLocal").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// How long expired documents may stay in the file. Nobody sees them there.
const SWEEPING: Duration = Duration::from_secs(1);

async fn sweep(gateway: Weak<Gateway>) {
    let mut turns = tokio::time::interval(SWEEPING);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let Some(gateway) = gateway.upgrade() else {
            return;
        };
        if let Err(error) = gateway.engine.sweep().await {
            tracing::warn!(%error, "expired documents could not be removed");
        }
    }
}
