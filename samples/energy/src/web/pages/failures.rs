//! Where somebody tries codes: for a security officer. Which codes is in no view.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::parts::Freshness;
use cockpit::{Csrf, Frame, Problem, Reader, When};
use daybook::projections::{Order, Projection, Question};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::projections::{ActivationFailures, Attempt, FailedActivations};
use crate::web::App;

/// How many meters a page lists, and how many attempts of each.
const PAGE: u32 = 50;
const LATEST: usize = 3;

#[derive(Template)]
#[template(path = "failures.html")]
struct Page<'a> {
    frame: Frame<'a>,
    freshness: Freshness,
    rows: Vec<Row>,
    /// Whether these are not the first ones.
    on: bool,
    next: Option<String>,
}

struct Row {
    meter: String,
    attempts: u64,
    latest: Vec<Tried>,
}

struct Tried {
    version: u64,
    when: When,
    actor: Option<String>,
}

#[derive(Deserialize)]
pub struct Part {
    after: Option<String>,
}

/// `GET /failures`: the meters with the most attempts first.
pub async fn page(
    State(app): State<App>,
    query: Result<Query<Part>, QueryRejection>,
    reader: Reader,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let after = query?.0.after;
    let freshness = app.projected.fresh(&reader, &[ActivationFailures::NAME]).await?;
    let question = Question::default().sorted_by("attempts", Order::Descending).at_most(PAGE);
    let on = after.is_some();
    let question = after.into_iter().fold(question, Question::after);
    let found = app.answers.failures.ask(question).await?;
    let now = OffsetDateTime::now_utc();
    let page = Page {
        frame: Frame::to_read(&app.site),
        freshness,
        rows: found.views.into_iter().map(|(_, failed)| row(failed, now)).collect(),
        on,
        next: found.next.map(|next| utf8_percent_encode(&next, NON_ALPHANUMERIC).to_string()),
    };
    csrf.page(StatusCode::OK, &page)
}

fn row(failed: FailedActivations, now: OffsetDateTime) -> Row {
    let tried = |Attempt { version, at, actor }| Tried { version, when: When::new(at, now), actor };
    let latest = failed.latest.into_iter().rev().take(LATEST).map(tried).collect();
    Row { meter: failed.meter, attempts: failed.attempts, latest }
}
