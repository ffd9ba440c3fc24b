//! A meter, now or then.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use cockpit::parts::{Bars, EventRow, Point, StateCard, Travel};
use cockpit::{AsOf, Attempt, Csrf, Frame, Problem, when};
use daybook::aggregates::Recorded;
use daybook::aggregates::meter::{Event, Rejection as Rule};
use daybook::aggregates::registration::MeterId;
use daybook::event_store::{Range, RecordedEvent, StreamId, Version};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::{UNIT, daily};
use crate::meters::History;
use crate::view::MeterView;
use crate::web::App;
use crate::web::extract::Id;
use crate::web::refusal::refused;
use crate::weeks::{Week, WeekTotals, weeks};
use crate::words::{self, CATEGORIES};

/// How far a timeline reaches on either side of where the reader stands.
const AROUND: u64 = 25;

/// How much of the past the charts show.
const CHART_WEEKS: usize = 12;
const CHART_DAYS: usize = 28;

#[derive(Template)]
#[template(path = "meter.html")]
struct MeterPage<'a> {
    frame: Frame<'a>,
    id: &'a MeterId,
    stream: StreamId,
    /// Where it hangs, opened: whoever sees this page may.
    address: String,
    status: &'static str,
    version: Version,
    head: Version,
    travel: Travel,
    state: Option<StateCard>,
    weeks: Vec<WeekTotals>,
    week_chart: Bars,
    day_chart: Bars,
    timeline: Vec<EventRow>,
    attempt: &'a Attempt,
    notice: Option<&'static str>,
}

#[derive(Deserialize)]
pub struct Noticed {
    done: Option<String>,
}

/// `GET /meters/{id}`
pub async fn page(
    State(app): State<App>,
    Id(id): Id,
    as_of: AsOf,
    noticed: Result<Query<Noticed>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let notice = notice(noticed?.0.done.as_deref());
    let view = View { id: &id, as_of, notice, attempt: &Attempt::default() };
    show(&app, &csrf, StatusCode::OK, view).await
}

/// What to show of a meter.
pub struct View<'a> {
    pub id: &'a MeterId,
    pub as_of: AsOf,
    pub notice: Option<&'static str>,
    pub attempt: &'a Attempt,
}

/// A meter's page, also after a form was refused.
pub async fn show(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    view: View<'_>,
) -> Result<Response, Problem> {
    let History { events, recorded, .. } = app.meters.load(view.id, Range::all()).await?;
    let head = events.last().ok_or_else(|| refused(&Rule::Unknown.into()))?.version;
    let seen = seen(&events, view.as_of)?;
    let newest = seen.last().ok_or_else(|| Problem::not_found("the meter was not known yet"))?;
    let meter = MeterView::of(seen);
    let (stream, version) = (view.id.stream(), newest.version);
    let weeks = weeks(&meter);
    let page = MeterPage {
        frame: Frame::new(&app.site, csrf),
        id: view.id,
        address: words::address(&meter),
        status: words::status(meter.status),
        version,
        head,
        travel: Travel::new(
            format!("/meters/{}", view.id),
            "the meter",
            [version, head],
            newest.meta.recorded_at,
        ),
        state: CATEGORIES
            .of(&stream)
            .and_then(|known| StateCard::new(known, &recorded[..seen.len()], head)),
        week_chart: week_chart(&weeks),
        day_chart: day_chart(&weeks),
        timeline: timeline(&recorded, version),
        weeks,
        attempt: view.attempt,
        notice: view.notice,
        stream,
    };
    csrf.page(status, &page)
}

/// The events that had happened by then.
fn seen(events: &[Recorded<Event>], as_of: AsOf) -> Result<&[Recorded<Event>], Problem> {
    let head = events.len();
    let count = match as_of {
        AsOf::Now => head,
        AsOf::Version(asked) => events.partition_point(|event| event.version <= asked),
        AsOf::Time(time) => events.partition_point(|event| event.meta.recorded_at <= time),
    };
    match as_of {
        AsOf::Version(asked) if asked.0 > head as u64 => {
            let detail = format!("the meter is at version {head}, there is no version {asked} yet");
            Err(Problem::not_found(detail))
        }
        AsOf::Time(time) if count == 0 => {
            let detail = format!("at {} nothing was known of this meter yet", when::iso(time));
            Err(Problem::not_found(detail))
        }
        _ => Ok(&events[..count]),
    }
}

/// The events around the one where the reader stands, newest first.
fn timeline(events: &[RecordedEvent], here: Version) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let near = events.iter().rev().filter(|event| event.version.0.abs_diff(here.0) <= AROUND);
    near.map(|event| EventRow::new(event, CATEGORIES, now).seen_from(here)).collect()
}

fn week_chart(weeks: &[WeekTotals]) -> Bars {
    let shown = &weeks[weeks.len().saturating_sub(CHART_WEEKS)..];
    let points = shown.iter().map(|week| Point {
        name: week.week.to_string(),
        label: week.week.to_string(),
        value: week.total,
        odd: false,
    });
    Bars::new("Units by ISO week", UNIT, points.collect(), 84.0)
}

fn day_chart(weeks: &[WeekTotals]) -> Bars {
    let days: Vec<_> = daily(weeks).into_iter().collect();
    let shown = &days[days.len().saturating_sub(CHART_DAYS)..];
    let parity = |date: Date| weeks.iter().position(|week| week.week == Week::of(date));
    let points = shown.iter().map(|(date, total)| Point {
        name: date.to_string(),
        label: date.day().to_string(),
        value: *total,
        odd: parity(*date).is_some_and(|week| week % 2 == 1),
    });
    Bars::new("Units by day", UNIT, points.collect(), 26.0)
}

/// What a form did, named in the address it leads to.
fn notice(done: Option<&str>) -> Option<&'static str> {
    Some(match done? {
        "registered" => "The meter is registered. Activate it next.",
        "activated" => "The meter is activated and can deliver readings.",
        "wrong-code" => "The code is wrong. The attempt is recorded; the meter is not activated.",
        "readings" => "The readings are recorded.",
        "corrected" => "The readings are corrected. What they replace stays in the history.",
        "nothing" => "These were recorded before: there was nothing to do.",
        "deregistered" => "The meter is deregistered. Its history stays.",
        _ => return None,
    })
}
