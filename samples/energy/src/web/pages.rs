//! The pages.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use daybook::event_store::{EventStore, Range, StreamId, Version};
use serde::Deserialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::as_of::AsOf;
use super::chart::{Chart, Point, Sparkline};
use super::csrf::Csrf;
use super::extract::{Filled, Id};
use super::problem::Problem;
use super::rows::EventRow;
use super::{App, when};
use crate::field::InvalidField;
use crate::meter::{Meter, Rejection, Status};
use crate::meters::{History, Recorded, fold};
use crate::registration::MeterId;
use crate::weeks::{Week, WeekTotals, weeks};

/// How many events the front page and a timeline show, and a page of a stream.
const LATEST: usize = 12;
const AROUND: u64 = 25;
const PAGE: u32 = 50;
/// How much of the past the charts show.
const CHART_WEEKS: usize = 12;
const CHART_DAYS: usize = 28;

/// A form that was refused: what was typed, and what is wrong with it.
#[derive(Default)]
pub struct Attempt {
    /// Which of the page's forms.
    pub form: &'static str,
    pub typed: Filled,
    pub errors: Vec<InvalidField>,
    /// What is not about a field.
    pub refusal: Option<String>,
}

impl Attempt {
    pub fn refused(form: &'static str, typed: Filled, problem: &Problem) -> Self {
        let refusal = problem.fields.is_empty().then(|| problem.detail.clone());
        Self { form, typed, errors: problem.fields.clone(), refusal }
    }

    /// What was typed into a field of a form.
    fn typed(&self, form: &str, field: &str) -> &str {
        if self.form == form { self.typed.get(field) } else { "" }
    }

    /// What is wrong with a field of a form.
    fn error(&self, form: &str, field: &str) -> Option<&InvalidField> {
        self.errors.iter().find(|error| self.form == form && error.field == field)
    }

    /// What is wrong with a form besides these fields.
    fn others(&self, form: &str, fields: &[&str]) -> Vec<String> {
        let here = self.form == form;
        let errors = self.errors.iter().filter(|error| !fields.contains(&error.field.as_str()));
        let errors = errors.map(ToString::to_string).chain(self.refusal.clone());
        errors.filter(|_| here).collect()
    }
}

/// What every page carries.
struct Frame<'a> {
    place: &'a str,
    csrf: &'a str,
}

impl Frame<'_> {
    /// Names a command once per form, so that a form sent twice is one command.
    #[expect(clippy::unused_self, reason = "templates call methods of what they hold")]
    fn command_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    meters: Vec<MeterRow>,
    active: usize,
    days: usize,
    latest: Vec<EventRow>,
    attempt: &'a Attempt,
}

struct MeterRow {
    id: MeterId,
    status: &'static str,
    address: String,
    latest: Option<Date>,
    version: Version,
    spark: Option<Sparkline>,
}

/// `GET /`
pub async fn home(State(app): State<App>, csrf: Csrf) -> Result<Response, Problem> {
    show_home(&app, &csrf, StatusCode::OK, &Attempt::default()).await
}

/// The front page, also after a form was refused.
pub async fn show_home(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    attempt: &Attempt,
) -> Result<Response, Problem> {
    let all = app.meters.all().await?;
    let folded: Vec<_> = all.iter().map(|(id, history)| (id, history, history.fold())).collect();
    let page = Home {
        frame: Frame { place: &app.place, csrf: &csrf.token },
        meters: folded.iter().map(|(id, history, meter)| meter_row(id, history, meter)).collect(),
        active: folded.iter().filter(|(_, _, meter)| meter.status == Status::Active).count(),
        days: folded.iter().map(|(_, _, meter)| meter.days.len()).sum(),
        latest: latest(&all),
        attempt,
    };
    html(csrf, status, &page)
}

fn meter_row(id: &MeterId, history: &History, meter: &Meter) -> MeterRow {
    MeterRow {
        id: id.clone(),
        status: status_word(meter.status),
        address: address(meter),
        latest: meter.latest_reading_date(),
        version: history.version(),
        spark: Sparkline::new(&daily(&weeks(meter))),
    }
}

