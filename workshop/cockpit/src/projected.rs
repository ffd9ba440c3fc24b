//! The projections of a sample, as the pages ask for them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use daybook::event_store::{CosmosEventStore, StreamId};
use daybook::projections::{
    CosmosDocuments, CosmosFeed, Error, Order, Overview, Projection, Question, Retried, Sources,
    Streams, ViewKey, Views, overview, retry,
};
use time::OffsetDateTime;

use crate::model::LagSample;
use crate::{Problem, StreamList, StreamRow};

/// How many samples of the lag are kept.
const SAMPLES: usize = 120;

/// Where views are made from.
pub type From = Sources<CosmosEventStore, CosmosFeed, CosmosDocuments>;

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A projection that the sample runs.
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// The version of its code.
    pub version: u32,
    /// The question that it answers.
    pub question: &'static str,
    /// The stream that a view is made from, if it is one.
    pub stream: fn(&str) -> Option<StreamId>,
    retry: Box<dyn Fn(From, CosmosDocuments, ViewKey) -> Answer<Retried> + Send + Sync>,
}

impl Known {
    /// The projection `P`, which answers `question`, with the stream behind each of its keys.
    #[must_use]
    pub fn of<P: Projection>(question: &'static str, stream: fn(&str) -> Option<StreamId>) -> Self {
        let retry = |sources: From, documents, key: ViewKey| -> Answer<Retried> {
            Box::pin(async move { retry(&Views::<P, _>::new(documents), &sources, &key).await })
        };
        let (name, version) = (P::NAME, P::VERSION);
        Self { name, version, question, stream, retry: Box::new(retry) }
    }
}

/// The projections of a sample. Cheap to clone.
#[derive(Clone)]
pub struct Projected {
    /// Where views are made from.
    pub sources: From,
    /// Where they are kept.
    pub views: CosmosDocuments,
    known: Arc<Vec<Known>>,
    samples: Arc<Mutex<VecDeque<LagSample>>>,
}

impl Projected {
    /// These projections.
    #[must_use]
    pub fn new(sources: From, views: CosmosDocuments, known: Vec<Known>) -> Self {
        Self { sources, views, known: Arc::new(known), samples: Arc::default() }
    }

    /// What the sample runs.
    #[must_use]
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// A projection by name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.name == name)
    }

    /// How a projection stands; `None` if no worker has ever run it.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn overview(&self, name: &str) -> Result<Option<Overview>, Error> {
        overview(&self.sources, &self.views, name).await
    }

    /// Builds a view that was given up again.
    ///
    /// # Errors
    ///
    /// The view still cannot take its events, or Cosmos DB fails.
    pub async fn retry(&self, known: &Known, key: &str) -> Result<Retried, Error> {
        (known.retry)(self.sources.clone(), self.views.clone(), key.into()).await
    }

    /// Keeps a sample of the lag of all projections, at most one a second, and gives those that are kept.
    pub(crate) fn sampled(&self, events: u64, oldest: Option<OffsetDateTime>) -> Vec<LagSample> {
        let at = OffsetDateTime::now_utc();
        let seconds = oldest.map_or(0.0, |oldest| (at - oldest).as_seconds_f64().max(0.0));
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.back().is_none_or(|last| (at - last.at).as_seconds_f64() >= 1.0) {
            samples.push_back(LagSample { at, events, seconds });
        }
        while samples.len() > SAMPLES {
            samples.pop_front();
        }
        samples.iter().copied().collect()
    }
}

/// The built-in list of streams.
impl StreamList for Projected {
    async fn latest(&self, prefix: &str, limit: usize) -> Result<Vec<StreamRow>, Problem> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let question = Question::default().with_key(prefix).at_most(limit);
        let question = question.sorted_by("changed_at", Order::Descending);
        let found = Views::<Streams, _>::new(self.views.clone()).ask(question).await?;
        let row = |(_, summary): (String, daybook::projections::StreamSummary)| StreamRow {
            stream: summary.stream,
            version: summary.version,
            kind: summary.last,
            changed_at: summary.changed_at,
        };
        Ok(found.views.into_iter().map(row).collect())
    }
}
