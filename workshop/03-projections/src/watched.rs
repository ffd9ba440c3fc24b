//! Documents that tell of every write, so that a check can wait for what is written instead of for the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{Barrier, watch};

use crate::place::within;
use crate::{Documents, Error, Etag, Stored};

/// Tells of writes. Clones share it.
#[derive(Debug, Clone)]
pub struct Writes(Arc<watch::Sender<usize>>);

/// Documents that tell of their writes.
#[derive(Clone)]
pub struct Watched<D> {
    documents: D,
    writes: Writes,
    /// What is written about the end of a claim instead of the truth.
    expires_at: Option<&'static str>,
    /// Those who write wait for each other here, once each.
    together: Option<(Arc<Barrier>, Arc<AtomicBool>)>,
    replaced: Arc<AtomicUsize>,
    created: Arc<AtomicUsize>,
}

impl Default for Writes {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Writes {
    /// Something was written.
    pub fn tell(&self) {
        self.0.send_modify(|writes| *writes += 1);
    }

    /// Waits until something is true, looking again after every write.
    ///
    /// # Panics
    ///
    /// It is not within a minute, which is long: what waits after a failure waits for seconds.
    pub async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let mut writes = self.0.subscribe();
        let waiting = async {
            while !holds().await {
                writes.changed().await.expect("the sender is held above");
            }
        };
        within(60, what, waiting).await;
    }
}

impl<D: Documents> Watched<D> {
    /// Tells of the writes to these documents.
    #[must_use]
    pub fn new(documents: D, writes: &Writes) -> Self {
        let (writes, replaced, created) = (writes.clone(), Arc::default(), Arc::default());
        Self { documents, writes, expires_at: None, together: None, replaced, created }
    }

    /// As if the clock on the wall were another.
    #[must_use]
    pub fn with_clock(self, expires_at: &'static str) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// As if whoever shares the barrier had its first write under way at the same time.
    #[must_use]
    pub fn writing_together(self, barrier: &Arc<Barrier>) -> Self {
        Self { together: Some((Arc::clone(barrier), Arc::default())), ..self }
    }

    /// How many documents were replaced by way of these.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.replaced.load(Ordering::SeqCst)
    }

    /// Waits until so many documents were replaced by way of these.
    ///
    /// # Panics
    ///
    /// They are not within a minute.
    pub async fn until_replaced(&self, documents: usize) {
        let mut writes = self.writes.0.subscribe();
        let enough = async {
            while self.replaced() < documents {
                writes.changed().await.expect("the sender is held above");
            }
        };
        within(60, &format!("{documents} replaced documents"), enough).await;
    }

    /// How many writes were asked for.
    #[must_use]
    pub fn written(&self) -> usize {
        self.created.load(Ordering::SeqCst) + self.replaced()
    }

    async fn wait_for_others(&self) {
        if let Some((barrier, waited)) = &self.together
            && !waited.swap(true, Ordering::SeqCst)
        {
            barrier.wait().await;
        }
    }

    fn spoil<T: Serialize>(&self, document: &T) -> Value {
        let mut document = serde_json::to_value(document).expect("a document is JSON");
        if let (Some(time), Some(Value::String(end))) =
            (self.expires_at, document.get_mut("expires_at"))
        {
            time.clone_into(end);
        }
        document
    }
}

impl<D: Documents> Documents for Watched<D> {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.documents.read(id).await
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.wait_for_others().await;
        let created = self.documents.create(id, &self.spoil(document)).await;
        self.created.fetch_add(1, Ordering::SeqCst);
        self.writes.tell();
        created
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        self.wait_for_others().await;
        let replaced = self.documents.replace(id, &self.spoil(document), etag).await;
        self.replaced.fetch_add(1, Ordering::SeqCst);
        self.writes.tell();
        replaced
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.documents.ids(prefix).await
    }
}
