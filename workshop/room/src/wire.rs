//! What guides send: small JSON messages, answered with JSON or with a sentence.

use crate::{Place, Refusal, Room, Ticket};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    name: String,
    step: String,
    passed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    ticket: Ticket,
    step: String,
    passed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leave {
    ticket: Ticket,
}

#[derive(Serialize)]
struct Joined {
    ticket: Ticket,
    shared: bool,
    kept: bool,
}

type Body = Result<Bytes, BytesRejection>;

/// Somebody wants to be seen.
///
/// # Errors
///
/// Those of [`crate::Roll::join`], and messages that cannot be read.
pub async fn join(State(room): State<Room>, body: Body) -> Result<Response, Refusal> {
    let Join { name, step, passed } = read(body)?;
    let (rules, now) = (room.rules(), room.now());
    let ticket = room.roll().join(&name, Place { step, passed }, rules, now)?;
    let joined = Joined { ticket, shared: rules.shared, kept: rules.kept };
    let text =
        serde_json::to_string(&joined).map_err(|error| Refusal::Message(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Somebody is at a step.
///
/// # Errors
///
/// Those of [`crate::Roll::at`], and messages that cannot be read.
pub async fn at(State(room): State<Room>, body: Body) -> Result<StatusCode, Refusal> {
    let At { ticket, step, passed } = read(body)?;
    room.roll().at(&ticket, Place { step, passed }, room.rules(), room.now())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody wants to be seen no more.
///
/// # Errors
///
/// The message cannot be read.
pub async fn leave(State(room): State<Room>, body: Body) -> Result<StatusCode, Refusal> {
    let Leave { ticket } = read(body)?;
    room.roll().leave(&ticket);
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: for<'a> Deserialize<'a>>(body: Body) -> Result<T, Refusal> {
    let body = body.map_err(|error| Refusal::Message(error.body_text()))?;
    serde_json::from_slice(&body).map_err(|error| Refusal::Message(error.to_string()))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Name(_) | Self::Step(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NameTaken(_) => StatusCode::CONFLICT,
            Self::Unknown => StatusCode::GONE,
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Message(_) => StatusCode::BAD_REQUEST,
            Self::NotShared | Self::Foreign => StatusCode::FORBIDDEN,
            Self::NoSuchPage => StatusCode::NOT_FOUND,
        };
        (status, self.to_string()).into_response()
    }
}
