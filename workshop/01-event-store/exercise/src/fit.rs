//! What fits one transaction.

use crate::{AppendError, NewEvent, StreamId, Version, document};

/// The service takes 2 MB a request (2 · 1024 · 1024 bytes); the rest is for what surrounds the documents.
const REQUEST_BYTES: usize = 2 * 1024 * 1024 - 32 * 1024;

/// Refuses, before anything is sent, what the service would refuse for its size.
pub(crate) fn one_transaction<E>(
    stream: &StreamId,
    events: &[NewEvent],
) -> Result<(), AppendError<E>> {
    let bytes = bytes(stream, events);
    if bytes > REQUEST_BYTES {
        return Err(AppendError::TooLarge { events: events.len(), bytes });
    }
    Ok(())
}

/// The size of the events as documents.
pub(crate) fn bytes(stream: &StreamId, events: &[NewEvent]) -> usize {
    let places = (1..).map(Version);
    let texts = events.iter().zip(places).map(|(event, version)| {
        serde_json::to_string(&document(stream, version, event))
            .expect("an event's data is JSON already, its keys are strings")
    });
    texts.map(|text| text.len()).sum()
}
