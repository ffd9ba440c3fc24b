//! The projections, how they stand, and what was given up.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use daybook::projections::{Overview, Question, ViewDocument, ask};
use serde_json::Value;

use super::standing::status;
use super::{address, html, projected};
use crate::model::{ProjectionStatus, Standing};
use crate::parts::{ProgressBar, StatusWord};
use crate::projected::{Known, Projected};
use crate::{Cockpit, Documented, Frame, Problem, StreamList};

/// So many parked views of a projection are listed.
const LISTED: u32 = 100;

#[derive(Template)]
#[template(path = "views.html")]
struct ViewsPage<'a> {
    frame: Frame<'a>,
    rows: Vec<Row>,
    parked: Vec<Parked>,
}

struct Row {
    name: &'static str,
    question: &'static str,
    version: u32,
    standing: StatusWord,
    building: Option<ProgressBar>,
}

/// A view that was given up.
pub(super) struct Parked {
    projection: &'static str,
    pub(super) key: String,
    pub(super) reason: String,
}

/// `GET /cockpit/views`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let projected = projected(&cockpit)?;
    let (mut rows, mut parked) = (Vec::new(), Vec::new());
    for known in projected.known() {
        let overview = projected.overview(known.name).await?;
        let given_up = match &overview {
            Some(overview) => given_up(projected, known.name, overview).await?,
            None => vec![],
        };
        rows.push(row(known, overview.as_ref(), given_up.len()));
        parked.extend(given_up);
    }
    html(&ViewsPage { frame: Frame::to_read(&cockpit.site), rows, parked })
}

fn row(known: &Known, overview: Option<&Overview>, parked: usize) -> Row {
    let live = overview.map(|one| status(known.name, &one.live, true, parked));
    let standing = live.as_ref().map_or(&Standing::NotRun, |live| &live.standing);
    Row {
        name: known.name,
        question: known.question,
        version: live.as_ref().map_or(known.version, |live| live.version),
        standing: StatusWord::from(standing),
        building: overview.and_then(|overview| building(known.name, overview)),
    }
}

/// How far the generation is that is being built, if one is.
pub(super) fn building(name: &str, overview: &Overview) -> Option<ProgressBar> {
    let ProjectionStatus { version, progress, .. } =
        status(name, overview.building.as_ref()?, false, 0);
    Some(ProgressBar::new(format!("Building version {version}"), progress?))
}

/// The views of the live generation that were given up.
pub(super) async fn given_up(
    projected: &Projected,
    projection: &'static str,
    overview: &Overview,
) -> Result<Vec<Parked>, Problem> {
    let generation = format!("{projection}@{}", overview.generations.live.number);
    let question = Question::default().parked().at_most(LISTED);
    let found = ask::<Value>(&projected.views, &generation, question).await?;
    let parked = |document: ViewDocument<Value>| {
        Some(Parked { projection, key: document.key, reason: document.parked?.reason })
    };
    Ok(found.views.into_iter().filter_map(parked).collect())
}

impl Parked {
    pub(super) fn address(&self) -> String {
        address(self.projection, &self.key)
    }
}
