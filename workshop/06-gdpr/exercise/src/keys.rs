//! The keys of all subjects: one document each, wrapped, or a marker that there will never be one again.

use std::time::Duration;

use aggregates::Context;
use cosmos::ContainerSpec;
use futures::{StreamExt, TryStreamExt, stream};
use projections::{Documents, Error, Stored};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::data_key::{DataKey, KeyId, random_bytes};
use crate::key_cache::{Caching, KeyCache};
use crate::ring::Held;
use crate::{Ring, Subject, Wrapped, Wrapping, WrappingError};

/// The container of the keys. They are found by their ids alone.
pub const KEYS: ContainerSpec = ContainerSpec {
    name: "keys",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// How many keys are fetched or wrapped at the same time.
const AT_ONCE: usize = 8;

/// A subject's key as it is stored: either the key or the marker, never both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDocument {
    /// The subject.
    pub id: Subject,
    /// The data key, wrapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<StoredKey>,
    /// The subject was forgotten: this document stays, so that no key is made for it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// A wrapped data key with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredKey {
    /// Its name: sealed values say which one they need.
    pub id: KeyId,
    /// The key, wrapped.
    pub wrapped: Wrapped,
}

/// What is left of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When it was ordered.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who did it.
    pub by: Option<String>,
    /// Why: say nothing of the person here, it stays.
    pub reason: String,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Nothing more is written about them: tell the one who asked.
    #[error("{subject} was forgotten: nothing more is recorded about them")]
    Erased {
        /// Whom.
        subject: Subject,
    },
    /// Neither a key nor a marker is in the document: another program wrote it.
    #[error("the document of {subject} in keys holds neither a key nor a marker: restore it")]
    Neither {
        /// Whose.
        subject: Subject,
    },
    /// The key that wraps the others cannot be used.
    #[error("the keys cannot be wrapped or unwrapped")]
    Wrapping(#[from] WrappingError),
    /// The container fails.
    #[error("the container keys failed")]
    Documents(#[from] Error),
}

/// The keys of all subjects. Cheap to clone if `D` and `W` are.
#[derive(Clone)]
pub struct Keys<D, W> {
    documents: D,
    wrapping: W,
    cache: KeyCache,
}

impl Erased {
    /// As the command says.
    #[must_use]
    pub fn by(context: &Context, reason: &str) -> Self {
        Self { at: context.time, by: context.actor.clone(), reason: reason.to_owned() }
    }
}

impl<D: Documents, W: Wrapping> Keys<D, W> {
    /// Keys in these documents, wrapped by this.
    #[must_use]
    pub fn new(documents: D, wrapping: W, caching: Caching) -> Self {
        Self { documents, wrapping, cache: KeyCache::new(caching) }
    }

    /// The key to seal with. The first time a new one is made.
    ///
    /// # Errors
    ///
    /// The subject was forgotten, or there is no getting at the keys.
    pub async fn for_sealing(&self, subject: &Subject) -> Result<DataKey, KeyError> {
        loop {
            match self.held(subject).await? {
                Some(Held::Key(key)) => return Ok(key),
                Some(Held::Erased) => return Err(KeyError::Erased { subject: subject.clone() }),
                None => {}
            }
            // Somebody else may make one at the same time: the first one counts.
            let bytes = random_bytes();
            let wrapped = self.wrapping.wrap(&bytes).await?;
            let id = KeyId::random();
            let key = Some(StoredKey { id: id.clone(), wrapped });
            let document = KeyDocument { id: subject.clone(), key, erased: None };
            let asked = self.cache.now();
            if self.documents.create(subject.as_str(), &document).await?.is_some() {
                let key = DataKey::new(id, &bytes);
                self.cache.keep(subject, Held::Key(key.clone()), asked);
                return Ok(key);
            }
        }
    }

    /// The keys of these subjects, for those who may read. A subject that never had one is left out.
    ///
    /// # Errors
    ///
    /// There is no getting at the keys.
    pub async fn ring(
        &self,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<Ring, KeyError> {
        let fetch = |subject: Subject| async move {
            let held = self.held(&subject).await?;
            Ok::<_, KeyError>((subject, held))
        };
        let fetched: Vec<_> = subjects.into_iter().map(fetch).collect();
        let fetched = stream::iter(fetched).buffer_unordered(AT_ONCE);
        let fetched: Vec<_> = fetched.try_collect().await?;
        let there = fetched.into_iter().filter_map(|(subject, held)| Some((subject, held?)));
        Ok(there.fold(Ring::default(), |ring, (subject, held)| ring.with(subject, held)))
    }

    /// Forgets a subject: what was sealed for them never opens again, wherever it is. Answers whether they were
    /// not forgotten before. It costs the same however much there is.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn erase(&self, subject: &Subject, erased: &Erased) -> Result<bool, KeyError> {
        let asked = self.cache.now();
        let new = self.mark(subject, erased).await?;
        self.cache.keep(subject, Held::Erased, asked);
        Ok(new)
    }

    /// Puts the marker in the place of the key, whether there is one or not.
    async fn mark(&self, subject: &Subject, erased: &Erased) -> Result<bool, KeyError> {
        let (id, documents) = (subject.as_str(), &self.documents);
        let marker = KeyDocument { id: subject.clone(), key: None, erased: Some(erased.clone()) };
        // step 2
        todo!(
            "step 2: put the marker in the place of the key of {subject}, or where it would be; again if somebody was faster"
        )
    }

    /// The document of a subject's key.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn document(&self, subject: &Subject) -> Result<Option<KeyDocument>, KeyError> {
        let read = self.documents.read::<KeyDocument>(subject.as_str()).await?;
        Ok(read.map(|stored| stored.document))
    }

    /// Brings every key under the newest wrapping key; what is sealed stays as it is. Answers how many were wrapped
    /// anew. Safe to repeat.
    ///
    /// # Errors
    ///
    /// A key cannot be unwrapped, or the documents fail. Those before it are done.
    pub async fn rewrap(&self) -> Result<usize, KeyError> {
        let newest = &self.wrapping.newest().await?;
        let ids = self.documents.ids("").await?;
        let rewrapped = ids.iter().map(|id| self.rewrap_one(id, newest));
        let rewrapped: Vec<_> = rewrapped.collect();
        let done = stream::iter(rewrapped).buffer_unordered(AT_ONCE);
        let done: Vec<bool> = done.try_collect().await?;
        Ok(done.into_iter().filter(|done| *done).count())
    }

    async fn rewrap_one(&self, id: &str, newest: &str) -> Result<bool, KeyError> {
        loop {
            let read = self.documents.read::<KeyDocument>(id).await?;
            let Some(Stored { mut document, etag }) = read else {
                return Ok(false);
            };
            let Some(key) = document.key.as_mut().filter(|key| key.wrapped.by != newest) else {
                return Ok(false);
            };
            let bytes = self.wrapping.unwrap(&key.wrapped).await?;
            key.wrapped = self.wrapping.wrap(&bytes).await?;
            // If the subject was forgotten meanwhile, the marker stays.
            if self.documents.replace(id, &document, &etag).await?.is_some() {
                return Ok(true);
            }
        }
    }

    /// How many keys are in memory.
    #[must_use]
    pub fn in_memory(&self) -> usize {
        self.cache.len()
    }

    /// For how long a key is used before it is fetched again.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.cache.longest()
    }

    /// What is known of a subject's key: from memory, or from its document.
    async fn held(&self, subject: &Subject) -> Result<Option<Held>, KeyError> {
        if let Some(held) = self.cache.get(subject) {
            return Ok(Some(held));
        }
        let asked = self.cache.now();
        let held = match self.document(subject).await? {
            Some(KeyDocument { erased: Some(_), .. }) => Held::Erased,
            Some(KeyDocument { key: Some(StoredKey { id, wrapped }), .. }) => {
                Held::Key(DataKey::new(id, &self.wrapping.unwrap(&wrapped).await?))
            }
            Some(_) => return Err(KeyError::Neither { subject: subject.clone() }),
            None => return Ok(None),
        };
        self.cache.keep(subject, held.clone(), asked);
        Ok(Some(held))
    }
}
