//! JSON for programs that read: answers from the views. A header says whether these are behind.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use cockpit::parts::Freshness;
use cockpit::when::iso;
use cockpit::{AsOf, Problem, Reader};
use daybook::aggregates::meter::Status;
use daybook::projections::{CosmosDocuments, Projection, Question, Views};
use serde::Serialize;

use super::App;
use super::api::{history, json};
use super::extract::Id;
use super::wanted::Wanted;
use crate::projections::{
    ALL, ActivatedMeters, DailyTotalsByWeek, DistrictOverview, Districts, MeterState, MeterStates,
    TotalActivated, WeekOfMeter,
};
use crate::weeks;

type Answer = Result<Response, Problem>;

/// `current`, or `behind` where the views do not hold yet what they should.
const VIEWS: HeaderName = HeaderName::from_static("daybook-views");

/// So many views are read at once where all of them are wanted.
const AT_ONCE: u32 = 500;

/// `GET /api/meters`
pub async fn meters(State(app): State<App>, wanted: Wanted, reader: Reader) -> Answer {
    #[derive(Serialize)]
    struct Page<'a> {
        meters: Vec<Shown<'a>>,
        /// Where the next page is; null after a page that was not full.
        next: Option<String>,
    }
    let fresh = app.projected.fresh(&reader, &[MeterStates::NAME]).await?;
    let found = app.answers.meters.ask(wanted.question()).await;
    let found = found.map_err(Wanted::problem)?;
    let meters = found.views.iter().map(|(_, meter)| Shown::of(meter)).collect();
    let next = found.next.map(|next| wanted.address("/api/meters", Some(&next)));
    Ok(said(&Page { meters, next }, &fresh))
}

/// `GET /api/meters/{id}/weeks`: now from the views; then, folded from the stream.
pub async fn weeks(State(app): State<App>, Id(id): Id, as_of: AsOf, reader: Reader) -> Answer {
    if as_of != AsOf::Now {
        let history = history(&app, &id, as_of).await?;
        return Ok(json(&weeks::weeks(&history.view())));
    }
    let fresh = app.projected.fresh(&reader, &[DailyTotalsByWeek::NAME]).await?;
    let question = Question::default().with_key(&format!("{id}:"));
    let found = every(&app.answers.weeks, question).await?;
    if found.is_empty() {
        // There is no such meter, or it has no readings: its stream knows.
        let history = history(&app, &id, as_of).await?;
        return Ok(said(&weeks::weeks(&history.view()), &fresh));
    }
    let weeks: Vec<_> = found.iter().map(InWeek::of).collect();
    Ok(said(&weeks, &fresh))
}

/// `GET /api/districts`
pub async fn districts(State(app): State<App>, reader: Reader) -> Answer {
    let fresh = app.projected.fresh(&reader, &[Districts::NAME]).await?;
    Ok(said(&all_districts(&app).await?, &fresh))
}

/// `GET /api/totals`
pub async fn totals(State(app): State<App>, reader: Reader) -> Answer {
    let names = [TotalActivated::NAME, Districts::NAME];
    let fresh = app.projected.fresh(&reader, &names).await?;
    Ok(said(&Totals::of(&app).await?, &fresh))
}

/// All meters together.
#[derive(Serialize)]
pub struct Totals {
    /// Meters in the books.
    pub registered: i64,
    /// Those of them that are active.
    pub activated: i64,
    /// Days of meters that have readings.
    pub days: i64,
    /// What they counted.
    pub consumed: i64,
}

impl Totals {
    /// Adds up what the views say.
    pub async fn of(app: &App) -> Result<Self, Problem> {
        let activated = app.answers.activated.get(&ALL.into()).await?;
        let ActivatedMeters { count } = activated.unwrap_or_default();
        let districts = all_districts(app).await?;
        let sum = |of: fn(&DistrictOverview) -> i64| districts.iter().map(of).sum();
        Ok(Self {
            registered: sum(|one| one.registered),
            activated: count,
            days: sum(|one| one.days),
            consumed: sum(|one| one.consumed),
        })
    }
}

/// All districts, by name.
pub async fn all_districts(app: &App) -> Result<Vec<DistrictOverview>, Problem> {
    every(&app.answers.districts, Question::default()).await
}

/// All views that answer a question, page after page.
async fn every<P: Projection>(
    views: &Views<P, CosmosDocuments>,
    question: Question,
) -> Result<Vec<P::View>, Problem>
where
    P::View: 'static,
{
    let mut all = Vec::new();
    let mut next = Some(question.clone().at_most(AT_ONCE));
    while let Some(asked) = next {
        let answer = views.ask(asked).await?;
        all.extend(answer.views.into_iter().map(|(_, view)| view));
        next = answer.next.map(|after| question.clone().at_most(AT_ONCE).after(after));
    }
    Ok(all)
}

/// A week as the fold of a stream gives it.
#[derive(Serialize)]
struct InWeek<'a> {
    week: &'a str,
    total: u64,
    days: &'a BTreeMap<String, u64>,
}

impl<'a> InWeek<'a> {
    fn of(week: &'a WeekOfMeter) -> Self {
        Self { week: &week.week, total: week.total, days: &week.days }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    meter_id: &'a str,
    status: Status,
    district: &'a str,
    failed_activation_attempts: u32,
    latest_reading_date: Option<&'a str>,
    version: u64,
    recorded_at: String,
}

impl<'a> Shown<'a> {
    fn of(meter: &'a MeterState) -> Self {
        Self {
            meter_id: &meter.meter,
            status: meter.status,
            district: &meter.district,
            failed_activation_attempts: meter.failed_activation_attempts,
            latest_reading_date: meter.days.last_key_value().map(|(day, _)| day.as_str()),
            version: meter.version,
            recorded_at: iso(meter.changed_at),
        }
    }
}

fn said(value: &impl Serialize, fresh: &Freshness) -> Response {
    let mut response = json(value);
    let word = if fresh.is_behind() { "behind" } else { "current" };
    response.headers_mut().insert(VIEWS, HeaderValue::from_static(word));
    response
}
