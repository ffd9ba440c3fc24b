//! An inbox for filtered subscriptions, where gaps are what was asked for.

use std::collections::VecDeque;

use event_store::{StreamId, Version};
use projections::{Documents, Stored};
use serde::{Deserialize, Serialize};

use crate::inbox::apply;
use crate::{Accepted, Error, Inbox, IntegrationEvent, Subscriber};

/// So many messages of a stream are remembered.
pub const SEEN: usize = 100;

/// What a consumer keeps for a stream: the effect, and the messages in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDocument<T> {
    /// `<consumer>:<stream>`.
    pub id: String,
    /// The consumer.
    pub consumer: String,
    /// The stream.
    pub stream: StreamId,
    /// The messages taken last, the newest at the end. In a stream a version names a message as well as its id does,
    /// and it stays when a dead letter is sent again under another id.
    #[serde(default)]
    pub seen: VecDeque<Version>,
    /// The effect.
    #[serde(default)]
    pub state: T,
    /// See [`Ended`](crate::Ended).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// Applies each message once, in the order in which they come.
///
/// A message that comes again after [`SEEN`] others of its stream is not recognised.
pub struct Filtered<D, S> {
    documents: D,
    subscriber: S,
}

impl<D: Documents, S: Subscriber> Filtered<D, S> {
    /// Keeps its documents here.
    #[must_use]
    pub fn new(documents: D, subscriber: S) -> Self {
        Self { documents, subscriber }
    }
}

impl<D: Documents, S: Subscriber> Inbox for Filtered<D, S> {
    fn consumer(&self) -> &'static str {
        S::NAME
    }

    async fn accept(&self, event: &IntegrationEvent) -> Result<Accepted, Error> {
        let id = format!("{}:{}", S::NAME, event.stream);
        loop {
            let read = self.documents.read::<SeenDocument<_>>(&id).await;
            let read = read.map_err(Error::Documents)?;
            let (mut inbox, etag) = match read {
                Some(Stored { document, etag }) => (document, Some(etag)),
                None => (new::<S>(&id, &event.stream), None),
            };
            if inbox.ended || inbox.seen.contains(&event.version) {
                return Ok(Accepted::Duplicate);
            }
            apply(&self.subscriber, &mut inbox.state, event)?;
            inbox.seen.push_back(event.version);
            if inbox.seen.len() > SEEN {
                inbox.seen.pop_front();
            }
            let written = match etag {
                None => self.documents.create(&id, &inbox).await,
                Some(etag) => self.documents.replace(&id, &inbox, &etag).await,
            };
            if written.map_err(Error::Documents)?.is_some() {
                return Ok(Accepted::Applied(1));
            }
        }
    }
}

fn new<S: Subscriber>(id: &str, stream: &StreamId) -> SeenDocument<S::State> {
    SeenDocument {
        id: id.to_owned(),
        consumer: S::NAME.to_owned(),
        stream: stream.clone(),
        seen: VecDeque::new(),
        state: S::State::default(),
        ended: false,
    }
}
