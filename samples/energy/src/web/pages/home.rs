//! The front page.

use std::collections::HashSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::parts::{EventRow, Freshness, Sparkline};
use cockpit::{Attempt, Csrf, Frame, Problem, Reader, StreamList};
use daybook::projections::{Projection, Streams};
use time::OffsetDateTime;

use super::UNIT;
use crate::delivery::date;
use crate::projections::{Districts, MeterState, MeterStates, TotalActivated};
use crate::web::App;
use crate::web::reading::Totals;
use crate::web::wanted::Wanted;
use crate::words::{self, CATEGORIES};

/// How many events are shown.
const LATEST: usize = 12;

/// The views that the page is made of.
const VIEWS: [&str; 4] = [MeterStates::NAME, TotalActivated::NAME, Districts::NAME, Streams::NAME];

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    freshness: Freshness,
    totals: Totals,
    wanted: &'a Wanted,
    meters: Vec<MeterRow>,
    next: Option<String>,
    latest: Vec<EventRow>,
    most: usize,
    attempt: &'a Attempt,
}

struct MeterRow {
    id: String,
    status: &'static str,
    district: String,
    latest: Option<String>,
    version: u64,
    spark: Option<Sparkline>,
}

/// `GET /?status=&district=&sort=&limit=&after=`
pub async fn page(
    State(app): State<App>,
    wanted: Wanted,
    reader: Reader,
    csrf: Csrf,
) -> Result<Response, Problem> {
    show(&app, &csrf, StatusCode::OK, (&wanted, &reader, &Attempt::default())).await
}

/// The front page, also after a form was refused.
pub async fn show(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    (wanted, reader, attempt): (&Wanted, &Reader, &Attempt),
) -> Result<Response, Problem> {
    let freshness = app.projected.fresh(reader, &VIEWS).await?;
    let found = async {
        let found = app.answers.meters.ask(wanted.question()).await;
        found.map_err(Wanted::problem)
    };
    let (found, totals, latest) = futures::try_join!(found, Totals::of(app), latest(app))?;
    let home = Home {
        frame: Frame::new(&app.site, csrf),
        freshness,
        totals,
        wanted,
        meters: found.views.into_iter().map(|(_, meter)| meter_row(meter)).collect(),
        next: found.next.map(|next| wanted.address("/", Some(&next))),
        latest,
        most: LATEST,
        attempt,
    };
    csrf.page(status, &home)
}

impl Home<'_> {
    /// Nothing was registered, and not only nothing that is asked for here.
    fn is_empty(&self) -> bool {
        self.meters.is_empty() && !self.wanted.is_special() && self.wanted.after.is_none()
    }
}

fn meter_row(meter: MeterState) -> MeterRow {
    let days = meter.days.iter().filter_map(|(day, total)| Some((date(day).ok()?, *total)));
    MeterRow {
        status: words::status(meter.status),
        latest: meter.days.last_key_value().map(|(day, _)| day.clone()),
        spark: Sparkline::new(&days.collect(), UNIT),
        id: meter.meter,
        district: meter.district,
        version: meter.version,
    }
}

/// What happened last: in this process, and, as long as that is not much, the last event of other streams.
async fn latest(app: &App) -> Result<Vec<EventRow>, Problem> {
    let now = OffsetDateTime::now_utc();
    let events = app.ledger.latest(LATEST);
    let mut rows: Vec<_> =
        events.iter().map(|event| EventRow::new(event, CATEGORIES, now)).collect();
    if rows.len() < LATEST {
        let known: HashSet<_> = events.iter().map(|event| &event.stream).collect();
        let most = u32::try_from(LATEST).unwrap_or(u32::MAX);
        let streams = app.projected.latest("", most, None).await?.rows;
        let others = streams.iter().filter(|stream| !known.contains(&stream.stream));
        rows.extend(others.map(|stream| EventRow::last_of(stream, CATEGORIES, now)));
        rows.truncate(LATEST);
    }
    Ok(rows)
}
