//! The projections of a sample, as the pages ask for them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use daybook::event_store::{CosmosEventStore, StreamId};
use daybook::projections::{
    CosmosDocuments, CosmosFeed, Error, Order, Overview, Projection, Question, Retried, Sources,
    Streams, ViewDocument, ViewKey, Views, ask, overview, retry,
};
use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::look::Looks;
use crate::model::{LagSample, Standing};
use crate::parts::Freshness;
use crate::{Look, Problem, Reader, Seen, StreamList, StreamRow, StreamRows};

/// How many samples of the lag are kept.
const SAMPLES: usize = 120;

/// So many views that were given up are listed.
const LISTED: u32 = 100;

/// A page waits for its reader's own events this long, and then says that they are not in it.
const WAIT: Duration = Duration::from_secs(1);

/// Views that are behind for no longer than this are not worth a word.
const USUAL: Duration = Duration::from_secs(2);

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
    wait: Box<dyn Fn(From, CosmosDocuments, Seen, Duration) -> Answer<bool> + Send + Sync>,
}

impl Known {
    /// The projection `P`, which answers `question`, with the stream behind each of its keys.
    #[must_use]
    pub fn of<P: Projection>(question: &'static str, stream: fn(&str) -> Option<StreamId>) -> Self {
        let retry = |sources: From, documents, key: ViewKey| -> Answer<Retried> {
            Box::pin(async move { retry(&Views::<P, _>::new(documents), &sources, &key).await })
        };
        let wait = |From { feed, leases, .. }, documents, Seen { stream, token }, longest| {
            let views = Views::<P, _>::new(documents);
            let wait: Answer<bool> =
                Box::pin(
                    async move { views.wait_for(&feed, &leases, &stream, &token, longest).await },
                );
            wait
        };
        let (name, version) = (P::NAME, P::VERSION);
        Self { name, version, question, stream, retry: Box::new(retry), wait: Box::new(wait) }
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
    pub(crate) looks: Arc<Looks>,
}

impl Projected {
    /// These projections.
    #[must_use]
    pub fn new(sources: From, views: CosmosDocuments, known: Vec<Known>) -> Self {
        let looks: Looks = known.iter().map(|_| tokio::sync::Mutex::default()).collect();
        let (samples, looks) = (Arc::default(), Arc::new(looks));
        Self { sources, views, known: Arc::new(known), samples, looks }
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

    /// How all projections stand, now.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn overviews(&self) -> Result<Vec<(&Known, Option<Overview>)>, Error> {
        let look = async |known: &'static str| self.overview(known).await;
        let looks = self.known.iter().map(async |known| Ok((known, look(known.name).await?)));
        futures::future::try_join_all(looks).await
    }

    /// Builds a view that was given up again.
    ///
    /// # Errors
    ///
    /// The view still cannot take its events, or Cosmos DB fails.
    pub async fn retry(&self, known: &Known, key: &str) -> Result<Retried, Error> {
        (known.retry)(self.sources.clone(), self.views.clone(), key.into()).await
    }

    /// Waits until the views of these projections hold what the reader did last, for about a second at most, and
    /// finds out whether they are behind.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn fresh(&self, reader: &Reader, names: &[&str]) -> Result<Freshness, Error> {
        let until = Instant::now() + WAIT;
        let wanted = || self.known.iter().filter(|known| names.contains(&known.name));
        let mut here = true;
        for (known, seen) in wanted().zip(std::iter::repeat(&reader.seen)) {
            let Some(seen) = seen.clone() else { break };
            let longest = until.saturating_duration_since(Instant::now());
            here &= (known.wait)(self.sources.clone(), self.views.clone(), seen, longest).await?;
        }
        let looks = futures::future::join_all(wanted().map(|known| self.glance(known, WAIT)));
        for (known, look) in wanted().zip(looks.await) {
            if let Some(why) = look.and_then(|look| why_behind(known.name, &look)) {
                return Ok(Freshness::behind(why));
            }
        }
        let late = "what you did last is stored, and not in them yet.";
        Ok(if here { Freshness::default() } else { Freshness::behind(late) })
    }

    /// The live views of a projection that were given up, each with the reason.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn given_up(
        &self,
        name: &str,
        overview: &Overview,
    ) -> Result<Vec<(String, String)>, Error> {
        let generation = overview.generations.live.name(name);
        let question = Question::default().parked().at_most(LISTED);
        let found = ask::<Value>(&self.views, &generation, question).await?;
        let reason = |document: ViewDocument<Value>| Some((document.key, document.parked?.reason));
        Ok(found.views.into_iter().filter_map(reason).collect())
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
    async fn latest(
        &self,
        prefix: &str,
        limit: u32,
        after: Option<String>,
    ) -> Result<StreamRows, Problem> {
        let question = Question::default().with_key(prefix).at_most(limit);
        let question = question.sorted_by("changed_at", Order::Descending);
        let question = after.into_iter().fold(question, Question::after);
        let found = Views::<Streams, _>::new(self.views.clone()).ask(question).await?;
        let row = |(_, summary): (String, daybook::projections::StreamSummary)| StreamRow {
            stream: summary.stream,
            version: summary.version,
            kind: summary.last,
            changed_at: summary.changed_at,
        };
        Ok(StreamRows { rows: found.views.into_iter().map(row).collect(), next: found.next })
    }
}

/// Why views are behind for longer than is usual, if they are.
fn why_behind(name: &str, look: &Look) -> Option<String> {
    let nobody = "no worker runs: start one with --role worker, or this program with --role all";
    match look.standing() {
        Standing::NotRun => Some(format!("{name} was never folded; {nobody}.")),
        Standing::Halted(why) => Some(format!("{name} halted: {why}.")),
        Standing::Behind(_) if !look.has_worker() => Some(format!("{name} waits; {nobody}.")),
        Standing::Behind(events) if look.behind_for() >= USUAL => {
            Some(format!("{events} events are not in {name} yet."))
        }
        _ => None,
    }
}
