//! The projections, how they stand, and what was given up.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use daybook::projections::Overview;

use super::{address, html, projected};
use crate::model::{ProjectionStatus, Standing};
use crate::parts::{ProgressBar, StatusWord};
use crate::projected::{Known, Projected};
use crate::standing::status;
use crate::{Cockpit, Documented, Frame, Problem, StreamList};

#[derive(Template)]
#[template(path = "views.html")]
struct ViewsPage<'a> {
    frame: Frame<'a>,
    rows: Vec<Row>,
    parked: Vec<Parked>,
    /// Whether it looks different soon.
    moving: bool,
}

struct Row {
    name: &'static str,
    question: &'static str,
    version: u32,
    standing: StatusWord,
    building: Option<ProgressBar>,
    moving: bool,
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
    for (known, overview) in projected.overviews().await? {
        let given_up = match &overview {
            Some(overview) => Parked::of(projected, known.name, overview).await?,
            None => vec![],
        };
        rows.push(row(known, overview.as_ref(), given_up.len()));
        parked.extend(given_up);
    }
    let moving = rows.iter().any(|row| row.moving);
    html(&ViewsPage { frame: Frame::to_read(&cockpit.site), rows, parked, moving })
}

fn row(known: &Known, overview: Option<&Overview>, parked: usize) -> Row {
    let live = overview.map(|one| status(known.name, &one.live, true, parked));
    let standing = live.as_ref().map_or(&Standing::NotRun, |live| &live.standing);
    let building = overview.and_then(|overview| building(known.name, overview));
    Row {
        moving: building.is_some() || matches!(standing, Standing::Behind(_) | Standing::NotRun),
        name: known.name,
        question: known.question,
        version: live.as_ref().map_or(known.version, |live| live.version),
        standing: StatusWord::from(standing),
        building,
    }
}

/// How far the generation is that is being built, if one is.
pub(super) fn building(name: &str, overview: &Overview) -> Option<ProgressBar> {
    let ProjectionStatus { version, progress, .. } =
        status(name, overview.building.as_ref()?, false, 0);
    Some(ProgressBar::new(format!("Building version {version}"), progress?))
}

impl Parked {
    /// The views of the live generation that were given up.
    pub(super) async fn of(
        projected: &Projected,
        projection: &'static str,
        overview: &Overview,
    ) -> Result<Vec<Self>, Problem> {
        let found = projected.given_up(projection, overview).await?;
        Ok(found.into_iter().map(|(key, reason)| Self { projection, key, reason }).collect())
    }

    pub(super) fn address(&self) -> String {
        address(self.projection, &self.key)
    }
}
