//! A store on Cosmos DB whose streams are nobody else's, also where others write.

use crate::{
    AppendError, Appended, CosmosEventStore, EventStore, Expected, Metadata, NewEvent, Range,
    RecordedEvent, Sealing, Slice, StoreError, StreamId,
};

/// A store that gives each stream another name, in front of which stands `prefix`, and tells nobody.
pub struct Streams {
    store: CosmosEventStore,
    prefix: String,
}

impl Streams {
    pub(crate) fn new(store: CosmosEventStore, prefix: String) -> Self {
        Self { store, prefix }
    }

    fn named(&self, stream: &StreamId) -> StreamId {
        let id = stream.as_str().split_once(':').map_or("", |(_, id)| id);
        StreamId::new(stream.category(), format_args!("{}{id}", self.prefix))
            .expect("the checks' names are short")
    }
}

/// Events of a stream, under the name that it was asked for by.
fn of(stream: &StreamId, events: Vec<RecordedEvent>) -> Vec<RecordedEvent> {
    events.into_iter().map(|event| RecordedEvent { stream: stream.clone(), ..event }).collect()
}

fn refused<E>(stream: &StreamId, error: AppendError<E>) -> AppendError<E> {
    match error {
        AppendError::Conflict { actual, since } => {
            AppendError::Conflict { actual, since: since.map(|events| of(stream, events)) }
        }
        other => other,
    }
}

impl EventStore for Streams {
    type Error = StoreError;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, StoreError> {
        let slice = self.store.load(&self.named(stream), range).await?;
        Ok(Slice { events: of(stream, slice.events), ..slice })
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        let done = self.store.append(&self.named(stream), expected, events).await;
        done.map_err(|error| refused(stream, error))
    }
}

impl Sealing for Streams {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<StoreError>> {
        let done = self.store.close(&self.named(stream), expected, last).await;
        done.map_err(|error| refused(stream, error))
    }

    async fn seal(&self, stream: &StreamId, meta: Metadata) -> Result<(), AppendError<StoreError>> {
        self.store.seal(&self.named(stream), meta).await
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<StoreError>> {
        self.store.delete(&self.named(stream), meta).await
    }
}
