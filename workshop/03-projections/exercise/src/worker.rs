//! A worker on a lease: read, pin, handle, go on.

use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use event_store::{EventStore, Range, Version};
use tokio::time::{Instant, sleep_until};

use crate::documents::{Documents, Etag, Stored};
use crate::feed::{Feed, FeedPage, Reached, Reader};
use crate::page::pinned;
use crate::{Error, Handler, Lease, Page};

/// Where events come from and where it is written down how far a processor is.
#[derive(Debug)]
pub struct Sources<S, F, D> {
    /// The streams.
    pub store: Arc<S>,
    /// What was appended to them.
    pub feed: F,
    /// The leases.
    pub leases: D,
}

impl<S, F: Clone, D: Clone> Clone for Sources<S, F, D> {
    fn clone(&self) -> Self {
        let Self { store, feed, leases } = self;
        Self { store: Arc::clone(store), feed: feed.clone(), leases: leases.clone() }
    }
}

/// What a worker goes by.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The worker's name, unlike that of any other.
    pub owner: String,
    /// For how long a claim holds.
    pub duration: Duration,
    /// At most so many events to a page.
    pub page: u32,
}

/// Holds a lease and handles its pages, one after the other.
pub struct Worker<S, F: Feed, D, H> {
    sources: Sources<S, F, D>,
    handler: Arc<H>,
    terms: Terms,
    /// The lease as we wrote it last.
    lease: Lease,
    etag: Etag,
    renewed: Instant,
    reader: Option<F::Reader>,
    /// The pinned page was handled by us.
    finished: bool,
    /// How far finished pages reach, as long as the lease does not say so.
    covered: Vec<Reached>,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// A page was handled, or the place moved: there may be more.
    Moved,
    /// There was nothing more.
    Idle,
    /// Another worker holds the lease now.
    Lost,
}

