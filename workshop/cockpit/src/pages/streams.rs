//! Which streams there are.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use daybook::projections::{Projection, Streams};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{encoded, html};
use crate::parts::Freshness;
use crate::{Categories, Cockpit, Documented, Frame, Problem, Reader, StreamList, StreamRow, When};

/// How many streams a page lists.
const PAGE: u32 = 100;

#[derive(Template)]
#[template(path = "streams.html")]
struct StreamsPage<'a> {
    frame: Frame<'a>,
    prefix: &'a str,
    freshness: Freshness,
    rows: Vec<Row>,
    /// Whether these are not the first ones.
    on: bool,
    /// What to ask for to see more.
    next: Option<String>,
}

struct Row {
    stream: String,
    title: String,
    version: String,
    kind: String,
    when: When,
}

#[derive(Deserialize)]
pub struct Search {
    prefix: Option<String>,
    after: Option<String>,
}

/// `GET /cockpit/streams?prefix=`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    query: Result<Query<Search>, QueryRejection>,
    reader: Reader,
) -> Result<Response, Problem> {
    let Search { prefix, after } = query?.0;
    let prefix = prefix.unwrap_or_default();
    let prefix = prefix.trim();
    let freshness = match &cockpit.projected {
        Some(projected) => projected.fresh(&reader, &[Streams::NAME]).await?,
        None => Freshness::default(),
    };
    let on = after.is_some();
    let found = cockpit.streams.latest(prefix, PAGE, after).await?;
    let now = OffsetDateTime::now_utc();
    let rows = found.rows.into_iter().map(|one| row(one, cockpit.categories, now));
    let next = |next: String| format!("prefix={}&after={}", encoded(prefix), encoded(&next));
    html(&StreamsPage {
        frame: Frame::to_read(&cockpit.site),
        freshness,
        rows: rows.collect(),
        on,
        next: found.next.map(next),
        prefix,
    })
}

fn row(row: StreamRow, categories: Categories, now: OffsetDateTime) -> Row {
    let title = categories.of(&row.stream).map(|known| (known.title)(&row.stream));
    Row {
        title: title.unwrap_or_default(),
        stream: row.stream.to_string(),
        version: row.version.to_string(),
        kind: row.kind,
        when: When::new(row.changed_at, now),
    }
}
