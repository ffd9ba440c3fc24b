//! The front page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use daybook::aggregates::Recorded;
use daybook::aggregates::meter::{Event, Status};
use daybook::aggregates::registration::MeterId;
use daybook::event_store::Version;
use time::{Date, OffsetDateTime};

use super::{Attempt, Frame, address, daily, district, html, status_word};
use crate::meters::History;
use crate::view::MeterView;
use crate::web::App;
use crate::web::chart::Sparkline;
use crate::web::csrf::Csrf;
use crate::web::problem::Problem;
use crate::web::rows::EventRow;
use crate::weeks::weeks;

/// How many events are shown.
const LATEST: usize = 12;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    meters: Vec<MeterRow>,
    active: usize,
    days: usize,
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

/// `GET /`
pub async fn page(State(app): State<App>, csrf: Csrf) -> Result<Response, Problem> {
    show(&app, &csrf, StatusCode::OK, &Attempt::default()).await
}

/// The front page, also after a form was refused.
pub async fn show(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    attempt: &Attempt,
) -> Result<Response, Problem> {
    let all = app.meters.all().await?;
    let folded: Vec<_> = all.iter().map(|(id, history)| (id, history, history.view())).collect();
    let page = Home {
        frame: Frame { place: &app.place, csrf: &csrf.token },
        meters: folded.iter().map(|(id, history, meter)| meter_row(id, history, meter)).collect(),
        active: folded.iter().filter(|(_, _, meter)| meter.status == Status::Active).count(),
        days: folded.iter().map(|(_, _, meter)| meter.days.len()).sum(),
        latest: latest(&all),
        most: LATEST,
        attempt,
    };
    html(csrf, status, &page)
}

fn meter_row(id: &MeterId, history: &History, meter: &MeterView) -> MeterRow {
    MeterRow {
        id: id.clone(),
        status: status_word(meter.status),
        address: address(meter),
        district: district(meter),
        latest: meter.latest_reading_date(),
        version: history.version(),
        spark: Sparkline::new(&daily(&weeks(meter))),
    }
}

/// The newest events of all streams, by the times of their commands.
fn latest(all: &[(MeterId, History)]) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let newest = all.iter().flat_map(|(_, history)| history.events.iter().rev().take(LATEST));
    let mut events: Vec<&Recorded<Event>> = newest.collect();
    events.sort_by_key(|event| std::cmp::Reverse((event.meta.recorded_at, event.version)));
    events.truncate(LATEST);
    events.into_iter().map(|event| EventRow::of(event, now)).collect()
}
