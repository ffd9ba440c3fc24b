//! A cosmos-local in memory or on disk, with a client.

use std::fmt;
use std::path::Path;

use azure_data_cosmos::ContainerClient;
use cosmos::{Cosmos, Settings};
use cosmos_local::{CosmosLocal, Options, Storage};
use event_store::{CosmosEventStore, EVENTS};
use tempfile::TempDir;

use crate::Failure;

/// Where the documents are kept.
#[derive(Clone, Copy)]
pub enum Kind {
    Memory,
    Disk,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "in memory",
            Self::Disk => "on disk",
        })
    }
}

/// Where folders are made. The system's own place for them may be in memory.
const DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target");

/// A folder on disk, removed when dropped.
pub fn folder() -> Result<TempDir, Failure> {
    // It is not there yet where cargo was told to build somewhere else.
    std::fs::create_dir_all(DISK)?;
    Ok(TempDir::new_in(DISK)?)
}

/// A folder of its own for a place on disk, removed when dropped.
pub struct Home(Option<TempDir>);

impl Home {
    pub fn new(kind: Kind) -> Result<Self, Failure> {
        Ok(Self(match kind {
            Kind::Memory => None,
            Kind::Disk => Some(folder()?),
        }))
    }

    pub async fn serve(&self) -> Result<CosmosLocal, Failure> {
        let folder = self.0.as_ref().map(TempDir::path).map(Path::to_owned);
        let storage = folder.map_or(Storage::Memory, Storage::Directory);
        Ok(CosmosLocal::start(Options { storage, ..Options::default() }).await?)
    }
}

/// A client of a server.
pub async fn connect(server: &CosmosLocal) -> Result<Cosmos, Failure> {
    let (url, key) = (server.endpoint().to_owned(), Some(server.key().to_owned()));
    let place = cosmos::Place::Endpoint { url, key };
    Ok(Cosmos::connect(&Settings { place, database: "bench".to_owned() }).await?)
}

/// A running cosmos-local with the container of the events, and its clients.
pub struct Place {
    pub server: CosmosLocal,
    pub container: ContainerClient,
    pub store: CosmosEventStore,
    pub home: Home,
}

impl Place {
    pub async fn start(kind: Kind) -> Result<Self, Failure> {
        let home = Home::new(kind)?;
        let server = home.serve().await?;
        let cosmos = connect(&server).await?;
        cosmos.provision(&[EVENTS]).await?;
        let container = cosmos.container(EVENTS.name).await?;
        let store = CosmosEventStore::by_procedure(&cosmos).await?;
        Ok(Self { server, container, store, home })
    }

    /// Stops the server and keeps its data.
    pub async fn stop(self) -> Home {
        drop((self.container, self.store));
        self.server.stop().await;
        self.home
    }
}
