//! A server of one's own, with a container `meters/events` keyed by `/stream`.

use azure_data_cosmos::models::{ContainerProperties, UniqueKey, UniqueKeyPolicy};
use azure_data_cosmos::options::{BinaryEncodingOptions, Region};
use azure_data_cosmos::{
    AccountEndpoint, AccountReference, ContainerClient, CosmosClient, RoutingStrategy,
};
use cosmos_local::{CosmosLocal, Options};
use serde::{Deserialize, Serialize};

use crate::support::Plain;

pub const CONTAINER: &str = "/dbs/meters/colls/events";

/// An item of the container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub stream: String,
    pub version: u32,
    pub token: String,
}

impl Event {
    pub fn new(stream: &str, version: u32) -> Self {
        Self {
            id: format!("{stream}:{version}"),
            stream: stream.to_owned(),
            version,
            token: format!("{stream}/{version}"),
        }
    }

    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap()
    }
}

pub struct World {
    pub server: CosmosLocal,
    pub client: CosmosClient,
    pub events: ContainerClient,
    pub plain: Plain,
}

impl World {
    /// A server with one partition key range.
    pub async fn start() -> Self {
        Self::with_partitions(1).await
    }

    pub async fn with_partitions(partitions: u32) -> Self {
        let options = Options {
            partitions,
            ..Options::default()
        };
        let server = CosmosLocal::start(options).await.unwrap();
        let client = connect(&server, true).await;
        client.create_database("meters", None).await.unwrap();
        let database = client.database_client("meters");
        let unique = UniqueKey::default().with_path("/token");
        let properties = ContainerProperties::new("events", "/stream".into())
            .with_unique_key_policy(UniqueKeyPolicy::default().with_unique_key(unique));
        database.create_container(properties, None).await.unwrap();
        let events = database.container_client("events", None).await.unwrap();
        let plain = Plain::new(server.endpoint(), server.key());
        Self {
            server,
            client,
            events,
            plain,
        }
    }

    /// Stores the versions of a stream, one item each.
    pub async fn store(&self, stream: &str, versions: std::ops::RangeInclusive<u32>) {
        for version in versions {
            let event = Event::new(stream, version);
            let created = self
                .events
                .create_item(event.stream.clone(), &event.id, &event, None);
            created.await.unwrap();
        }
    }
}

/// A client of the server, with or without binary bodies.
pub async fn connect(server: &CosmosLocal, binary: bool) -> CosmosClient {
    let endpoint: AccountEndpoint = server.endpoint().parse().unwrap();
    let account = AccountReference::with_authentication_key(endpoint, server.key().to_owned());
    let region = RoutingStrategy::ProximityTo(Region::from("South Central US"));
    CosmosClient::builder()
        .with_binary_encoding_options(BinaryEncodingOptions::new().with_enabled(binary))
        .build(account, region)
        .await
        .unwrap()
}

/// The status of an error of the SDK.
pub fn status<T: std::fmt::Debug>(result: azure_data_cosmos::Result<T>) -> u16 {
    u16::from(result.unwrap_err().status().status_code())
}
