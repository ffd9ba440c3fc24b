//! What is stored of an owner, what is shown of them, and the three ways to forget them, side by side.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cockpit::{Csrf, Frame, Problem, When};
use daybook::aggregates::decode;
use daybook::aggregates::field::{InvalidField, text};
use daybook::aggregates::registration::MeterId;
use daybook::cosmos;
use daybook::event_store::{Range, RecordedEvent};
use daybook::gdpr::PersonError;
use daybook::gdpr::erasure::{Event, Way};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::ways;
use crate::privacy::{Owner, PrivacyError};
use crate::view::MeterView;
use crate::web::App;
use crate::web::api::json;
use crate::web::extract::{Id, Sent, Submitted};
use crate::words;

type Answer = Result<Response, Problem>;

/// The personal fields of a registration.
const FIELDS: [&str; 3] = ["postal_code", "house_number", "activation_code"];

#[derive(Template)]
#[template(path = "privacy.html")]
struct Page<'a> {
    frame: Frame<'a>,
    id: &'a MeterId,
    done: bool,
    /// Name, as stored, as shown.
    fields: Vec<(&'static str, String, String)>,
    ways: [ways::Way; 3],
    written: Vec<Line>,
    searched: bool,
    left: Vec<String>,
}

struct Line {
    when: When,
    what: String,
    actor: String,
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
    verify: Option<String>,
}

/// `GET /meters/{id}/privacy?verify=`
pub async fn page(
    State(app): State<App>,
    Id(id): Id,
    asked: Result<Query<Asked>, QueryRejection>,
    csrf: Csrf,
) -> Answer {
    let Asked { done, verify } = asked?.0;
    let missing = || Problem::not_found("there is no such meter");
    let stored = app.privacy.stored(&id).await?.ok_or_else(missing)?;
    let shown = app.meters.load(&id, Range::all()).await?.view();
    let fields = fields(&stored.data, &shown);
    let postal_code = &fields[0].2;
    let ways = ways::ways(&id, &stored, postal_code);
    let written = app.privacy.written_down(&id).await?;
    let left = if verify.is_some() { left(&app, &id, &written).await? } else { vec![] };
    let page = Page {
        frame: Frame::new(&app.site, &csrf),
        id: &id,
        done: done.is_some(),
        ways,
        fields,
        written: written.iter().map(line).collect(),
        searched: verify.is_some(),
        left,
    };
    csrf.page(StatusCode::OK, &page)
}

/// `POST /meters/{id}/privacy`: forgets.
pub async fn forget(State(app): State<App>, Id(id): Id, form: Submitted) -> Answer {
    let Submitted { filled, context, .. } = form;
    let way = match filled.get("way") {
        "key" => Way::Key,
        "stream" => Way::Stream,
        "person" => Way::Person,
        _ => return Err(InvalidField::new("way", "must be key, stream or person").into()),
    };
    let reason = text("reason", filled.get("reason"), 200)?;
    app.privacy.forget(&id, way, &reason, &context).await?;
    Ok(Redirect::to(&format!("/meters/{id}/privacy?done=yes&verify=yes")).into_response())
}

/// `POST /meters/{id}/owner`: enters an owner outside of the events.
pub async fn enter(State(app): State<App>, Id(id): Id, form: Submitted) -> Answer {
    let name = text("name", form.filled.get("name"), 80)?;
    match app.privacy.enter(&id, Owner { name }).await {
        Ok(()) => Ok(Redirect::to(&format!("/meters/{id}/privacy")).into_response()),
        Err(PersonError::Documents(error)) => Err(error.into()),
        Err(error) => {
            let title = "Nothing more is recorded about a person who was forgotten";
            Err(Problem::new(StatusCode::GONE, "forgotten", title, error.to_string()))
        }
    }
}

/// `GET /meters/{id}/held`: everything that is held on the owner, as a file.
pub async fn held(State(app): State<App>, Id(id): Id, Sent(context): Sent) -> Answer {
    let mut response = json(&app.privacy.held(&id, &context).await?);
    let name = format!("attachment; filename=\"meter-{id}.json\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// What a search finds of what was to be forgotten.
async fn left(app: &App, id: &MeterId, written: &[RecordedEvent]) -> Result<Vec<String>, Problem> {
    let ways: Vec<_> = written.iter().filter_map(ordered).collect();
    let left = app.privacy.left(id, &ways, &[]).await?;
    Ok(left.into_iter().map(|it| format!("{}: {} in {}", it.container, it.what, it.id)).collect())
}

fn ordered(recorded: &RecordedEvent) -> Option<Way> {
    match decode(recorded.event.kind(), recorded.event.data()) {
        Ok(Some(Event::ErasureOrdered { way, .. })) => Some(way),
        _ => None,
    }
}

fn fields(stored: &Value, shown: &MeterView) -> Vec<(&'static str, String, String)> {
    let known = shown.registration.as_ref();
    let shown = |name| match (name, known) {
        (_, None) => "nothing".to_owned(),
        ("postal_code", Some(known)) => known.postal_code.clone(),
        ("house_number", Some(known)) => known.house_number.clone(),
        (_, Some(known)) => known.activation_code.clone(),
    };
    let row = |name| (name, stored[name].as_str().unwrap_or("nothing").to_owned(), shown(name));
    let mut rows: Vec<_> = FIELDS.into_iter().map(row).collect();
    let district = stored["district"].as_str().unwrap_or("nothing").to_owned();
    let status =
        words::district(&MeterView { registration: known.cloned(), ..MeterView::default() });
    rows.push((
        "district",
        district,
        if status.is_empty() { "nothing".to_owned() } else { status },
    ));
    rows
}

fn line(recorded: &RecordedEvent) -> Line {
    let what = match decode(recorded.event.kind(), recorded.event.data()) {
        Ok(Some(Event::ErasureOrdered { way, reason })) => {
            format!("{} ordered: {reason}", word(way))
        }
        Ok(Some(Event::ErasureCompleted { way })) => format!("{} done", word(way)),
        _ => recorded.event.kind().to_owned(),
    };
    let meta = recorded.event.meta();
    let when = When::new(meta.recorded_at, OffsetDateTime::now_utc());
    Line { when, what, actor: meta.actor.clone().unwrap_or_else(|| "somebody".to_owned()) }
}

fn word(way: Way) -> &'static str {
    match way {
        Way::Key => "erasing the key",
        Way::Stream => "deleting the stream",
        Way::Person => "removing the person",
    }
}

impl From<PrivacyError> for Problem {
    fn from(error: PrivacyError) -> Self {
        if !cosmos::forbidden(&error) {
            return Self::ours(&error);
        }
        let detail = "On Azure, keys and events are removed by a job with an identity of its own: run \
                      `just azure forget METER REASON WAY`. That it was asked for is written down.";
        let title = "This program may not forget";
        Self::new(StatusCode::FORBIDDEN, "not-permitted", title, detail)
    }
}
