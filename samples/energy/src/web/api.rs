//! JSON for programs: commands, and what is folded from one stream.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cockpit::when::iso;
use cockpit::{AsOf, Documented, Problem};
use daybook::aggregates::Outcome;
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::meter::{Command, Rejection as Rule, Status};
use daybook::aggregates::readings::Day;
use daybook::aggregates::registration::{MeterId, Registration, activation_code};
use daybook::event_store::{Charge, Documents, Range, StoredDocument, StreamId, Version};
use daybook::gdpr::meter::{Event, Meter};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::extract::{Body, Id, Sent};
use super::refusal::refused;
use super::{App, seen};
use crate::delivery::{date, from_csv, from_json};
use crate::meters::History;

type Answer = Result<Response, Problem>;

/// `POST /api/meters`
pub async fn register(State(app): State<App>, Sent(context): Sent, body: Body) -> Answer {
    let fields = body.object()?;
    let names = ["meter_id", "postal_code", "house_number", "activation_code"];
    let (texts, missing): (Vec<_>, Vec<_>) =
        names.map(|name| fields.text(name)).into_iter().partition(Result::is_ok);
    let missing: Vec<InvalidField> = missing.into_iter().filter_map(Result::err).collect();
    let texts: Vec<&str> = texts.into_iter().filter_map(Result::ok).collect();
    let [id, postal_code, house_number, code] = texts[..] else {
        return Err(missing.into());
    };
    let registration = Registration::new(id, postal_code, house_number, code)?;
    let id = registration.meter_id.clone();
    let done = app.execute(&id, Command::Register(registration), &context).await?;
    let mut response = (StatusCode::CREATED, written(&id, &done, None)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/meters/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `POST /api/meters/{id}/activation`
pub async fn activate(
    State(app): State<App>,
    Id(id): Id,
    Sent(context): Sent,
    body: Body,
) -> Answer {
    let activation_code = activation_code(body.object()?.text("activation_code")?)?;
    let command = Command::Activate { activation_code };
    let done = app.execute(&id, command, &context).await?;
    let activated = matches!(done.events[..], [Event::MeterActivated { .. }]);
    Ok(written(&id, &done, Some(activated)).into_response())
}

/// `PUT /api/meters/{id}/readings/{date}`
pub async fn readings(
    State(app): State<App>,
    Id(id): Id,
    Sent(context): Sent,
    Delivered(day): Delivered,
) -> Answer {
    let done = app.execute(&id, Command::CollectReadings(day), &context).await?;
    Ok(written(&id, &done, None).into_response())
}

/// `POST /api/meters/{id}/corrections/{date}`: readings in the place of those that are recorded.
pub async fn correct(
    State(app): State<App>,
    Id(id): Id,
    Sent(context): Sent,
    Delivered(day): Delivered,
) -> Answer {
    let done = app.execute(&id, Command::CorrectReadings(day), &context).await?;
    Ok(written(&id, &done, None).into_response())
}

/// The readings in the body, for the day in the address.
pub struct Delivered(Day);

impl<S: Send + Sync> FromRequest<S> for Delivered {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Path((_, day)) =
            Path::<(String, String)>::from_request_parts(&mut parts, state).await?;
        let body = Body::from_request(Request::from_parts(parts, body), state).await?;
        let day = date(&day).map_err(Problem::address)?;
        if body.is("text/csv") {
            Ok(Self(from_csv(day, body.text()?)?))
        } else if body.is("application/json") {
            Ok(Self(from_json(day, &body.json()?)?))
        } else {
            Err(Problem::media_type("text/csv or application/json"))
        }
    }
}

/// `DELETE /api/meters/{id}`
pub async fn deregister(State(app): State<App>, Id(id): Id, Sent(context): Sent) -> Answer {
    let done = app.execute(&id, Command::Deregister, &context).await?;
    Ok(written(&id, &done, None).into_response())
}

/// `GET /api/meters/{id}`
pub async fn show(State(app): State<App>, Id(id): Id, as_of: AsOf) -> Answer {
    let history = history(&app, &id, as_of).await?;
    Ok(json(&Shown::of(&id, &history)))
}

/// `GET /api/streams/{stream}`
pub async fn stream(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Part>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Path(stream) = path?;
    let stream: StreamId = stream.parse()?;
    let range = query?.0.range()?;
    let Documents { documents, charge, trips } =
        app.meters.store().documents(&stream, range).await?;
    let Some(version) = documents.last().map(|last| last.event.version) else {
        return Err(Problem::not_found(format!("stream {stream} has no events there")));
    };
    let events = documents.into_iter().map(|StoredDocument { event, text }| Stored {
        document: text,
        append: app.ledger.price(&stream, event.version).map(|price| Append {
            charge: rounded(price.charge),
            trips: price.trips,
            events: price.events,
        }),
    });
    let events = events.collect();
    Ok(json(&Contents { stream, version, charge: rounded(charge), trips, events }))
}

/// A meter as it was then; before its first event there was none.
pub async fn history(app: &App, id: &MeterId, as_of: AsOf) -> Result<History, Problem> {
    let history = app.meters.load(id, as_of.range()).await?;
    let field = |name: &str, remedy: String| Problem {
        status: StatusCode::NOT_FOUND,
        ..InvalidField::new(name, remedy).into()
    };
    match as_of {
        AsOf::Version(asked) if history.version() != Version::ZERO && history.version() < asked => {
            let remedy = format!("is {asked}, but the meter is at version {}", history.version());
            Err(field("version", remedy))
        }
        AsOf::Time(time) if history.events.is_empty() => {
            let remedy = format!("is {}, and nothing was known of the meter then", iso(time));
            Err(field("at", remedy))
        }
        _ if history.events.is_empty() => Err(refused(&Rule::Unknown.into())),
        _ => Ok(history),
    }
}

/// Which part of a stream: `?after=N&limit=N`, else all of it.
#[derive(Deserialize)]
pub struct Part {
    after: Option<String>,
    limit: Option<String>,
}

impl Part {
    fn range(&self) -> Result<Range, Problem> {
        let range = Range::after(Version(number("after", self.after.as_deref())?.unwrap_or(0)));
        let limit = number("limit", self.limit.as_deref())?;
        Ok(limit.map_or(range.clone(), |limit| range.limit(limit)))
    }
}

fn number<N: std::str::FromStr>(field: &str, text: Option<&str>) -> Result<Option<N>, Problem> {
    let parse = |text: &str| {
        let remedy = "must be a whole number from 0";
        text.parse().map_err(|_| Problem::address(InvalidField::new(field, remedy)))
    };
    text.map(parse).transpose()
}

#[derive(Serialize)]
struct Contents {
    stream: StreamId,
    version: Version,
    charge: Charge,
    trips: u32,
    events: Vec<Stored>,
}

#[derive(Serialize)]
struct Stored {
    document: Box<RawValue>,
    /// What the append cost that wrote it; null if it was not made by this process.
    append: Option<Append>,
}

#[derive(Serialize)]
struct Append {
    charge: Charge,
    trips: u32,
    events: usize,
}

#[derive(Serialize)]
struct Shown<'a> {
    meter_id: &'a MeterId,
    status: Status,
    postal_code: Option<String>,
    house_number: Option<String>,
    district: Option<String>,
    failed_activation_attempts: u32,
    latest_reading_date: Option<String>,
    version: Version,
    recorded_at: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(meter_id: &'a MeterId, history: &History) -> Self {
        let meter = history.view();
        Self {
            meter_id,
            status: meter.status,
            postal_code: meter.registration.as_ref().map(|known| known.postal_code.clone()),
            house_number: meter.registration.as_ref().map(|known| known.house_number.clone()),
            district: meter.registration.as_ref().map(|known| known.district.to_string()),
            failed_activation_attempts: meter.failed_activation_attempts,
            latest_reading_date: meter.latest_reading_date().map(|date| date.to_string()),
            version: history.version(),
            recorded_at: history.events.last().map(|last| iso(last.meta.recorded_at)),
        }
    }
}

fn written(meter_id: &MeterId, done: &Outcome<Meter>, activated: Option<bool>) -> Response {
    #[derive(Serialize)]
    struct Written<'a> {
        meter_id: &'a MeterId,
        #[serde(skip_serializing_if = "Option::is_none")]
        activated: Option<bool>,
        version: Version,
        duplicate: bool,
        charge: Charge,
        trips: u32,
    }
    let Outcome { version, charge, trips, .. } = *done;
    let duplicate = done.repeated || done.events.is_empty();
    let charge = rounded(charge);
    let mut response = json(&Written { meter_id, activated, version, duplicate, charge, trips });
    // What it sends along with its next request waits for the views.
    if let Some(seen) = seen(meter_id, done) {
        seen.tell(response.headers_mut());
    }
    response
}

/// Sums of floating-point numbers end in digits that mean nothing.
fn rounded(charge: Charge) -> Charge {
    Charge((charge.0 * 100.0).round() / 100.0)
}

pub(super) fn json(value: &impl Serialize) -> Response {
    let body = serde_json::to_string(value).expect("our answers have text keys and no other maps");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
