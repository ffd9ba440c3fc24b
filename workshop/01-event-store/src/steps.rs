//! What the checks of steps 2 and 3 do with a store: the same, whichever way it appends.

use std::time::Duration;

use tokio::time::timeout;

use crate::words::{meter, outcome, readings, timeline};
use crate::{
    AppendError, Appended, CosmosEventStore, EventStore, Expected, NewEvent, Range, StoreError,
};

/// Appends to a meter's stream; a check must not wait for ever.
///
/// # Errors
///
/// The store's refusal.
///
/// # Panics
///
/// No answer comes within ten seconds.
pub async fn append(
    store: &CosmosEventStore,
    expected: Expected,
    events: Vec<NewEvent>,
) -> Result<Appended, AppendError<StoreError>> {
    let stream = meter(7);
    let appending = store.append(&stream, expected, events);
    timeout(Duration::from_secs(10), appending).await.expect("an answer within 10 s")
}

/// The stream begins with the events a/0, a/1 and a/2.
///
/// # Panics
///
/// They are not appended.
pub async fn three_events(store: &CosmosEventStore) {
    let done = append(store, Expected::NoStream, readings("a", 3)).await;
    assert_eq!(outcome(&done), "appended, version 3");
}

/// What is in the stream: version and id of each event.
///
/// # Panics
///
/// The stream cannot be read.
pub async fn stored(store: &CosmosEventStore) -> Vec<String> {
    timeline(&store.load(&meter(7), Range::all()).await.expect("the stream can be read").events)
}
