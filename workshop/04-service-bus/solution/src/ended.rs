//! What a consumer keeps of a stream that was deleted.

use event_store::StreamId;
use serde::{Deserialize, Serialize};

/// Put in the place of a consumer's document of a stream that was deleted. It stays: messages of the stream may lie in
/// a queue for days, and inboxes take them for duplicates from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// `<consumer>:<stream>`.
    pub id: String,
    /// The consumer.
    pub consumer: String,
    /// The stream.
    pub stream: StreamId,
    /// True.
    pub ended: bool,
}

impl Ended {
    /// The end of a stream, for a consumer.
    #[must_use]
    pub fn new(consumer: &str, stream: &StreamId) -> Self {
        let id = format!("{consumer}:{stream}");
        Self { id, consumer: consumer.to_owned(), stream: stream.clone(), ended: true }
    }
}
