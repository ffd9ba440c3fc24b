//! How the districts are doing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::parts::Freshness;
use cockpit::{Csrf, Frame, Problem, Reader};
use daybook::projections::Projection;

use super::UNIT;
use crate::projections::{DistrictOverview, Districts};
use crate::web::App;
use crate::web::reading::all_districts;
use crate::web::wanted::Wanted;

#[derive(Template)]
#[template(path = "districts.html")]
struct Page<'a> {
    frame: Frame<'a>,
    freshness: Freshness,
    /// Each with the address of its meters.
    districts: Vec<(String, DistrictOverview)>,
    unit: &'static str,
}

/// `GET /districts`
pub async fn page(State(app): State<App>, reader: Reader, csrf: Csrf) -> Result<Response, Problem> {
    let freshness = app.projected.fresh(&reader, &[Districts::NAME]).await?;
    let meters = |one: &DistrictOverview| {
        let wanted = Wanted { district: one.district.clone(), ..Wanted::default() };
        wanted.address("/", None)
    };
    let districts = all_districts(&app).await?.into_iter().map(|one| (meters(&one), one)).collect();
    let frame = Frame::to_read(&app.site);
    csrf.page(StatusCode::OK, &Page { frame, freshness, districts, unit: UNIT })
}