impl<S: EventStore, F: Feed, D: Documents, H: Handler> Worker<S, F, D, H> {
    /// Claims a lease; `None` if somebody else wrote to it since it was read.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn claim(
        sources: Sources<S, F, D>,
        handler: Arc<H>,
        terms: Terms,
        read: Stored<Lease>,
    ) -> Result<Option<Self>, Error> {
        let mut lease = read.document;
        lease.claim(&terms.owner, terms.duration);
        lease.halted = None;
        let claimed = sources.leases.replace(&lease.id, &lease, &read.etag).await?;
        Ok(claimed.map(|etag| Self {
            finished: lease.pending.is_empty(),
            renewed: Instant::now(),
            reader: None,
            covered: Vec::new(),
            sources,
            handler,
            terms,
            lease,
            etag,
        }))
    }

    /// The lease as this worker wrote it last.
    #[must_use]
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Finishes the page that is pinned, or reads, pins and handles the next one.
    ///
    /// # Errors
    ///
    /// Something failed half-way: [`resume`](Self::resume) before the next turn.
    pub async fn turn(&mut self) -> Result<Turn, Error> {
        if !self.finished {
            let page = whole_page(&*self.sources.store, &self.lease).await?;
            return self.handle(page, None).await;
        }
        let read = self.read().await?;
        if read.events.is_empty() {
            return self.rest(read).await;
        }
        let reached = read.reached.clone();
        match self.pin(read).await? {
            Some(page) => self.handle(page, reached).await,
            None => self.resume().await,
        }
    }

    /// Writes the page into the lease before anything is done with it; `None` if the lease was written by
    /// somebody else.
    async fn pin(&mut self, read: FeedPage) -> Result<Option<Page>, Error> {
        // step 3
        todo!(
            "step 3: write the next page's number, what it holds and where it ends into the lease"
        )
    }

    /// Handles a page, and keeps the claim meanwhile.
    async fn handle(&mut self, page: Page, reached: Option<Reached>) -> Result<Turn, Error> {
        self.finished = false;
        let handler = Arc::clone(&self.handler);
        let mut work = pin!(handler.handle(&page));
        loop {
            tokio::select! {
                done = &mut work => {
                    done?;
                    break;
                }
                () = sleep_until(self.renewal()) => {
                    if !self.write(self.lease.clone()).await? {
                        return self.resume().await;
                    }
                }
            }
        }
        self.finished = true;
        self.covered.extend(reached);
        Ok(Turn::Moved)
    }

    /// There are no events: the pinned page is known to be finished, and the claim is renewed when it is time.
    async fn rest(&mut self, read: FeedPage) -> Result<Turn, Error> {
        let mut lease = self.lease.clone();
        let news = !lease.pending.is_empty() || (read.caught_up && !lease.caught_up);
        lease.pending.clear();
        lease.next = Some(read.next);
        lease.caught_up |= read.caught_up;
        self.covered.extend(read.reached);
        let due = Instant::now() >= self.renewal();
        if ((read.caught_up && news) || due) && !self.write(lease).await? {
            return self.resume().await;
        }
        Ok(if read.caught_up { Turn::Idle } else { Turn::Moved })
    }

    /// Finds out what is true after a failure: whether the lease is still ours, and which page is pinned. A
    /// write whose answer was lost may have happened.
    ///
    /// # Errors
    ///
    /// The documents fail: try again.
    pub async fn resume(&mut self) -> Result<Turn, Error> {
        self.reader = None;
        self.covered.clear();
        let read: Option<Stored<Lease>> = self.sources.leases.read(&self.lease.id).await?;
        let ours = |read: &Stored<Lease>| read.document.owner.as_ref() == Some(&self.terms.owner);
        let Some(Stored { document, etag }) = read.filter(ours) else {
            return Ok(Turn::Lost);
        };
        self.finished = document.pending.is_empty();
        self.lease = document;
        self.etag = etag;
        Ok(Turn::Moved)
    }

    /// Lets go of the lease, so that another worker need not wait for its end. `halted` says why nobody should
    /// go on.
    ///
    /// # Errors
    ///
    /// The documents fail; then the claim ends by itself.
    pub async fn release(mut self, halted: Option<String>) -> Result<(), Error> {
        let mut lease = self.lease.clone();
        if self.finished {
            lease.pending.clear();
        }
        lease.covers(mem::take(&mut self.covered));
        lease.owner = None;
        lease.expires_at = None;
        lease.halted = halted;
        self.sources.leases.replace(&lease.id, &lease, &self.etag).await?;
        Ok(())
    }

    async fn read(&mut self) -> Result<FeedPage, Error> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            reader @ None => {
                let Lease { range, .. } = &self.lease;
                let feed = &self.sources.feed;
                reader.insert(feed.open(range, self.lease.place(), self.terms.page).await?)
            }
        };
        reader.next().await
    }

    /// Writes the lease and so renews the claim. Answers whether nobody else wrote meanwhile.
    async fn write(&mut self, mut lease: Lease) -> Result<bool, Error> {
        lease.covers(self.covered.clone());
        lease.claim(&self.terms.owner, self.terms.duration);
        let written = self.sources.leases.replace(&lease.id, &lease, &self.etag).await?;
        let Some(etag) = written else {
            return Ok(false);
        };
        self.lease = lease;
        self.etag = etag;
        self.renewed = Instant::now();
        self.covered.clear();
        Ok(true)
    }

    /// How long a worker may do nothing at most, or its claim would end.
    pub(crate) fn patience(&self) -> Duration {
        self.terms.duration / 3
    }

    /// When the claim is to be renewed: two attempts may fail before it ends.
    fn renewal(&self) -> Instant {
        self.renewed + self.patience()
    }
}

/// The page that is pinned in a lease: exactly its events, from their streams. What was deleted since is gone.
///
/// # Errors
///
/// The store fails.
pub async fn pinned_page<S: EventStore>(store: &S, lease: &Lease) -> Result<Page, Error> {
    // step 3
    todo!("step 3: load from their streams the versions that are pinned in the lease")
}

/// The pinned page with everything that was pinned, but for what was deleted since. The replica that answers may
/// not have seen events that another worker read elsewhere: taken for deleted, they would be missing for ever.
async fn whole_page<S: EventStore>(store: &S, lease: &Lease) -> Result<Page, Error> {
    let page = pinned_page(store, lease).await?;
    let pinned = lease.pending.values().map(|(first, last)| last.0 - first.0 + 1);
    if page.events.len() as u64 == pinned.sum::<u64>() {
        return Ok(page);
    }
    for (stream, (_, last)) in &lease.pending {
        let beyond = Range::after(*last).limit(1);
        let end = store.load(stream, beyond).await.map_err(Error::failed)?.version;
        if end < *last {
            return Err(Error::failed(format!("{stream} is not to be seen up to {last} yet")));
        }
    }
    // Whoever has seen that far sees it again.
    pinned_page(store, lease).await
}
