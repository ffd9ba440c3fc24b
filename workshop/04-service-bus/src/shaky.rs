//! Documents whose writes can fail or wait for each other, and work that is broken off.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use projections::{Documents, Error, Etag, MemoryDocuments, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Barrier;
use tokio::task::yield_now;

/// Documents in memory that can be broken off at every step.
#[derive(Clone)]
pub struct Shaky {
    documents: MemoryDocuments,
    writes: Arc<AtomicUsize>,
    last_write: usize,
    together: Option<Arc<Barrier>>,
}

impl Default for Shaky {
    fn default() -> Self {
        let (documents, writes) = (MemoryDocuments::default(), Arc::default());
        Self { documents, writes, last_write: usize::MAX, together: None }
    }
}

impl Shaky {
    /// The same documents, where writes fail after so many of them.
    #[must_use]
    pub fn failing_after(&self, writes: usize) -> Self {
        Self { writes: Arc::default(), last_write: writes, ..self.clone() }
    }

    /// The same documents. Those who share the barrier have their first writes under way at the same time.
    #[must_use]
    pub fn writing_together(&self, barrier: &Arc<Barrier>) -> Self {
        Self { writes: Arc::default(), together: Some(Arc::clone(barrier)), ..self.clone() }
    }

    /// How many writes were tried.
    #[must_use]
    pub fn written(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    async fn before_write(&self) -> Result<(), Error> {
        yield_now().await;
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if let Some(barrier) = self.together.as_ref().filter(|_| number == 0) {
            barrier.wait().await;
        }
        if number >= self.last_write {
            return Err(Error::Failed("the plug was pulled".into()));
        }
        Ok(())
    }
}

impl Documents for Shaky {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        yield_now().await;
        self.documents.read(id).await
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.before_write().await?;
        let created = self.documents.create(id, document).await;
        yield_now().await;
        created
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        self.before_write().await?;
        let replaced = self.documents.replace(id, document, etag).await;
        yield_now().await;
        replaced
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.documents.ids(prefix).await
    }
}

/// Breaks work off after it has waited so often, as a process ends whose plug is pulled. `None`: it was.
pub async fn broken_off<T>(after: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = after;
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
