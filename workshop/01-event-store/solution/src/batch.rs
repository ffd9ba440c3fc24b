//! Appending by transactional batch: the same promise without a procedure.

use std::time::Duration;

use azure_data_cosmos::models::TransactionalBatchOperationResult as Operation;
use azure_data_cosmos::{CosmosError, Query, TransactionalBatch};
use serde::Deserialize;

use crate::document::document_id;
use crate::{
    AppendError, Appended, Charge, CosmosEventStore, EventId, Expected, NewEvent, Range,
    SessionToken, StoreError, StreamId, Version, document, fit, load,
};

/// A batch has at most 100 operations, and one is the read of the last known event.
const MOST_EVENTS: usize = 99;

/// How many requests may go into finding the end of a stream that others are writing to.
const FIND_THE_END: u32 = 32;

/// What became of a batch. Only `Written` stored anything.
enum Outcome {
    /// Every event is stored.
    Written(Appended),
    /// The stream does not end where the writer believed: 409 or 404.
    Elsewhere,
    /// The service refused for another reason, with this status.
    Refused {
        /// Such as 413 or 429.
        status: u16,
        /// When to try again, if the service says.
        retry_after: Option<Duration>,
    },
}

/// What the service answered to a batch.
pub(crate) struct Answer {
    /// The status of the operation that failed; the others then say 424.
    pub(crate) failure: Option<u16>,
    /// When to try the failed operation again.
    retry_after: Option<Duration>,
    charge: Charge,
    session: Option<SessionToken>,
}

/// Writes the events behind `after`, all or none, in one request.
async fn write(
    store: &CosmosEventStore,
    stream: &StreamId,
    after: Version,
    events: &[NewEvent],
) -> Result<Outcome, CosmosError> {
    //@ step 3: in one batch, read the document at {after} and create the events behind it
    let mut batch = TransactionalBatch::new(stream.to_string());
    if after > Version::ZERO {
        batch = batch.read_item(document_id(stream, after), None);
    }
    for (index, event) in events.iter().enumerate() {
        batch = batch.create_item(document(stream, after.plus(index + 1), event))?;
    }
    let answer = send(store, batch).await?;
    match answer.failure {
        None => Ok(Outcome::Written(answer.appended(after.plus(events.len())))),
        Some(404 | 409) => Ok(Outcome::Elsewhere),
        Some(status) => Ok(Outcome::Refused { status, retry_after: answer.retry_after }),
    }
    //@ end
}

/// Sends a batch and finds the operation that failed, if one did.
pub(crate) async fn send(
    store: &CosmosEventStore,
    batch: TransactionalBatch,
) -> Result<Answer, CosmosError> {
    let response = store.container.execute_transactional_batch(batch, None).await?;
    let headers = response.headers();
    let charge = headers.request_charge().map_or(0.0, |charge| charge.value());
    let session = headers.session_token().map(|token| SessionToken(token.as_str().to_owned()));
    let answer = response.into_model()?;
    let failed = answer.results().iter().find(|one| !one.is_success() && one.status_code() != 424);
    Ok(Answer {
        failure: failed.map(Operation::status_code),
        retry_after: failed.and_then(Operation::retry_after),
        charge: Charge(charge),
        session,
    })
}

impl Answer {
    fn appended(self, version: Version) -> Appended {
        let Self { charge, session, .. } = self;
        Appended { version, duplicate: false, charge, trips: 1, session }
    }

    /// The service takes no more for the moment.
    pub(crate) fn throttled<E>(self) -> AppendError<E> {
        AppendError::Throttled { retry_after: self.retry_after.unwrap_or_default() }
    }
}

/// Appends by batch: finds the end of the stream if the writer does not know it, writes, and on a refusal
/// finds out whether the events are there already.
pub(crate) async fn append(
    store: &CosmosEventStore,
    stream: &StreamId,
    expected: Expected,
    events: &[NewEvent],
) -> Result<Appended, AppendError<StoreError>> {
    if events.len() > MOST_EVENTS {
        return Err(too_large(stream, events));
    }
    match expected {
        Expected::Exact(version) => append_after(store, stream, version, events).await,
        Expected::NoStream => append_after(store, stream, Version::ZERO, events).await,
        Expected::Any | Expected::StreamExists => {
            append_at_end(store, stream, expected, events).await
        }
    }
}

