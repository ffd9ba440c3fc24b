//! Which streams there are.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;

use super::html;
use crate::{Categories, Cockpit, Documented, Frame, Problem, StreamList, StreamRow, When};

/// How many streams a page lists.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "streams.html")]
struct StreamsPage<'a> {
    frame: Frame<'a>,
    prefix: &'a str,
    rows: Vec<Row>,
    /// How many are listed, if there are more.
    cut: Option<usize>,
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
}

/// `GET /cockpit/streams?prefix=`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    query: Result<Query<Search>, QueryRejection>,
) -> Result<Response, Problem> {
    let prefix = query?.0.prefix.unwrap_or_default();
    let prefix = prefix.trim();
    let mut found = cockpit.streams.latest(prefix, PAGE + 1).await?;
    let cut = (found.len() > PAGE).then_some(PAGE);
    found.truncate(PAGE);
    let now = OffsetDateTime::now_utc();
    let rows = found.into_iter().map(|one| row(one, cockpit.categories, now));
    html(&StreamsPage { frame: Frame::to_read(&cockpit.site), prefix, rows: rows.collect(), cut })
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
