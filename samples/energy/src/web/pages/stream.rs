//! A stream, as it is stored.

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use daybook::event_store::{Range, StreamId, Version};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{Frame, html};
use crate::web::App;
use crate::web::csrf::Csrf;
use crate::web::problem::Problem;
use crate::web::rows::EventRow;

/// How many events a page shows.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "stream.html")]
struct StreamPage<'a> {
    frame: Frame<'a>,
    stream: StreamId,
    rows: Vec<EventRow>,
    /// Where the page begins, if it is not the newest.
    before: Option<Version>,
    older: Option<Version>,
    price: String,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<u64>,
}

/// `GET /streams/{stream}`: newest first, a page at a time.
pub async fn page(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Before>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let stream: StreamId = path?.0.parse()?;
    let before = query?.0.before.map(Version);
    let range = Range::all().backward().limit(PAGE);
    let range = match before {
        Some(before) => range.up_to(Version(before.0.saturating_sub(1))),
        None => range,
    };
    let stored = app.meters.store().documents(&stream, range).await?;
    if stored.documents.is_empty() {
        return Err(Problem::not_found(format!("stream {stream} has no events here")));
    }
    let now = OffsetDateTime::now_utc();
    let rows = stored.documents.iter().map(|one| EventRow::stored(one, &app.ledger, now));
    let oldest = stored.documents.last().map(|one| one.event.version);
    let page = StreamPage {
        frame: Frame { place: &app.place, csrf: &csrf.token },
        rows: rows.collect(),
        before,
        older: oldest.filter(|version| version.0 > 1),
        price: app.ledger.say(stored.charge, stored.trips),
        stream,
    };
    html(&csrf, StatusCode::OK, &page)
}
