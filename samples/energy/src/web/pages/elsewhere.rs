//! What others made of a meter: they know no more of it than they were told over the bus.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::{Csrf, Frame, Problem};
use daybook::aggregates::registration::MeterId;

use super::UNIT;
use crate::bus::Elsewhere;
use crate::web::App;
use crate::web::extract::Id;

#[derive(Template)]
#[template(path = "elsewhere.html")]
struct Page<'a> {
    frame: Frame<'a>,
    id: &'a MeterId,
    unit: &'static str,
    /// Nothing if there is no bus.
    told: Option<Elsewhere>,
}

/// `GET /meters/{id}/elsewhere`
pub async fn page(State(app): State<App>, Id(id): Id, csrf: Csrf) -> Result<Response, Problem> {
    let told = match &app.bus {
        Some(bus) => Some(bus.elsewhere(&id.stream()).await?),
        None => None,
    };
    let page = Page { frame: Frame::to_read(&app.site), id: &id, unit: UNIT, told };
    csrf.page(StatusCode::OK, &page)
}
