//! An empty Cosmos DB in this process, with as many physical partitions as a check asks for.

use std::time::Duration;

use cosmos::{Cosmos, Place, Settings};
use cosmos_local::{Admin, CosmosLocal, Options};
use event_store::{CosmosEventStore, EVENTS, EventStore, Expected};

use crate::words::{Event, meter, new};
use crate::{CosmosDocuments, CosmosFeed, LEASES, VIEWS};

/// A Cosmos DB with the containers of events, views and leases. It runs as long as this is held.
pub struct World {
    /// The streams.
    pub store: CosmosEventStore,
    /// What was appended to them.
    pub feed: CosmosFeed,
    /// The views.
    pub views: CosmosDocuments,
    /// The leases.
    pub leases: CosmosDocuments,
    /// The connection.
    pub cosmos: Cosmos,
    server: CosmosLocal,
}

impl World {
    /// Orders to the server: to split a partition, to let requests fail.
    #[must_use]
    pub fn admin(&self) -> Admin {
        self.server.admin()
    }

    /// Starts one.
    ///
    /// # Panics
    ///
    /// It cannot be started or provisioned: the message says why.
    pub async fn start(partitions: u32) -> Self {
        let options = Options { partitions, ..Options::default() };
        let server = CosmosLocal::start(options).await.expect("an embedded Cosmos DB starts");
        let (url, key) = (server.endpoint().to_owned(), Some(server.key().to_owned()));
        let settings = Settings { place: Place::Endpoint { url, key }, ..Settings::ephemeral() };
        let cosmos = Cosmos::connect(&settings).await.expect("it answers");
        cosmos.provision(&[EVENTS, VIEWS, LEASES]).await.expect("it is empty");
        let provisioned = "it is provisioned";
        Self {
            store: CosmosEventStore::open(&cosmos).await.expect(provisioned),
            feed: CosmosFeed::open(&cosmos).await.expect(provisioned),
            views: CosmosDocuments::open(&cosmos, &VIEWS).await.expect(provisioned),
            leases: CosmosDocuments::open(&cosmos, &LEASES).await.expect(provisioned),
            cosmos,
            server,
        }
    }

    /// Appends to a meter's stream.
    ///
    /// # Panics
    ///
    /// The store refuses.
    pub async fn append(&self, number: u64, command_id: &str, events: &[Event]) {
        append(&self.store, number, command_id, events).await;
    }
}

/// Appends to a meter's stream, wherever it ends.
///
/// # Panics
///
/// The store refuses.
pub async fn append<S: EventStore>(store: &S, number: u64, command_id: &str, events: &[Event]) {
    let (stream, events) = (meter(number), new(command_id, events));
    let appended = store.append(&stream, Expected::Any, events).await;
    appended.unwrap_or_else(|error| panic!("{command_id}: {error:?}"));
}

/// What comes of it within ten seconds: a check must not wait for ever.
///
/// # Panics
///
/// Nothing does.
pub async fn within_10_s<T>(what: &str, future: impl Future<Output = T>) -> T {
    within(10, what, future).await
}

/// What comes of it within so many seconds.
///
/// # Panics
///
/// Nothing does.
pub async fn within<T>(seconds: u64, what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(Duration::from_secs(seconds), future).await;
    waited.unwrap_or_else(|_| panic!("not within {seconds} seconds: {what}"))
}
