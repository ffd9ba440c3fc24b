//! How projections stand, looked up at most once a second, however many ask.

use std::time::Duration;

use daybook::projections::{Error, Overview};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::model::{Progress, ProjectionStatus, Standing};
use crate::projected::{Known, Projected};
use crate::reasons;
use crate::standing::{age, oldest, status};

/// For so long a look is as good as another one.
const TRUSTED: Duration = Duration::from_secs(1);

/// What was given up is asked for this often: it is a question to all views.
const ASKED: Duration = Duration::from_secs(10);

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
    /// How many of its views were given up, as of a few seconds ago.
    pub parked: usize,
    /// When the oldest event was recorded that its live views have not seen.
    oldest: Option<OffsetDateTime>,
    asked: Instant,
    at: Instant,
    /// Since when it has been behind at every look.
    behind_since: Option<Instant>,
}

/// The last look at each projection, in their order.
pub(crate) type Looks = Vec<Mutex<Option<Look>>>;

/// Who waits for all views looks this often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

impl Look {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.live.as_ref().map_or(&Standing::NotRun, |live| &live.standing)
    }

    /// Whether a worker holds one of its leases.
    #[must_use]
    pub fn has_worker(&self) -> bool {
        self.live.as_ref().is_some_and(ProjectionStatus::has_worker)
    }

    /// For how long it has been behind, as far as somebody looked.
    #[must_use]
    pub fn behind_for(&self) -> Duration {
        self.behind_since.map_or(Duration::ZERO, |since| self.at - since)
    }

    /// How old the oldest event is that its live views have not seen, by the clock of whoever appended it.
    #[must_use]
    pub fn lag(&self, now: OffsetDateTime) -> Duration {
        age(self.oldest, now)
    }

    fn new(
        known: &Known,
        overview: Option<&Overview>,
        (parked, asked): (usize, Instant),
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
            oldest: overview.and_then(|one| oldest(&one.live)),
            live,
            parked,
            asked,
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
        // Whoever comes while somebody looks waits for that look.
        let mut last = self.slot(known).lock().await;
        if let Some(last) = &*last
            && last.at.elapsed() < TRUSTED
        {
            return Ok(last.clone());
        }
        let silent = |_| Error::Failed("Cosmos DB does not answer".into());
        let look =
            timeout(PATIENCE, self.look_now(known, last.as_ref())).await.map_err(silent)??;
        *last = Some(look.clone());
        Ok(look)
    }

    /// How a projection stands, unless it takes longer to find out than a page may wait.
    pub(crate) async fn glance(&self, known: &Known, longest: Duration) -> Option<Look> {
        let (this, name) = (self.clone(), known.name);
        // It goes on after the page was shown, for the next one.
        let looking = tokio::spawn(async move { this.look(this.find(name)?).await.ok() });
        timeout(longest, looking).await.ok()?.ok()?
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

    /// Writes to the log how far each projection is behind. The alerts of `infra/azure` read it there.
    pub async fn log_lag(&self) {
        for known in self.known() {
            let projection = known.name;
            match self.look(known).await {
                Ok(look) => {
                    let lag_seconds = look.lag(OffsetDateTime::now_utc()).as_secs();
                    tracing::info!(projection, lag_seconds, "how far behind");
                }
                Err(error) => tracing::warn!(projection, error = reasons(&error), "not looked at"),
            }
        }
    }

    /// Waits until all projections are live. A failure is looked at again.
    pub async fn caught_up(&self) {
        for known in self.known() {
            loop {
                let before = self.slot(known).lock().await.take();
                match self.look_now(known, before.as_ref()).await {
                    Ok(look) if *look.standing() == Standing::Live => break,
                    _ => tokio::time::sleep(BETWEEN_LOOKS).await,
                }
            }
        }
    }

    async fn look_now(&self, known: &Known, before: Option<&Look>) -> Result<Look, Error> {
        let overview = self.overview(known.name).await?;
        let generation = overview.as_ref().map_or(0, |one| one.generations.live.number);
        let lately = before.filter(|one| one.asked.elapsed() < ASKED);
        let parked = match (&overview, lately.filter(|one| one.generation == generation)) {
            (None, _) => (0, Instant::now()),
            (Some(_), Some(lately)) => (lately.parked, lately.asked),
            (Some(overview), None) => {
                (self.given_up(known.name, overview).await?.len(), Instant::now())
            }
        };
        Ok(Look::new(known, overview.as_ref(), parked, before))
    }

    fn slot(&self, known: &Known) -> &Mutex<Option<Look>> {
        let place = self.known().iter().position(|one| one.name == known.name);
        &self.looks[place.expect("it is one of those that this program runs")]
    }
}
