//! One view: its document, its checkpoint, and the events it was made from; and its retry.

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use daybook::event_store::Range;
use daybook::projections::{Documents, Generations, Retried, ViewDocument, ViewKey, view_id};
use serde_json::Value;
use time::OffsetDateTime;

use super::{address, known, projected};
use crate::form::Filled;
use crate::parts::{Checkpoint, Document, EventRow};
use crate::projected::{Known, Projected};
use crate::{Cockpit, Csrf, Documented, Frame, Problem, StreamList};

/// How many events of the stream are shown.
const EVENTS: u32 = 20;

#[derive(Template)]
#[template(path = "view.html")]
struct ViewPage<'a> {
    frame: Frame<'a>,
    name: &'static str,
    key: &'a str,
    address: String,
    checkpoint: Checkpoint,
    /// Why it was given up.
    parked: Option<String>,
    document: Document,
    /// The stream it is made from, if it is one.
    stream: Option<String>,
    events: Vec<EventRow>,
}

/// `GET /cockpit/views/{projection}/{key}`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<(String, String)>, PathRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let Path((name, key)) = path?;
    let projected = projected(&cockpit)?;
    let known = known(projected, &name)?;
    let document = document(projected, known, &key).await?;
    let stream = (known.stream)(&key);
    let events = match &stream {
        Some(stream) => {
            let newest = Range::all().backward().limit(EVENTS);
            cockpit.store.load(stream, newest).await?.events
        }
        None => vec![],
    };
    let now = OffsetDateTime::now_utc();
    let row = |event| {
        EventRow::new(event, cockpit.categories, now)
            .leading_to(format!("/cockpit/streams/{}?version={}", event.stream, event.version))
    };
    csrf.page(
        StatusCode::OK,
        &ViewPage {
            frame: Frame::new(&cockpit.site, &csrf),
            name: known.name,
            address: address(known.name, &key),
            checkpoint: Checkpoint::new(document.checkpoint.clone()),
            parked: document.parked.as_ref().map(|parked| parked.reason.clone()),
            document: Document::new(&serde_json::to_string(&document)?, None),
            stream: stream.map(|stream| stream.to_string()),
            events: events.iter().map(row).collect(),
            key: &key,
        },
    )
}

/// `POST /cockpit/views/{projection}/{key}`: builds the view again.
pub async fn retry<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<(String, String)>, PathRejection>,
    _form: Filled,
) -> Result<Response, Problem> {
    let Path((name, key)) = path?;
    let projected = projected(&cockpit)?;
    let known = known(projected, &name)?;
    match projected.retry(known, &key).await? {
        Retried::Done | Retried::NotParked => {
            Ok(Redirect::to(&address(known.name, &key)).into_response())
        }
        Retried::Overtaken => Err(Problem::busy(
            "events for the view kept coming while it was built: try again, or rebuild the projection",
        )),
    }
}

async fn document(
    projected: &Projected,
    known: &Known,
    key: &str,
) -> Result<ViewDocument<Value>, Problem> {
    let missing = || Problem::not_found(format!("{} has no view {key}", known.name));
    let generations = projected.views.read::<Generations>(known.name).await?.ok_or_else(missing)?;
    let generation = generations.document.live.name(known.name);
    let id = view_id(&generation, &ViewKey::from(key));
    let found = projected.views.read(&id).await?.ok_or_else(missing)?;
    Ok(found.document)
}
