//! The bus of a sample, as the pages ask for it.

use std::sync::Arc;

use daybook::integration_events::CosmosParking;
use daybook::projections::{Cut, Documents, Error, Generation, Lease, Standing, lag};
use daybook::service_bus::{self, Counts, Filter, ServiceBus, Source, SubscriptionSpec, TopicSpec};
use time::OffsetDateTime;

use crate::model::ProjectionStatus;
use crate::projected::From;
use crate::standing::{age, oldest, status};
use crate::{Fault, reasons};

/// The bus of a sample. Cheap to clone.
#[derive(Clone)]
pub struct Messaging {
    /// The bus.
    pub bus: ServiceBus,
    /// Where it is, such as `Service Bus inside this program`.
    pub place: String,
    /// The topic that is published to.
    pub topic: TopicSpec,
    /// The processor that publishes.
    pub publisher: &'static str,
    /// Who listens.
    pub consumers: Arc<Vec<Listener>>,
    /// What publisher and consumers gave up.
    pub parking: CosmosParking,
}

/// A consumer that the sample runs on a subscription of the topic.
pub struct Listener {
    /// The subscription. The consumer has the same name.
    pub subscription: SubscriptionSpec,
    /// What it makes of the messages.
    pub makes: &'static str,
    /// Makes it fail.
    pub fault: Fault,
}

impl Messaging {
    /// The consumer on a subscription.
    #[must_use]
    pub fn find(&self, subscription: &str) -> Option<&Listener> {
        self.consumers.iter().find(|listener| listener.name() == subscription)
    }

    /// What a consumer receives from.
    #[must_use]
    pub fn source(&self, listener: &Listener) -> Source {
        Source::subscription(self.topic.name, listener.name())
    }

    /// How many messages each subscription has, in the order of the consumers; nothing where that is not told.
    ///
    /// # Errors
    ///
    /// The broker cannot be asked.
    pub async fn counts(&self) -> Result<Option<Vec<Counts>>, service_bus::Error> {
        if !self.bus.capabilities().browsing {
            return Ok(None);
        }
        let mut counts = self.bus.entities().await?;
        let place = |counts: &Counts| {
            let of =
                |listener| counts.path.eq_ignore_ascii_case(&self.source(listener).to_string());
            self.consumers.iter().position(of)
        };
        counts.retain(|counts| place(counts).is_some());
        counts.sort_by_key(place);
        Ok(Some(counts))
    }

    /// How the publisher stands.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn publishing(&self, sources: &From) -> Result<ProjectionStatus, Error> {
        Ok(status(self.publisher, &self.published(sources).await?, true, 0))
    }

    /// Writes to the log how far the publisher is behind, where the alerts look for it.
    pub async fn log_lag(&self, sources: &From) {
        let publisher = self.publisher;
        match self.published(sources).await {
            Ok(standing) => {
                let lag_seconds = age(oldest(&standing), OffsetDateTime::now_utc()).as_secs();
                tracing::info!(publisher, lag_seconds, "how far behind");
            }
            Err(error) => tracing::warn!(publisher, error = reasons(&error), "not looked at"),
        }
    }

    /// How far the publisher is.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    async fn published(&self, sources: &From) -> Result<Standing, Error> {
        let mut leases = Vec::new();
        if let Some(cut) = sources.leases.read::<Cut>(self.publisher).await? {
            for (range, id) in cut.document.lease_ids().iter().enumerate() {
                let read = sources.leases.read::<Lease>(id).await?;
                let lease = read.map_or_else(|| cut.document.lease(range), |read| read.document);
                let behind = match lag(&sources.feed, &lease).await {
                    Err(Error::FeedLost(_)) => None,
                    behind => Some(behind?),
                };
                leases.push((lease, behind));
            }
        }
        Ok(Standing { generation: Generation { number: 1, version: 1 }, leases })
    }
}

impl Listener {
    /// The name of the subscription and the consumer.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.subscription.name
    }

    /// Which messages it gets.
    #[must_use]
    pub fn gets(&self) -> String {
        match self.subscription.filter {
            Filter::Everything => "everything".to_owned(),
            Filter::Labels(labels) => labels.join(", "),
            Filter::Sql(expression) => expression.to_owned(),
        }
    }
}
