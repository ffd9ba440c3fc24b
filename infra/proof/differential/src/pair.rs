//! The two servers.

use cosmos_local::{CosmosLocal, Options};
use oracle::Oracle;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, Client, Sent};

/// Partition-key ranges of a container in both; the emulator's own number.
const RANGES: u32 = 4;

/// cosmos-local and the emulator, each with the same containers.
#[derive(Debug)]
pub struct Pair {
    /// Ours.
    pub local: CosmosLocal,
    /// Microsoft's.
    pub oracle: Oracle,
    clients: [Client; 2],
}

impl Pair {
    /// The database of every test.
    pub const DATABASE: &str = "differential";

    /// Starts both, with an empty database each.
    ///
    /// # Panics
    ///
    /// When one of them does not start.
    pub async fn start() -> Self {
        let options = Options { partitions: RANGES, ..Options::default() };
        let local = CosmosLocal::start(options).await.expect("cosmos-local starts");
        let oracle = Oracle::start(0).await.expect("the emulator starts");
        let clients = [Client::new(local.endpoint()), Client::new(oracle.endpoint())];
        let pair = Self { local, oracle, clients };
        let create = Sent::new(Method::POST, "/dbs").json(&json!({ "id": Self::DATABASE }));
        pair.created(&create).await;
        pair
    }

    /// Creates a container in both and returns the path of its items.
    pub async fn container(&self, mut definition: Value) -> String {
        let id = definition["id"].as_str().unwrap_or_default().to_owned();
        if definition.get("partitionKey").is_none() {
            definition["partitionKey"] = json!({"paths": ["/pk"], "kind": "Hash", "version": 2});
        }
        let path = format!("/dbs/{}/colls", Self::DATABASE);
        self.created(&Sent::new(Method::POST, &path).json(&definition)).await;
        format!("{path}/{id}/docs")
    }

    async fn created(&self, sent: &Sent) {
        for answer in self.send(sent).await {
            assert_eq!(answer.status, 201, "{sent:?}: {answer:?}");
        }
    }

    /// The clients: of ours, of the emulator.
    #[must_use]
    pub fn clients(&self) -> &[Client; 2] {
        &self.clients
    }

    /// Sends a request to both.
    pub async fn send(&self, sent: &Sent) -> [Answer; 2] {
        let [ours, theirs] = &self.clients;
        [ours.send(sent).await, theirs.send(sent).await]
    }

    /// Follows a feed or a query to its end in both.
    pub async fn all(&self, sent: &Sent) -> [Answer; 2] {
        let [ours, theirs] = &self.clients;
        [ours.all(sent).await, theirs.all(sent).await]
    }
}
