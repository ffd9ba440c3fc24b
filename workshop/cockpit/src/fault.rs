//! A switch that makes a consumer fail, so that one can watch what the bus does with its messages then.

use daybook::integration_events::{Accepted, Error, Inbox, IntegrationEvent};
use daybook::projections::{self, CosmosDocuments, Documents, Stored};
use serde::{Deserialize, Serialize};

/// The switch of a consumer. It lies beside the consumer's documents, so it works from every process.
#[derive(Clone)]
pub struct Fault {
    consumer: &'static str,
    documents: CosmosDocuments,
}

/// Its document: it has the consumer's own name.
#[derive(Serialize, Deserialize)]
struct Switch {
    id: String,
    fails: bool,
}

impl Fault {
    /// The switch of the consumer that keeps its documents here.
    #[must_use]
    pub fn new(consumer: &'static str, documents: CosmosDocuments) -> Self {
        Self { consumer, documents }
    }

    /// Whether the consumer is made to fail.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn is_on(&self) -> Result<bool, projections::Error> {
        let read = self.documents.read::<Switch>(self.consumer).await?;
        Ok(read.is_some_and(|read| read.document.fails))
    }

    /// Makes the consumer fail from its next message on, or lets it work.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn turn(&self, fails: bool) -> Result<(), projections::Error> {
        let switch = Switch { id: self.consumer.to_owned(), fails };
        loop {
            let written = match self.documents.read::<Switch>(self.consumer).await? {
                Some(Stored { etag, .. }) => {
                    self.documents.replace(&switch.id, &switch, &etag).await
                }
                None => self.documents.create(&switch.id, &switch).await,
            };
            if written?.is_some() {
                return Ok(());
            }
        }
    }
}

/// An inbox that refuses everything while its switch is on. It asks before each message, which is one request more.
pub struct Faulty<I> {
    inbox: I,
    fault: Fault,
}

impl<I: Inbox> Faulty<I> {
    /// The inbox, with a switch.
    #[must_use]
    pub fn new(inbox: I, fault: Fault) -> Self {
        Self { inbox, fault }
    }
}

impl<I: Inbox> Inbox for Faulty<I> {
    fn consumer(&self) -> &'static str {
        self.inbox.consumer()
    }

    async fn accept(&self, event: &IntegrationEvent) -> Result<Accepted, Error> {
        if self.fault.is_on().await.map_err(Error::Documents)? {
            return Err(Error::Refused("it is made to fail by the switch in the cockpit".into()));
        }
        self.inbox.accept(event).await
    }
}
