//! The end of a stream.
//!
//! A marker document stands at the version behind the last event, so a writer who does not know that the
//! stream has ended collides with it, whichever way it appends.

use azure_data_cosmos::{Query, TransactionalBatch};
use serde::Deserialize;

use crate::batch::send;
use crate::document::document_id;
use crate::{
    AppendError, Appended, CosmosEventStore, Expected, Metadata, NewEvent, Range, Sealing,
    StoreError, StreamId, Version, document, load,
};

/// A batch has at most 100 operations.
const DELETES: usize = 100;

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

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<StoreError>> {
        let end = load::end(self, stream).await.map_err(AppendError::Store)?;
        if end.version == Version::ZERO {
            return Ok(0);
        }
        if !end.sealed {
            let marker = NewEvent::marker(stream.as_str(), meta.clone());
            self.write(stream, Expected::Exact(end.version), &[marker]).await?;
        }
        erase(self, stream, &meta).await.map_err(AppendError::Store)
    }
}

/// Removes the events of a sealed stream: the later ones are deleted, the first is blanked, so that no new
/// stream can begin under the name. What a crash leaves, the next call removes.
async fn erase(
    store: &CosmosEventStore,
    stream: &StreamId,
    meta: &Metadata,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let versions = newest_events(store, stream).await?;
        let Some(oldest) = versions.last() else {
            return Ok(removed);
        };
        let later: Vec<_> = versions.iter().filter(|version| version.0 > 1).collect();
        let mut batch = TransactionalBatch::new(stream.to_string());
        for version in &later {
            batch = batch.delete_item(document_id(stream, **version), None);
        }
        if later.is_empty() {
            let stub = NewEvent::stub(stream, meta.clone());
            batch = batch.replace_item(
                document_id(stream, *oldest),
                document(stream, *oldest, &stub),
                None,
            )?;
        }
        match send(store, batch).await?.failure {
            None => removed += later.len().max(1) as u64,
            // Somebody else is erasing the same stream: see what is left.
            Some(404) => {}
            Some(status) => return Err(StoreError::BatchRefused { status }),
        }
    }
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
        "SELECT TOP {DELETES} c.version FROM c WHERE NOT STARTSWITH(c.type, '$') ORDER BY c.version DESC"
    ));
    let found = load::rows::<Row>(store, stream, query, &Range::all()).await?;
    Ok(found.found.into_iter().map(|row| row.version).collect())
}
