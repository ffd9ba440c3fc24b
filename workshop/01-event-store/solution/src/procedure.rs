//! Appending by stored procedure.

use cosmos::{Procedure, ProcedureError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    AppendError, Appended, Charge, CosmosEventStore, EventDocument, EventId, Expected, Metadata,
    NewEvent, RecordedEvent, SessionToken, StoreError, StreamId, Version, fit, load,
};

/// An event as the procedure takes it. The procedure gives it its version and its id.
#[derive(Serialize)]
struct Argument<'a> {
    event_id: &'a EventId,
    #[serde(rename = "type")]
    kind: &'a str,
    data: &'a RawValue,
    meta: &'a Metadata,
}

impl<'a> From<&'a NewEvent> for Argument<'a> {
    fn from(NewEvent { id, kind, data, meta }: &'a NewEvent) -> Self {
        Self { event_id: id, kind, data, meta }
    }
}

/// What the procedure answers.
#[derive(Debug, Deserialize)]
struct Answer {
    status: Status,
    version: Version,
    since: Option<Vec<EventDocument>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Appended,
    Duplicate,
    Conflict,
    Sealed,
}

pub(crate) async fn append(
    store: &CosmosEventStore,
    procedure: &Procedure,
    stream: &StreamId,
    expected: Expected,
    events: &[NewEvent],
) -> Result<Appended, AppendError<StoreError>> {
    let events_sent: Vec<_> = events.iter().map(Argument::from).collect();
    let arguments = (stream, expectation(expected), events_sent);
    let answer = match procedure.execute(stream.as_str(), &arguments).await {
        Ok(answer) => answer,
        Err(error) => return Err(refusal(store, stream, events, error).await),
    };
    let Answer { status, version, since } = answer.value;
    match status {
        Status::Appended | Status::Duplicate => Ok(Appended {
            version,
            duplicate: matches!(status, Status::Duplicate),
            charge: Charge(answer.charge),
            trips: 1,
            session: answer.session.map(SessionToken),
        }),
        Status::Conflict => {
            Err(AppendError::Conflict { actual: version, since: since.map(recorded) })
        }
        Status::Sealed => Err(AppendError::Sealed { at: version }),
    }
}

fn expectation(expected: Expected) -> serde_json::Value {
    match expected {
        Expected::Any => "any".into(),
        Expected::NoStream => "none".into(),
        Expected::StreamExists => "exists".into(),
        Expected::Exact(version) => version.0.into(),
    }
}

fn recorded(documents: Vec<EventDocument>) -> Vec<RecordedEvent> {
    documents.into_iter().map(RecordedEvent::from).collect()
}

/// What a refused execution means. Whatever the procedure threw, nothing was stored.
async fn refusal(
    store: &CosmosEventStore,
    stream: &StreamId,
    events: &[NewEvent],
    error: ProcedureError,
) -> AppendError<StoreError> {
    match error {
        ProcedureError::Throttled { retry_after } => AppendError::Throttled { retry_after },
        ProcedureError::TooLarge
        | ProcedureError::Timeout
        | ProcedureError::Script { number: Some(413), .. } => {
            AppendError::TooLarge { events: events.len(), bytes: fit::bytes(stream, events) }
        }
        // Some of these events, but not exactly these, were stored before.
        ProcedureError::Script { number: Some(409), .. } => match load::end(store, stream).await {
            Ok(end) => AppendError::Conflict { actual: end.version, since: None },
            Err(error) => AppendError::Store(error),
        },
        error => AppendError::Store(error.into()),
    }
}
