//! Reading a stream from Cosmos DB: one query in one logical partition, page by page.

use azure_data_cosmos::feed::FeedScope;
use azure_data_cosmos::options::{QueryOptions, SessionToken as SdkToken};
use azure_data_cosmos::{CosmosError, Query};
use futures::TryStreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::document::SEALED;
use crate::range::{Direction, UpTo};
use crate::{
    Charge, CosmosEventStore, Documents, EventDocument, Range, RecordedEvent, Slice, StoreError,
    StoredDocument, StreamId, Version, timestamp,
};

/// Where a stream ends.
pub(crate) struct End {
    /// The version of the last event.
    pub version: Version,
    /// Whether it takes no more events.
    pub sealed: bool,
    pub charge: Charge,
}

/// The rows of a query, with what they cost.
pub(crate) struct Rows<T> {
    pub found: Vec<T>,
    pub charge: Charge,
    pub trips: u32,
}

pub(crate) async fn slice(
    store: &CosmosEventStore,
    stream: &StreamId,
    range: Range,
) -> Result<Slice, StoreError> {
    let found: Rows<EventDocument> =
        rows(store, stream, query(&range, EVENTS_ONLY)?, &range).await?;
    let mut slice = Slice {
        version: range.after,
        events: found.found.into_iter().map(RecordedEvent::from).collect(),
        charge: found.charge,
        trips: found.trips,
    };
    match slice.events.iter().map(|event| event.version).max() {
        Some(newest) => slice.version = newest,
        // Nothing after a version may also mean that the stream does not reach it.
        None if range.after > Version::ZERO => {
            let end = end(store, stream).await?;
            slice.version = range.after.min(end.version);
            slice.charge += end.charge;
            slice.trips += 1;
        }
        None => {}
    }
    Ok(slice)
}

/// Finds the end of a stream, whatever its length, by the index on the version.
pub(crate) async fn end(store: &CosmosEventStore, stream: &StreamId) -> Result<End, StoreError> {
    #[derive(Deserialize)]
    struct Last {
        version: Version,
        #[serde(rename = "type")]
        kind: String,
    }
    let query = Query::from("SELECT TOP 1 c.version, c.type FROM c ORDER BY c.version DESC");
    let found: Rows<Last> = rows(store, stream, query, &Range::all()).await?;
    let last = found.found.into_iter().next();
    let sealed = last.as_ref().is_some_and(|last| last.kind == SEALED);
    let version = last.map_or(Version::ZERO, |last| last.version);
    let version = if sealed { Version(version.0 - 1) } else { version };
    Ok(End { version, sealed, charge: found.charge })
}

/// Runs a query in the stream's logical partition, to its end.
pub(crate) async fn rows<T: DeserializeOwned + Send + 'static>(
    store: &CosmosEventStore,
    stream: &StreamId,
    query: Query,
    range: &Range,
) -> Result<Rows<T>, CosmosError> {
    let mut options = QueryOptions::default();
    let known = range.session.as_ref().map(|token| token.0.clone());
    if let Some(token) =
        store.sessions.token().into_iter().chain(known).reduce(|all, one| all + "," + &one)
    {
        options = options.with_session_token(SdkToken::new(token));
    }
    let scope = FeedScope::partition(stream.to_string());
    let found = store.container.query_items(query, scope, Some(options)).await?;
    let mut pages = found.into_pages();
    let mut all = Rows { found: Vec::new(), charge: Charge::default(), trips: 0 };
    while let Some(page) = pages.try_next().await? {
        let charge = page.headers().request_charge().map_or(0.0, |charge| charge.value());
        all.charge += Charge(charge);
        all.trips += 1;
        all.found.extend(page.into_items());
    }
    Ok(all)
}

/// The documents of a stream as they are stored.
pub(crate) async fn documents(
    store: &CosmosEventStore,
    stream: &StreamId,
    range: Range,
) -> Result<Documents, StoreError> {
    let Rows { found, charge, trips } = rows(store, stream, query(&range, "")?, &range).await?;
    let stored = found.into_iter().map(|text: Box<RawValue>| {
        let document: EventDocument =
            serde_json::from_str(text.get()).map_err(|source| StoreError::Foreign { source })?;
        Ok(StoredDocument { event: document.into(), text })
    });
    Ok(Documents { documents: stored.collect::<Result<_, StoreError>>()?, charge, trips })
}

/// The store's own documents, such as the marker of a sealed stream, are no events.
const EVENTS_ONLY: &str = " AND NOT STARTSWITH(c.type, '$')";

fn query(range: &Range, filter: &str) -> Result<Query, CosmosError> {
    let up_to = match range.up_to {
        UpTo::End => "",
        UpTo::Version(_) => " AND c.version <= @last",
        UpTo::Time(_) => " AND c.meta.recorded_at <= @last",
    };
    let order = match range.direction {
        Direction::Forward => "ASC",
        Direction::Backward => "DESC",
    };
    let limit = range.limit.map_or(String::new(), |limit| format!(" OFFSET 0 LIMIT {limit}"));
    let text = format!(
        "SELECT * FROM c WHERE c.version > @after{up_to}{filter} \
         ORDER BY c.version {order}{limit}"
    );
    let query = Query::from(text).with_parameter("@after", range.after)?;
    match range.up_to {
        UpTo::End => Ok(query),
        UpTo::Version(version) => query.with_parameter("@last", version),
        UpTo::Time(time) => query.with_parameter("@last", timestamp::text(time)),
    }
}
