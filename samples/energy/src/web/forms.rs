//! What the pages' forms send. Done: on to a page that can be loaded again. Refused: the same page, with
//! what was typed and what is wrong with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cockpit::{AsOf, Attempt, Csrf, Filled, Problem, Reader};
use daybook::aggregates::Outcome;
use daybook::aggregates::meter::Command;
use daybook::aggregates::registration::{MeterId, Registration, activation_code};
use daybook::gdpr::meter::{Event, Meter};

use super::extract::{Id, Submitted};
use super::pages::meter::View;
use super::pages::{home, meter};
use super::wanted::Wanted;
use super::{App, seen};
use crate::delivery::{date, from_csv};

type Answer = Result<Response, Problem>;

/// `POST /meters`
pub async fn register(State(app): State<App>, reader: Reader, form: Submitted) -> Answer {
    let Submitted { csrf, filled, context } = form;
    let registration = Registration::new(
        filled.get("meter_id"),
        filled.get("postal_code"),
        filled.get("house_number"),
        filled.get("activation_code"),
    );
    let done = match registration {
        Ok(registration) => {
            let id = registration.meter_id.clone();
            let done = app.execute(&id, Command::Register(registration), &context).await;
            done.map(|done| (id, done))
        }
        Err(fields) => Err(fields.into()),
    };
    match done {
        Ok((id, done)) => Ok(on_to(&id, &done, "registered")),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            let attempt = Attempt::refused("register", filled, &problem);
            home::show(&app, &csrf, status, (&Wanted::default(), &reader, &attempt)).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /meters/{id}/activation`
pub async fn activate(State(app): State<App>, Id(id): Id, form: Submitted) -> Answer {
    let Submitted { csrf, filled, context } = form;
    let done = match activation_code(filled.get("activation_code")) {
        Ok(activation_code) => {
            app.execute(&id, Command::Activate { activation_code }, &context).await
        }
        Err(field) => Err(field.into()),
    };
    let word = |events: &[Event]| match events {
        [Event::MeterActivated { .. }] => "activated",
        _ => "wrong-code",
    };
    answer(&app, &id, &csrf, ("activation", filled), done, word).await
}

/// `POST /meters/{id}/readings`
pub async fn readings(State(app): State<App>, Id(id): Id, form: Submitted) -> Answer {
    let Submitted { csrf, filled, context } = form;
    let day = date(filled.get("date")).and_then(|date| from_csv(date, filled.get("csv")));
    let command = if filled.get("correct").is_empty() {
        Command::CollectReadings
    } else {
        Command::CorrectReadings
    };
    let done = match day {
        Ok(day) => app.execute(&id, command(day), &context).await,
        Err(field) => Err(field.into()),
    };
    let word = |events: &[Event]| match events {
        [] => "nothing",
        [Event::MeterReadingsCorrected { .. }] => "corrected",
        _ => "readings",
    };
    answer(&app, &id, &csrf, ("readings", filled), done, word).await
}

/// `POST /meters/{id}/deregistration`
pub async fn deregister(State(app): State<App>, Id(id): Id, form: Submitted) -> Answer {
    let Submitted { csrf, filled, context } = form;
    let done = app.execute(&id, Command::Deregister, &context).await;
    answer(&app, &id, &csrf, ("deregistration", filled), done, |_| "deregistered").await
}

async fn answer(
    app: &App,
    id: &MeterId,
    csrf: &Csrf,
    (form, filled): (&'static str, Filled),
    done: Result<Outcome<Meter>, Problem>,
    word: impl Fn(&[Event]) -> &'static str,
) -> Answer {
    match done {
        Ok(done) => Ok(on_to(id, &done, word(&done.events))),
        Err(problem) if refused(&problem) => {
            let status = problem.status;
            let attempt = Attempt::refused(form, filled, &problem);
            let view = View { id, as_of: AsOf::Now, notice: None, attempt: &attempt };
            meter::show(app, csrf, status, view).await
        }
        Err(problem) => Err(problem),
    }
}

/// On to the meter's page, which says what was done. The browser remembers it, so that the views that it is
/// shown next hold it.
fn on_to(id: &MeterId, done: &Outcome<Meter>, word: &str) -> Response {
    let mut response = Redirect::to(&format!("/meters/{id}?done={word}")).into_response();
    if let Some(seen) = seen(id, done) {
        seen.keep(response.headers_mut());
    }
    response
}

/// Whether there is a page to show the problem on: an unknown meter has none.
fn refused(problem: &Problem) -> bool {
    problem.status.is_client_error() && problem.status != StatusCode::NOT_FOUND
}