/// Appends wherever the stream ends. Another writer may move the end meanwhile, again and again; then it is
/// found anew, but not for ever.
async fn append_at_end(
    store: &CosmosEventStore,
    stream: &StreamId,
    expected: Expected,
    events: &[NewEvent],
) -> Result<Appended, AppendError<StoreError>> {
    let mut trips = 0;
    loop {
        let end = load::end(store, stream).await.map_err(AppendError::Store)?;
        if end.sealed || !expected.holds(end.version) {
            return explain(store, stream, events).await;
        }
        trips += 1;
        match append_after(store, stream, end.version, events).await {
            Err(AppendError::Conflict { actual, .. })
                if actual > end.version && trips < FIND_THE_END =>
            {
                trips += 1;
            }
            outcome => return outcome.map(|done| Appended { trips: done.trips + trips, ..done }),
        }
    }
}

async fn append_after(
    store: &CosmosEventStore,
    stream: &StreamId,
    after: Version,
    events: &[NewEvent],
) -> Result<Appended, AppendError<StoreError>> {
    match write(store, stream, after, events).await {
        Ok(Outcome::Written(appended)) => Ok(appended),
        Ok(Outcome::Elsewhere) => explain(store, stream, events).await,
        Ok(Outcome::Refused { status: 413, .. }) => Err(too_large(stream, events)),
        Ok(Outcome::Refused { status: 429 | 449, retry_after }) => {
            Err(AppendError::Throttled { retry_after: retry_after.unwrap_or_default() })
        }
        Ok(Outcome::Refused { status, .. }) => {
            Err(AppendError::Store(StoreError::BatchRefused { status }))
        }
        Err(error) => Err(failed(stream, events, error)),
    }
}

/// Nothing was written: are these events here already, has the stream ended, or did another writer win?
async fn explain(
    store: &CosmosEventStore,
    stream: &StreamId,
    events: &[NewEvent],
) -> Result<Appended, AppendError<StoreError>> {
    if let Some(appended) = find(store, stream, events).await.map_err(AppendError::Store)? {
        return Ok(appended);
    }
    let end = load::end(store, stream).await.map_err(AppendError::Store)?;
    Err(if end.sealed {
        AppendError::Sealed { at: end.version }
    } else {
        AppendError::Conflict { actual: end.version, since: None }
    })
}

/// Finds the events by their ids, if exactly they are in the stream in this order.
async fn find(
    store: &CosmosEventStore,
    stream: &StreamId,
    events: &[NewEvent],
) -> Result<Option<Appended>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        version: Version,
        event_id: EventId,
    }
    const SELECT: &str = "SELECT c.version, c.meta.event_id FROM c WHERE";
    let by_id = Query::from(format!("{SELECT} c.meta.event_id = @id"));
    let by_id = by_id.with_parameter("@id", events[0].id())?;
    let first = load::rows::<Row>(store, stream, by_id, &Range::all()).await?;
    let Some(from) = first.found.first().map(|row| row.version) else {
        return Ok(None);
    };
    let range = format!("{SELECT} c.version >= @from AND c.version < @to ORDER BY c.version");
    let range = Query::from(range)
        .with_parameter("@from", from)?
        .with_parameter("@to", from.plus(events.len()))?;
    let stored = load::rows::<Row>(store, stream, range, &Range::all()).await?;
    let same = stored.found.len() == events.len()
        && stored.found.iter().zip(events).all(|(row, event)| row.event_id == *event.id());
    Ok(same.then(|| Appended {
        version: Version(from.0 + events.len() as u64 - 1),
        duplicate: true,
        charge: first.charge + stored.charge,
        trips: 1 + first.trips + stored.trips,
        session: None,
    }))
}

/// What it means that the request failed as a whole.
fn failed(stream: &StreamId, events: &[NewEvent], error: CosmosError) -> AppendError<StoreError> {
    match u16::from(error.status().status_code()) {
        413 => too_large(stream, events),
        429 => AppendError::Throttled { retry_after: Duration::from_secs(1) },
        _ => AppendError::Store(error.into()),
    }
}

fn too_large(stream: &StreamId, events: &[NewEvent]) -> AppendError<StoreError> {
    AppendError::TooLarge { events: events.len(), bytes: fit::bytes(stream, events) }
}
