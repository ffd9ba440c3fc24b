//! Reads views: those of the live generation, whichever that is.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use event_store::{SessionToken, StreamId};
use tokio::time::Instant;

use crate::documents::{Documents, Stored};
use crate::feed::Feed;
use crate::generations::Generations;
use crate::generations::generation_name;
use crate::lag::has_finished;
use crate::view::view_id;
use crate::{Cut, Error, Lease, Projection, ViewDocument, ViewKey};

/// For how long it is taken for granted which generation is live.
const TRUSTED: Duration = Duration::from_secs(1);

/// Pauses while waiting for a view: from this one, doubled each time, to that one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

/// The views of a projection. Cheap to clone.
#[derive(Debug)]
pub struct Views<P, D> {
    pub(crate) documents: D,
    /// The number of the live generation, and when it was looked up.
    live: Arc<Mutex<Option<(u32, Instant)>>>,
    projection: PhantomData<fn() -> P>,
}

impl<P, D: Clone> Clone for Views<P, D> {
    fn clone(&self) -> Self {
        let (documents, live) = (self.documents.clone(), Arc::clone(&self.live));
        Self { documents, live, projection: PhantomData }
    }
}

impl<P: Projection, D: Documents> Views<P, D> {
    /// Views in these documents.
    #[must_use]
    pub fn new(documents: D) -> Self {
        Self { documents, live: Arc::default(), projection: PhantomData }
    }

    /// A view; `None` if no event has reached it, or the last one removed it.
    ///
    /// # Errors
    ///
    /// The documents fail, or this program cannot read the view.
    pub async fn get(&self, key: &ViewKey) -> Result<Option<P::View>, Error> {
        Ok(self.document(key).await?.and_then(|document| document.view))
    }

    /// A view with its checkpoint, and with the reason if it was given up.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn document(&self, key: &ViewKey) -> Result<Option<ViewDocument<P::View>>, Error> {
        let Some((number, looked_up)) = self.live().await? else {
            return Ok(None);
        };
        let found = self.read(number, key).await?;
        if found.is_some() || looked_up {
            return Ok(found);
        }
        // Perhaps another generation is live by now, and this one's documents are gone.
        self.forget();
        match self.live().await? {
            Some((newer, _)) if newer != number => self.read(newer, key).await,
            _ => Ok(None),
        }
    }

    /// Waits until what was appended to a stream is in the views, or the time is over. Answers whether it is.
    /// The token is the one that the append was answered with.
    ///
    /// # Errors
    ///
    /// The documents or the feed fail.
    pub async fn wait_for<F: Feed>(
        &self,
        feed: &F,
        leases: &D,
        stream: &StreamId,
        token: &SessionToken,
        longest: Duration,
    ) -> Result<bool, Error> {
        let deadline = Instant::now() + longest;
        let mut pause = PAUSES.0;
        loop {
            let last = Instant::now() + pause > deadline;
            let doubt = last || pause == PAUSES.1;
            if self.covers(feed, leases, stream, token, doubt).await? {
                return Ok(true);
            }
            if last {
                return Ok(false);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Whether the lease that the stream belongs to is beyond what was appended. The token tells, unless its
    /// partition was split since: in doubt, the feed is asked.
    async fn covers<F: Feed>(
        &self,
        feed: &F,
        leases: &D,
        stream: &StreamId,
        token: &SessionToken,
        doubt: bool,
    ) -> Result<bool, Error> {
        let Some((number, _)) = self.live().await? else {
            return Ok(false);
        };
        let processor = generation_name(P::NAME, number);
        let Some(Stored { document: cut, .. }) = leases.read::<Cut>(&processor).await? else {
            return Ok(false);
        };
        for (range, id) in cut.ranges.iter().zip(cut.lease_ids()) {
            if feed.holds(range, stream).await? {
                let Some(Stored { document: lease, .. }) = leases.read::<Lease>(&id).await? else {
                    return Ok(false);
                };
                return Ok(
                    lease.has_reached(token) || doubt && has_finished(feed, &lease, stream).await?
                );
            }
        }
        Ok(false)
    }

    async fn read(
        &self,
        number: u32,
        key: &ViewKey,
    ) -> Result<Option<ViewDocument<P::View>>, Error> {
        let id = view_id(&generation_name(P::NAME, number), key);
        Ok(self.documents.read(&id).await?.map(|stored| stored.document))
    }

    /// The number of the live generation, and whether it was looked up just now.
    pub(crate) async fn live(&self) -> Result<Option<(u32, bool)>, Error> {
        let known = *self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, since)) = known
            && since.elapsed() < TRUSTED
        {
            return Ok(Some((number, false)));
        }
        let Some(found) = self.documents.read::<Generations>(P::NAME).await? else {
            return Ok(None);
        };
        let number = found.document.live.number;
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, Instant::now()));
        Ok(Some((number, true)))
    }

    fn forget(&self) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
