//! How projections stand, looked up at most once a second, however many ask.

use std::collections::BTreeMap;
use std::time::Duration;

use daybook::projections::{Error, Overview};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::model::{Progress, ProjectionStatus, Standing};
use crate::projected::{Known, Projected};
use crate::standing::status;

/// For so long a look is as good as another one.
const TRUSTED: Duration = Duration::from_secs(1);

/// Whoever does not answer within this time is taken for unreachable.
const PATIENCE: Duration = Duration::from_secs(5);

/// A projection as it was seen lately.
#[derive(Debug, Clone)]
pub struct Look {
    /// How its live views stand; `None` if no worker has ever run it.
    pub live: Option<ProjectionStatus>,
    /// The number of the live generation.
    pub generation: u32,
    /// How far the generation is that is being built, if one is.
    pub building: Option<Progress>,
    /// How many of its views were given up.
    pub parked: usize,
    at: Instant,
    /// Since when it has been behind at every look.
    behind_since: Option<Instant>,
}

/// The last look at each projection.
pub(crate) type Looks = Mutex<BTreeMap<&'static str, Look>>;

impl Look {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.live.as_ref().map_or(&Standing::NotRun, |live| &live.standing)
    }

    /// Whether a worker holds one of its leases.
    #[must_use]
    pub fn has_worker(&self) -> bool {
        self.live.iter().flat_map(|live| &live.leases).any(|lease| lease.owner.is_some())
    }

    /// For how long it has been behind, as far as somebody looked.
    #[must_use]
    pub fn behind_for(&self) -> Duration {
        self.behind_since.map_or(Duration::ZERO, |since| self.at - since)
    }

    fn new(
        known: &Known,
        overview: Option<&Overview>,
        parked: usize,
        before: Option<&Self>,
    ) -> Self {
        let live = overview.map(|one| status(known.name, &one.live, true, parked));
        let built = overview.and_then(|one| one.building.as_ref());
        let at = Instant::now();
        let behind = live.as_ref().is_some_and(|live| live.behind > 0);
        let since = before.and_then(|before| before.behind_since).unwrap_or(at);
        Self {
            generation: overview.map_or(0, |one| one.generations.live.number),
            building: built.and_then(|one| status(known.name, one, false, 0).progress),
            behind_since: behind.then_some(since),
            live,
            parked,
            at,
        }
    }
}

impl Projected {
    /// How a projection stands, as it was seen at most a second ago.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails, or does not answer.
    pub async fn look(&self, known: &Known) -> Result<Look, Error> {
        let before = self.looks.lock().await.get(known.name).cloned();
        if let Some(before) = &before
            && before.at.elapsed() < TRUSTED
        {
            return Ok(before.clone());
        }
        let looking = async {
            let overview = self.overview(known.name).await?;
            let parked = match &overview {
                Some(overview) => self.given_up(known.name, overview).await?.len(),
                None => 0,
            };
            Ok(Look::new(known, overview.as_ref(), parked, before.as_ref()))
        };
        let silent = |_| Error::Failed("Cosmos DB does not answer".into());
        let look = timeout(PATIENCE, looking).await.map_err(silent)??;
        self.looks.lock().await.insert(known.name, look.clone());
        Ok(look)
    }

    /// How all projections stand.
    ///
    /// # Errors
    ///
    /// As [`look`](Self::look).
    pub async fn looks(&self) -> Result<Vec<(&Known, Look)>, Error> {
        let looks = self.known().iter().map(async |known| Ok((known, self.look(known).await?)));
        futures::future::try_join_all(looks).await
    }
}
