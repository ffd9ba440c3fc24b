//! Documents in memory: the same promises, for tests and for understanding them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::documents::{Documents, Etag, Stored};

/// The largest document that Cosmos DB takes, in bytes of its JSON.
const LARGEST: usize = 2 * 1024 * 1024;

/// Documents in a map. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryDocuments(Arc<Mutex<Documented>>);

#[derive(Debug, Default)]
struct Documented {
    writes: u64,
    documents: BTreeMap<String, (String, Etag)>,
}

impl MemoryDocuments {
    /// Every document, by id.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, serde_json::Value> {
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        let held = self.locked();
        held.documents.iter().map(|(id, (text, _))| (id.clone(), read(text))).collect()
    }

    fn locked(&self) -> MutexGuard<'_, Documented> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Documented {
    fn write(&mut self, id: &str, text: String) -> Etag {
        self.writes += 1;
        let etag = Etag(self.writes.to_string());
        self.documents.insert(id.to_owned(), (text, etag.clone()));
        etag
    }
}

impl Documents for MemoryDocuments {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        let held = self.locked();
        let Some((text, etag)) = held.documents.get(id) else {
            return Ok(None);
        };
        let document = serde_json::from_str(text)
            .map_err(|source| Error::Unreadable { id: id.to_owned(), source })?;
        Ok(Some(Stored { document, etag: etag.clone() }))
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        let text = text(id, document)?;
        let mut held = self.locked();
        Ok((!held.documents.contains_key(id)).then(|| held.write(id, text)))
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        let text = text(id, document)?;
        let mut held = self.locked();
        let unchanged = held.documents.get(id).is_some_and(|(_, last)| last == etag);
        Ok(unchanged.then(|| held.write(id, text)))
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.locked().documents.remove(id);
        Ok(())
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let held = self.locked();
        let ids = held.documents.keys().filter(|id| id.starts_with(prefix));
        Ok(ids.cloned().collect())
    }
}

fn text<T: Serialize>(id: &str, document: &T) -> Result<String, Error> {
    let text = serde_json::to_string(document).map_err(Error::failed)?;
    if text.len() > LARGEST {
        return Err(Error::TooLarge { id: id.to_owned() });
    }
    Ok(text)
}
