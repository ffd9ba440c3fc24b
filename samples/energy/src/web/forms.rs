//! What the pages' forms send. Done: on to a page that can be loaded again. Refused: the same page, with
//! what was typed and what is wrong with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cockpit::{AsOf, Attempt, Csrf, Filled, Problem};
use daybook::aggregates::Outcome;
use daybook::aggregates::meter::{Command, Event, Meter};
use daybook::aggregates::registration::{MeterId, Registration, activation_code};

use super::App;
use super::extract::{Id, context};
use super::pages::meter::View;
use super::pages::{home, meter};
use crate::delivery::{date, from_csv};

type Answer = Result<Response, Problem>;

/// `POST /meters`
pub async fn register(State(app): State<App>, csrf: Csrf, filled: Filled) -> Answer {
    let registration = Registration::new(
        filled.get("meter_id"),
        filled.get("postal_code"),
        filled.get("house_number"),
        filled.get("activation_code"),
    );
    let done = match registration {
        Ok(registration) => {
            let id = registration.meter_id.clone();
            execute(&app, &id, &filled, Command::Register(registration)).await.map(|_| id)
        }
        Err(fields) => Err(fields.into()),
    };
    match done {
        Ok(id) => Ok(Redirect::to(&format!("/meters/{id}?done=registered")).into_response()),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            let attempt = Attempt::refused("register", filled, &problem);
            home::show(&app, &csrf, status, (1, &attempt)).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /meters/{id}/activation`
pub async fn activate(State(app): State<App>, Id(id): Id, csrf: Csrf, filled: Filled) -> Answer {
    let command = activation_code(filled.get("activation_code"))
        .map(|activation_code| Command::Activate { activation_code });
    let done = match command {
        Ok(command) => execute(&app, &id, &filled, command).await,
        Err(field) => Err(field.into()),
    };
    let done = done.map(|done| match done.events[..] {
        [Event::MeterActivated { .. }] => "activated",
        _ => "wrong-code",
    });
    answer(&app, &id, &csrf, ("activation", filled), done).await
}

/// `POST /meters/{id}/readings`
pub async fn readings(State(app): State<App>, Id(id): Id, csrf: Csrf, filled: Filled) -> Answer {
    let day = date(filled.get("date")).and_then(|date| from_csv(date, filled.get("csv")));
    let command = if filled.get("correct").is_empty() {
        Command::CollectReadings
    } else {
        Command::CorrectReadings
    };
    let done = match day {
        Ok(day) => execute(&app, &id, &filled, command(day)).await,
        Err(field) => Err(field.into()),
    };
    let done = done.map(|done| match done.events[..] {
        [] => "nothing",
        [Event::MeterReadingsCorrected { .. }] => "corrected",
        _ => "readings",
    });
    answer(&app, &id, &csrf, ("readings", filled), done).await
}

/// `POST /meters/{id}/deregistration`
pub async fn deregister(State(app): State<App>, Id(id): Id, csrf: Csrf, filled: Filled) -> Answer {
    let done = execute(&app, &id, &filled, Command::Deregister).await.map(|_| "deregistered");
    answer(&app, &id, &csrf, ("deregistration", filled), done).await
}

async fn execute(
    app: &App,
    id: &MeterId,
    filled: &Filled,
    command: Command,
) -> Result<Outcome<Meter>, Problem> {
    // Sent twice, the form is one command.
    app.execute(id, command, &context(filled.get("command_id"))?).await
}

async fn answer(
    app: &App,
    id: &MeterId,
    csrf: &Csrf,
    (form, filled): (&'static str, Filled),
    done: Result<&str, Problem>,
) -> Answer {
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/meters/{id}?done={done}")).into_response()),
        Err(problem) if refused(&problem) => {
            let status = problem.status;
            let attempt = Attempt::refused(form, filled, &problem);
            let view = View { id, as_of: AsOf::Now, notice: None, attempt: &attempt };
            meter::show(app, csrf, status, view).await
        }
        Err(problem) => Err(problem),
    }
}

/// Whether there is a page to show the problem on: an unknown meter has none.
fn refused(problem: &Problem) -> bool {
    problem.status.is_client_error() && problem.status != StatusCode::NOT_FOUND
}
