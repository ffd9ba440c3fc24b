//! The front page.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::parts::{EventRow, Sparkline};
use cockpit::{Attempt, Csrf, Frame, Problem};
use daybook::aggregates::meter::Status;
use daybook::aggregates::registration::MeterId;
use daybook::event_store::{RecordedEvent, Version};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::{UNIT, daily};
use crate::meters::History;
use crate::view::MeterView;
use crate::web::App;
use crate::weeks::weeks;
use crate::words::{self, CATEGORIES};

/// How many events and how many meters are shown.
const LATEST: usize = 12;
const METERS: usize = 20;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    /// How many meters there are.
    registered: usize,
    active: usize,
    days: usize,
    /// The first of them here, counted from 1.
    first: usize,
    meters: Vec<MeterRow>,
    newer: Option<usize>,
    older: Option<usize>,
    latest: Vec<EventRow>,
    most: usize,
    attempt: &'a Attempt,
}

struct MeterRow {
    id: MeterId,
    status: &'static str,
    address: String,
    district: String,
    latest: Option<Date>,
    version: Version,
    spark: Option<Sparkline>,
}

#[derive(Deserialize)]
pub struct Part {
    page: Option<usize>,
}

/// `GET /?page=`
pub async fn page(
    State(app): State<App>,
    query: Result<Query<Part>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let page = query?.0.page.unwrap_or(1).max(1);
    show(&app, &csrf, StatusCode::OK, (page, &Attempt::default())).await
}

/// The front page, also after a form was refused.
pub async fn show(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    (page, attempt): (usize, &Attempt),
) -> Result<Response, Problem> {
    let all = app.meters.all().await?;
    let folded: Vec<_> = all.iter().map(|(id, history)| (id, history, history.view())).collect();
    let skipped = (page - 1).saturating_mul(METERS);
    let shown = folded.iter().skip(skipped).take(METERS);
    let home = Home {
        frame: Frame::new(&app.site, csrf),
        registered: all.len(),
        active: folded.iter().filter(|(_, _, meter)| meter.status == Status::Active).count(),
        days: folded.iter().map(|(_, _, meter)| meter.days.len()).sum(),
        first: skipped + 1,
        meters: shown.map(|(id, history, meter)| meter_row(id, history, meter)).collect(),
        newer: (page > 1).then(|| page - 1),
        older: (all.len() > skipped.saturating_add(METERS)).then(|| page + 1),
        latest: latest(&all),
        most: LATEST,
        attempt,
    };
    csrf.page(status, &home)
}

fn meter_row(id: &MeterId, history: &History, meter: &MeterView) -> MeterRow {
    MeterRow {
        id: id.clone(),
        status: words::status(meter.status),
        address: words::address(meter),
        district: words::district(meter),
        latest: meter.latest_reading_date(),
        version: history.version(),
        spark: Sparkline::new(&daily(&weeks(meter)), UNIT),
    }
}

/// The newest events of all streams, by the times of their commands.
fn latest(all: &[(MeterId, History)]) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let newest = all.iter().flat_map(|(_, history)| history.recorded.iter().rev().take(LATEST));
    let mut events: Vec<&RecordedEvent> = newest.collect();
    events.sort_by_key(|one| std::cmp::Reverse((one.event.meta().recorded_at, one.version)));
    events.truncate(LATEST);
    events.into_iter().map(|event| EventRow::new(event, CATEGORIES, now)).collect()
}
