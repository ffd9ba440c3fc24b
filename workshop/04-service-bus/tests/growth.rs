//! What publishing costs: how many events are read, page by page.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use event_store::{
    AppendError, Appended, EventStore, Expected, MemoryEventStore, NewEvent, Range, Slice, StreamId,
};
use integration_events_checks::Publications;
use integration_events_checks::meters::Meters;
use integration_events_checks::words::{activated, append, meter, mistyped};

/// Counts the events that are read.
#[derive(Default)]
struct Counted {
    store: MemoryEventStore,
    read: AtomicUsize,
}

impl EventStore for Counted {
    type Error = Infallible;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Infallible> {
        let slice = self.store.load(stream, range).await?;
        self.read.fetch_add(slice.events.len(), Ordering::SeqCst);
        Ok(slice)
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Infallible>> {
        self.store.append(stream, expected, events).await
    }
}

/// Events read while a stream of so many is published in pages of ten, of which one in so many is told.
async fn read(events: usize, one_in: usize) -> usize {
    let store = Arc::new(Counted::default());
    for number in 1..=events {
        let event = if number % one_in == 0 { activated() } else { mistyped() };
        append(&*store, 1, &format!("c{number}"), &[event]).await;
    }
    let all = store.load(&meter(1), Range::all()).await.expect("memory never fails").events;
    store.read.store(0, Ordering::SeqCst);
    let publications = Publications::<_, Meters>::new(Arc::clone(&store));
    for page in all.chunks(10) {
        publications.of(page).await.expect("they can be mapped");
    }
    store.read.load(Ordering::SeqCst)
}

#[tokio::test]
async fn looking_back_costs_in_proportion_to_the_stream_however_rarely_something_is_told() {
    for one_in in [1, 3, 25, 400] {
        let (small, large) = (read(800, one_in).await, read(1600, one_in).await);
        assert!(large <= 1600 * 3, "{large} events read for 1600, one in {one_in} told");
        assert!(small * 5 >= large * 2, "{small} for 800, and {large} for 1600, one in {one_in}");
    }
}
