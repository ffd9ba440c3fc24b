//! An inbox that keeps the order: it knows the last version of each stream, and gets what it missed.

use event_store::{StreamId, Version};
use projections::{Documents, Etag, Stored};
use serde::{Deserialize, Serialize};

use crate::inbox::apply;
use crate::{Accepted, Archive, Error, Inbox, IntegrationEvent, Subscriber};

/// What a consumer keeps for a stream: the effect, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxDocument<T> {
    /// `<consumer>:<stream>`.
    pub id: String,
    /// The consumer.
    pub consumer: String,
    /// The stream.
    pub stream: StreamId,
    /// The version of the last event that is in the state.
    #[serde(default)]
    pub last: Version,
    /// The effect.
    #[serde(default)]
    pub state: T,
    /// See [`Ended`](crate::Ended).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// Applies the events of a stream once, in order and without gaps.
///
/// For subscriptions that get every message. On a filtered one it is right too, but reads from the archive for
/// each message that the filter held back: use [`Filtered`](crate::Filtered) there.
pub struct Ordered<D, A, S> {
    documents: D,
    archive: A,
    subscriber: S,
}

impl<D: Documents, A: Archive, S: Subscriber> Ordered<D, A, S> {
    /// Keeps its documents here, and gets from the archive what it was not sent.
    #[must_use]
    pub fn new(documents: D, archive: A, subscriber: S) -> Self {
        Self { documents, archive, subscriber }
    }

    /// What is kept for a stream.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub async fn document(&self, stream: &StreamId) -> Result<InboxDocument<S::State>, Error> {
        Ok(self.load(stream).await?.0)
    }

    /// The document with the etag to replace it by; a new one has none.
    async fn load(
        &self,
        stream: &StreamId,
    ) -> Result<(InboxDocument<S::State>, Option<Etag>), Error> {
        let id = format!("{}:{stream}", S::NAME);
        let read = self.documents.read::<InboxDocument<_>>(&id).await.map_err(Error::Documents)?;
        if let Some(Stored { mut document, etag }) = read {
            if document.ended {
                // Whatever still comes was handled: by forgetting it.
                document.last = Version(u64::MAX);
            }
            return Ok((document, Some(etag)));
        }
        let (consumer, stream) = (S::NAME.to_owned(), stream.clone());
        let (last, state) = (Version::ZERO, S::State::default());
        Ok((InboxDocument { id, consumer, stream, last, state, ended: false }, None))
    }

    /// Writes the document; false if somebody else was faster.
    async fn save(
        &self,
        document: &InboxDocument<S::State>,
        etag: Option<Etag>,
    ) -> Result<bool, Error> {
        let written = match etag {
            None => self.documents.create(&document.id, document).await,
            Some(etag) => self.documents.replace(&document.id, document, &etag).await,
        };
        Ok(written.map_err(Error::Documents)?.is_some())
    }
}

impl<D: Documents, A: Archive + 'static, S: Subscriber> Inbox for Ordered<D, A, S> {
    fn consumer(&self) -> &'static str {
        S::NAME
    }

    async fn accept(&self, event: &IntegrationEvent) -> Result<Accepted, Error> {
        // step 3
        todo!(
            "step 3: apply the event once, after those before it, and save effect and version together"
        )
    }
}
