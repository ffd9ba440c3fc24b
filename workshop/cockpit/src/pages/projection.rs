//! One projection: its leases and its views; and its rebuild.

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use daybook::projections::{Question, ask, rebuild};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::views::{Parked, building};
use super::{address, encoded, known, projected};
use crate::form::Filled;
use crate::parts::{LeaseStrip, ProgressBar, StatusWord};
use crate::standing::status;
use crate::{Cockpit, Csrf, Documented, Frame, Problem, StreamList};

/// How many views a page lists.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "projection.html")]
struct ProjectionPage<'a> {
    frame: Frame<'a>,
    name: &'static str,
    question: &'static str,
    version: u32,
    generation: u32,
    standing: StatusWord,
    leases: LeaseStrip,
    building: Option<(ProgressBar, LeaseStrip)>,
    parked: Vec<Parked>,
    prefix: &'a str,
    views: Vec<Row>,
    /// What to ask for to see more.
    next: Option<String>,
}

struct Row {
    address: String,
    key: String,
    /// The view on one line.
    text: String,
}

#[derive(Deserialize)]
pub struct Search {
    prefix: Option<String>,
    after: Option<String>,
}

/// `GET /cockpit/views/{projection}?prefix=`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Search>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let projected = projected(&cockpit)?;
    let known = known(projected, &path?.0)?;
    let Search { prefix, after } = query?.0;
    let prefix = prefix.unwrap_or_default();
    let Some(overview) = projected.overview(known.name).await? else {
        return Err(Problem::not_found("no worker has run this projection yet: start one"));
    };
    let parked = Parked::of(projected, known.name, &overview).await?;
    let live = status(known.name, &overview.live, true, parked.len());
    let now = OffsetDateTime::now_utc();
    let generation = overview.generations.live.number;
    let question = Question::default().with_key(prefix.trim()).at_most(PAGE);
    let question = after.into_iter().fold(question, Question::after);
    let name = overview.generations.live.name(known.name);
    let found = ask::<Value>(&projected.views, &name, question).await?;
    let rows = found.views.into_iter().filter_map(|document| {
        let text = document.view?.to_string();
        Some(Row { address: address(known.name, &document.key), key: document.key, text })
    });
    let bar = building(known.name, &overview);
    let strip = overview
        .building
        .as_ref()
        .map(|building| LeaseStrip::new(&status(known.name, building, false, 0).leases, now));
    csrf.page(
        StatusCode::OK,
        &ProjectionPage {
            frame: Frame::new(&cockpit.site, &csrf),
            name: known.name,
            question: known.question,
            version: live.version,
            generation,
            standing: StatusWord::from(&live.standing),
            leases: LeaseStrip::new(&live.leases, now),
            building: bar.zip(strip),
            parked,
            prefix: prefix.trim(),
            views: rows.collect(),
            next: found
                .next
                .map(|next| format!("prefix={}&after={}", encoded(prefix.trim()), encoded(&next))),
        },
    )
}

/// `POST /cockpit/views/{projection}/rebuild`
pub async fn build_anew<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    _form: Filled,
) -> Result<Response, Problem> {
    let projected = projected(&cockpit)?;
    let known = known(projected, &path?.0)?;
    rebuild(&projected.views, known.name).await?;
    Ok(Redirect::to(&format!("/cockpit/views/{}", known.name)).into_response())
}
