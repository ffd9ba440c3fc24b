//! Documents with faults: refused, written without an answer, written twice, written late, read as they were.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Broken;
use super::network::{Fault, Network, busy, lost};
use crate::{Documents, Error, Etag, MemoryDocuments, Stored};

/// The largest document, in bytes: some views outgrow it, so that they are given up. The mark that says so may be
/// too large beside the view, and is not without it.
const LARGEST: usize = 220;

/// The documents of one container, as one worker reaches them.
#[derive(Clone)]
pub(crate) struct Reached {
    pub(crate) kept: MemoryDocuments,
    pub(crate) network: Network,
    pub(crate) broken: Broken,
    /// How the documents were before, for replicas that are behind. All workers share it.
    pub(crate) before: Arc<Mutex<BTreeMap<String, Vec<Stored<Value>>>>>,
    /// Where the worker was before the page it is at, by lease, if it does not pin.
    pub(crate) unpinned: Arc<Mutex<BTreeMap<String, [Value; 2]>>>,
}

/// A write on its way.
#[derive(Clone)]
struct Write {
    id: String,
    document: Value,
    /// The writing to replace; without one the document is created.
    replaces: Option<Etag>,
}

impl Reached {
    pub(crate) fn new(network: &Network, broken: Broken) -> Self {
        let (kept, network) = (MemoryDocuments::default(), network.clone());
        let (before, unpinned) = (Arc::default(), Arc::default());
        Self { kept, network, broken, before, unpinned }
    }

    /// The same documents, reached by another worker.
    pub(crate) fn by_another(&self) -> Self {
        Self { unpinned: Arc::default(), ..self.clone() }
    }

    async fn write(&self, write: Write) -> Result<Option<Etag>, Error> {
        let write = self.spoil(write);
        self.network.pause().await;
        let fault = self.network.fault();
        let answer = match fault {
            None => self.arrive(&write).await,
            Some(Fault::Refused) => Err(busy()),
            Some(Fault::AnswerLost) => self.arrive(&write).await.and_then(|_| Err(lost())),
            Some(Fault::SentTwice) => match self.arrive(&write).await {
                Ok(_) => self.arrive(&write).await,
                refused => refused,
            },
            Some(Fault::Delayed) => {
                let (late, itself) = (write.clone(), self.clone());
                self.network.delay(Box::pin(async move {
                    itself.network.pause().await;
                    itself.arrive(&late).await.ok();
                }));
                Err(lost())
            }
        };
        self.network.note(|| {
            let told = match &answer {
                Ok(Some(_)) => "yes",
                Ok(None) => "no",
                Err(_) => "an error",
            };
            let Write { id, mut document, .. } = write;
            // The only thing that the clock on the wall has a hand in.
            document.as_object_mut().map(|fields| fields.remove("expires_at"));
            format!("    {fault:?} {id} {document} -> {told}")
        });
        self.network.pause().await;
        answer
    }

    /// What the server does with it.
    async fn arrive(&self, write: &Write) -> Result<Option<Etag>, Error> {
        let Write { id, document, replaces } = write;
        if document.to_string().len() > LARGEST && document.get("view").is_some() {
            return Err(Error::TooLarge { id: id.clone() });
        }
        let is_view = document.get("checkpoint").is_some();
        let current = self.kept.read::<Value>(id).await?;
        let replaces = match (self.broken, current) {
            (Broken::Condition, Some(current)) if is_view && replaces.is_some() => {
                Some(current.etag)
            }
            (Broken::Create, Some(current)) if is_view && replaces.is_none() => Some(current.etag),
            _ => replaces.clone(),
        };
        let written = match replaces {
            Some(etag) => self.kept.replace(id, document, &etag).await?,
            None => self.kept.create(id, document).await?,
        };
        if let Some(etag) = written.clone() {
            let stored = Stored { document: document.clone(), etag };
            locked(&self.before).entry(id.clone()).or_default().push(stored);
        }
        Ok(written)
    }

    /// Without a pin the lease tells of a page when it is finished, which is when the next one begins.
    fn spoil(&self, write: Write) -> Write {
        if self.broken != Broken::Pin || write.document.get("pending").is_none() {
            return write;
        }
        let mut document = write.document;
        let now = [document["page"].clone(), document["next"].clone()];
        let before = locked(&self.unpinned).insert(write.id.clone(), now.clone()).unwrap_or(now);
        if document["pending"] == json!({}) {
            return Write { document, ..write };
        }
        document["pending"] = json!({});
        [document["page"], document["next"]] = before;
        Write { document, ..write }
    }
}

impl Documents for Reached {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.network.pause().await;
        if self.network.strikes(5) {
            return Err(lost());
        }
        let mut found = self.kept.read::<Value>(id).await?;
        if self.network.strikes(5) {
            // A replica that is behind. Before the first writing there was nothing.
            let before = locked(&self.before).get(id).cloned().unwrap_or_default();
            let writing = self.network.below(before.len() + 1);
            found = writing.checked_sub(1).map(|writing| before[writing].clone());
        }
        self.network.pause().await;
        let Some(Stored { mut document, etag }) = found else {
            return Ok(None);
        };
        if self.broken == Broken::Checkpoint && document.get("checkpoint").is_some() {
            document["checkpoint"] = json!({});
        }
        let unreadable = |source| Error::Unreadable { id: id.to_owned(), source };
        let document = serde_json::from_value(document).map_err(unreadable)?;
        Ok(Some(Stored { document, etag }))
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        let document = serde_json::to_value(document).expect("a document is JSON");
        self.write(Write { id: id.to_owned(), document, replaces: None }).await
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        let document = serde_json::to_value(document).expect("a document is JSON");
        self.write(Write { id: id.to_owned(), document, replaces: Some(etag.clone()) }).await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.kept.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.kept.ids(prefix).await
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
