//! Documents that count what is asked of them, and at which somebody else may be faster.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use projections::{Documents, Error, Etag, MemoryDocuments, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What was asked since somebody looked last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Documents read.
    pub reads: u32,
    /// Documents created or replaced, whether that was taken or not.
    pub writes: u32,
}

/// Documents in memory. Clones share them.
#[derive(Clone, Default)]
pub struct Looked {
    documents: MemoryDocuments,
    asked: Arc<Mutex<Asked>>,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

impl Looked {
    /// The documents behind, where nothing is counted.
    #[must_use]
    pub fn behind(&self) -> &MemoryDocuments {
        &self.documents
    }

    /// What was asked since this was asked last.
    #[must_use]
    pub fn take(&self) -> Asked {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Between the next read and the write after it this happens, once.
    pub fn before_the_next_write(&self, meanwhile: impl Future<Output = ()> + Send + 'static) {
        let mut slot = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Box::pin(meanwhile));
    }

    fn count(&self, count: impl FnOnce(&mut Asked)) {
        count(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn somebody_is_faster(&self) {
        self.count(|asked| asked.writes += 1);
        let meanwhile = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
    }
}

impl Documents for Looked {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.count(|asked| asked.reads += 1);
        self.documents.read(id).await
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.somebody_is_faster().await;
        self.documents.create(id, document).await
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        self.somebody_is_faster().await;
        self.documents.replace(id, document, etag).await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.somebody_is_faster().await;
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.documents.ids(prefix).await
    }
}
