//! The end of a stream.
//!
//! A marker document stands at the version behind the last event, so a writer who does not know that the
//! stream has ended collides with it, whichever way it appends.

use azure_data_cosmos::{CosmosError, Query, TransactionalBatch};
use serde::Deserialize;

use crate::batch::send;
use crate::document::document_id;
use crate::{
    AppendError, Appended, CosmosEventStore, EventDocument, Expected, Metadata, NewEvent, Range,
    Sealing, StoreError, StreamId, Version, load,
};

/// A batch has at most 100 operations.
const BLANKS: usize = 100;

impl Sealing for CosmosEventStore {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<StoreError>> {
        let marker = NewEvent::marker(last.id().as_str(), last.meta().clone());
        let appended = self.write(stream, expected, &[last, marker]).await?;
        Ok(Appended { version: Version(appended.version.0 - 1), ..appended })
    }

    async fn seal(&self, stream: &StreamId, meta: Metadata) -> Result<(), AppendError<StoreError>> {
        let end = load::end(self, stream).await.map_err(AppendError::Store)?;
        if end.version > Version::ZERO && !end.sealed {
            let marker = NewEvent::marker(stream.as_str(), meta);
            self.write(stream, Expected::Exact(end.version), &[marker]).await?;
        }
        Ok(())
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<StoreError>> {
        self.seal(stream, meta.clone()).await?;
        erase(self, stream, &meta).await
    }
}

/// Blanks the events of a sealed stream. A document stays at each version, so a writer who still believes in
/// one of them collides with the next, and no new stream can begin under the name. What a crash leaves, the
/// next call blanks.
async fn erase(
    store: &CosmosEventStore,
    stream: &StreamId,
    meta: &Metadata,
) -> Result<u64, AppendError<StoreError>> {
    let mut blanked = 0;
    loop {
        let versions = newest_events(store, stream).await.map_err(AppendError::Store)?;
        if versions.is_empty() {
            return Ok(blanked);
        }
        let blanks = blanks(stream, &versions, meta).map_err(StoreError::Cosmos);
        let sent = match blanks {
            Ok(batch) => send(store, batch).await.map_err(StoreError::Cosmos),
            Err(error) => Err(error),
        };
        let answer = sent.map_err(AppendError::Store)?;
        match answer.failure {
            None => blanked += versions.len() as u64,
            Some(429 | 449) => return Err(answer.throttled()),
            Some(status) => return Err(AppendError::Store(StoreError::BatchRefused { status })),
        }
    }
}

/// Puts a stub in the place of each event.
fn blanks(
    stream: &StreamId,
    versions: &[Version],
    meta: &Metadata,
) -> Result<TransactionalBatch, CosmosError> {
    let mut batch = TransactionalBatch::new(stream.to_string());
    for version in versions {
        let item = EventDocument::deleted(stream, *version, meta.clone());
        batch = batch.replace_item(document_id(stream, *version), item, None)?;
    }
    Ok(batch)
}

/// The versions of the newest events, newest first.
async fn newest_events(
    store: &CosmosEventStore,
    stream: &StreamId,
) -> Result<Vec<Version>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        version: Version,
    }
    let query = Query::from(format!(
        "SELECT TOP {BLANKS} c.version FROM c WHERE NOT STARTSWITH(c.type, '$') ORDER BY c.version DESC"
    ));
    let found = load::rows::<Row>(store, stream, query, &Range::all()).await?;
    Ok(found.found.into_iter().map(|row| row.version).collect())
}
