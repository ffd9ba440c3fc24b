//! What fits one transaction.

use crate::{AppendError, NewEvent, StreamId, Version, document};

/// The service takes 2 MB a request (2 · 1024 · 1024 bytes); the rest is for what surrounds the documents.
const REQUEST_BYTES: usize = 2 * 1024 * 1024 - 32 * 1024;

/// The keys of a document, its numbers and its time.
const KEYS: usize = 256;

/// Refuses, before anything is sent, what the service would refuse for its size.
pub(crate) fn one_transaction<E>(
    stream: &StreamId,
    events: &[NewEvent],
) -> Result<(), AppendError<E>> {
    if events.iter().map(|event| at_most(stream, event)).sum::<usize>() <= REQUEST_BYTES {
        return Ok(());
    }
    let bytes = bytes(stream, events);
    if bytes > REQUEST_BYTES {
        return Err(AppendError::TooLarge { events: events.len(), bytes });
    }
    Ok(())
}

/// An event's document is not larger. To write it down only to measure it would cost more than to append it.
fn at_most(stream: &StreamId, event: &NewEvent) -> usize {
    let meta = event.meta();
    let optional = [&meta.correlation_id, &meta.causation_id, &meta.actor];
    let optional: usize = optional.into_iter().flatten().map(String::len).sum();
    // The stream is there twice. A byte of a text takes six at most, as in \u0007.
    let texts = 2 * stream.as_str().len() + event.id().as_str().len() + event.kind().len();
    event.data().get().len() + 6 * (texts + optional) + KEYS
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