/// The newest events of all streams, by the times of their commands.
fn latest(all: &[(MeterId, History)]) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let newest = |(id, history): &(MeterId, History)| {
        let stream = id.stream();
        let events = history.events.iter().rev().take(LATEST).cloned();
        events.map(|event| (stream.clone(), event)).collect::<Vec<_>>()
    };
    let mut events: Vec<(StreamId, Recorded)> = all.iter().flat_map(newest).collect();
    events.sort_by_key(|(_, event)| std::cmp::Reverse((event.recorded_at, event.version)));
    events.truncate(LATEST);
    events.iter().map(|(stream, event)| EventRow::of(stream, event, now)).collect()
}

#[derive(Template)]
#[template(path = "meter.html")]
struct MeterPage<'a> {
    frame: Frame<'a>,
    id: &'a MeterId,
    stream: StreamId,
    meter: Meter,
    status: &'static str,
    address: String,
    /// What the newest event shown changed.
    changed: &'static str,
    version: Version,
    head: Version,
    recorded_at: when::When,
    at: String,
    weeks: Vec<WeekTotals>,
    week_chart: Chart,
    day_chart: Chart,
    timeline: Vec<EventRow>,
    attempt: &'a Attempt,
    notice: Option<&'static str>,
}

#[derive(Deserialize)]
pub struct Noticed {
    done: Option<String>,
}

/// `GET /meters/{id}`
pub async fn meter(
    State(app): State<App>,
    Id(id): Id,
    as_of: AsOf,
    noticed: Result<Query<Noticed>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let notice = notice(noticed?.0.done.as_deref());
    let view = View { id: &id, as_of, notice, attempt: &Attempt::default() };
    show_meter(&app, &csrf, StatusCode::OK, view).await
}

/// What to show of a meter.
pub struct View<'a> {
    pub id: &'a MeterId,
    pub as_of: AsOf,
    pub notice: Option<&'static str>,
    pub attempt: &'a Attempt,
}

/// A meter's page, also after a form was refused.
pub async fn show_meter(
    app: &App,
    csrf: &Csrf,
    status: StatusCode,
    view: View<'_>,
) -> Result<Response, Problem> {
    let History { events, .. } = app.meters.load(view.id, Range::all()).await?;
    let head = events.last().ok_or(Rejection::Unknown)?.version;
    let seen = seen(&events, view.as_of)?;
    let newest = seen.last().ok_or_else(|| Problem::not_found("the meter was not known yet"))?;
    let meter = fold(seen);
    let weeks = weeks(&meter);
    let page = MeterPage {
        frame: Frame { place: &app.place, csrf: &csrf.token },
        id: view.id,
        stream: view.id.stream(),
        status: status_word(meter.status),
        address: address(&meter),
        changed: newest.event.kind(),
        version: newest.version,
        head,
        recorded_at: when::When::new(newest.recorded_at, OffsetDateTime::now_utc()),
        at: when::field(newest.recorded_at),
        week_chart: week_chart(&weeks),
        day_chart: day_chart(&weeks),
        timeline: timeline(view.id, &events, newest.version),
        meter,
        weeks,
        attempt: view.attempt,
        notice: view.notice,
    };
    html(csrf, status, &page)
}

