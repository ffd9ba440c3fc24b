//! What the rules have to say against a command, as a problem.

use axum::http::StatusCode;
use cockpit::Problem;
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::meter::Rejection;

/// A refused command, with the field that it is about.
pub fn refused(rejection: &Rejection) -> Problem {
    let (status, code) = match rejection {
        Rejection::Unknown => (StatusCode::NOT_FOUND, "unknown-meter"),
        Rejection::AlreadyRegistered => (StatusCode::CONFLICT, "already-registered"),
        Rejection::OtherReadings(_) => (StatusCode::CONFLICT, "other-readings"),
        Rejection::NothingToCorrect(_) => (StatusCode::CONFLICT, "nothing-to-correct"),
        Rejection::AlreadyActivated => (StatusCode::UNPROCESSABLE_ENTITY, "already-activated"),
        Rejection::NotActivated => (StatusCode::UNPROCESSABLE_ENTITY, "not-activated"),
        Rejection::Deregistered => (StatusCode::UNPROCESSABLE_ENTITY, "deregistered"),
    };
    let problem = Problem::new(status, code, "A rule is against it", rejection.to_string());
    let field = match rejection {
        Rejection::Unknown | Rejection::AlreadyRegistered => "meter_id",
        Rejection::OtherReadings(_) | Rejection::NothingToCorrect(_) => "date",
        _ => return problem,
    };
    let fields = vec![InvalidField::new(field, format!("is refused: {rejection}"))];
    Problem { fields, ..problem }
}
