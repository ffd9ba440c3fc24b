//! Starts the engine behind the gateway on a loopback port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::engine::{OpenError, Storage};

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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            storage: Storage::Memory,
            partitions: 1,
            key: EMULATOR_KEY.to_owned(),
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
#[derive(Debug)]
pub struct CosmosLocal {
    endpoint: String,
    key: String,
}

impl CosmosLocal {
    /// Opens the storage and starts to listen; requests are answered when this returns.
    ///
    /// # Errors
    ///
    /// The address is taken, or the data cannot be opened.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        todo!("{options:?}")
    }

    /// The endpoint to give to a client, such as `http://127.0.0.1:8081/`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The account key to give to a client, base64.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Stops listening, finishes what runs and closes the storage.
    pub async fn stop(self) {
        todo!()
    }
}