/// The events that had happened by then.
fn seen(events: &[Recorded], as_of: AsOf) -> Result<&[Recorded], Problem> {
    let head = events.len();
    let count = match as_of {
        AsOf::Now => head,
        AsOf::Version(asked) => events.partition_point(|event| event.version <= asked),
        AsOf::Time(time) => events.partition_point(|event| event.recorded_at <= time),
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
fn timeline(id: &MeterId, events: &[Recorded], here: Version) -> Vec<EventRow> {
    let now = OffsetDateTime::now_utc();
    let stream = id.stream();
    let near = events.iter().rev().filter(|event| event.version.0.abs_diff(here.0) <= AROUND);
    near.map(|event| EventRow::of(&stream, event, now).seen_from(here)).collect()
}

fn week_chart(weeks: &[WeekTotals]) -> Chart {
    let shown = &weeks[weeks.len().saturating_sub(CHART_WEEKS)..];
    let points = shown.iter().map(|week| Point {
        name: week.week.to_string(),
        label: week.week.to_string(),
        value: week.total,
        odd: false,
    });
    Chart::new("Units by ISO week", points.collect(), 84.0)
}

fn day_chart(weeks: &[WeekTotals]) -> Chart {
    let days: Vec<_> = daily(weeks).into_iter().collect();
    let shown = &days[days.len().saturating_sub(CHART_DAYS)..];
    let parity = |date: Date| weeks.iter().position(|week| week.week == Week::of(date));
    let points = shown.iter().map(|(date, total)| Point {
        name: date.to_string(),
        label: date.day().to_string(),
        value: *total,
        odd: parity(*date).is_some_and(|week| week % 2 == 1),
    });
    Chart::new("Units by day", points.collect(), 26.0)
}

fn daily(weeks: &[WeekTotals]) -> BTreeMap<Date, u64> {
    weeks.iter().flat_map(|week| week.days.clone()).collect()
}

#[derive(Template)]
#[template(path = "stream.html")]
struct StreamPage<'a> {
    frame: Frame<'a>,
    stream: StreamId,
    rows: Vec<EventRow>,
    /// Where the page begins, if it is not the newest.
    before: Option<Version>,
    older: Option<Version>,
    charge: String,
    trips: u32,
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<u64>,
}

/// `GET /streams/{stream}`: newest first, a page at a time.
pub async fn stream(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Before>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let stream: StreamId = path?.0.parse()?;
    let before = query?.0.before.map(Version);
    let range = Range::all().backward().limit(PAGE);
    let range = match before {
        Some(before) => range.up_to(Version(before.0.saturating_sub(1))),
        None => range,
    };
    let slice = app.meters.store().load(&stream, range).await?;
    if slice.events.is_empty() {
        return Err(Problem::not_found(format!("stream {stream} has no events here")));
    }
    let now = OffsetDateTime::now_utc();
    let rows = slice.events.iter().map(|event| EventRow::stored(event, &app.ledger, now));
    let oldest = slice.events.last().map(|event| event.version);
    let page = StreamPage {
        frame: Frame { place: &app.place, csrf: &csrf.token },
        rows: rows.collect(),
        before,
        older: oldest.filter(|version| version.0 > 1),
        charge: format!("{:.2}", slice.charge.0),
        trips: slice.trips,
        stream,
    };
    html(&csrf, StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    problem: &'a Problem,
}

/// A failure, for somebody who looks at a browser.
pub fn problem(app: &App, problem: &Problem) -> Response {
    let page = ProblemPage { frame: Frame { place: &app.place, csrf: "" }, problem };
    let text = page.render().unwrap_or_else(|_| problem.detail.clone());
    (problem.status, Html(text)).into_response()
}

fn html(csrf: &Csrf, status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let mut response = (status, Html(page.render()?)).into_response();
    csrf.set(response.headers_mut());
    Ok(response)
}

/// What a form did, named in the address it leads to.
fn notice(done: Option<&str>) -> Option<&'static str> {
    Some(match done? {
        "registered" => "The meter is registered. Activate it next.",
        "activated" => "The meter is activated and can deliver readings.",
        "wrong-code" => "The code is wrong. The attempt is recorded; the meter is not activated.",
        "readings" => "The readings are recorded.",
        "nothing" => "These were recorded before: there was nothing to do.",
        "deregistered" => "The meter is deregistered. Its history stays.",
        _ => return None,
    })
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Unknown => "unknown",
        Status::Registered => "registered",
        Status::Active => "active",
        Status::Deregistered => "deregistered",
    }
}

fn address(meter: &Meter) -> String {
    let known = meter.registration.as_ref();
    known.map_or(String::new(), |known| format!("{}, {}", known.postal_code, known.house_number))
}
