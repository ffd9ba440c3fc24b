//! What the rules have to say against a command, as a problem.

use axum::http::StatusCode;
use cockpit::Problem;
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::meter::Rejection as Rule;
use daybook::event_store::StoreError;
use daybook::gdpr::meter::Rejection;

use crate::meters::Failure;

/// A refused command, with the field that it is about.
pub fn refused(rejection: &Rejection) -> Problem {
    let rule = match rejection {
        Rejection::Rule(rule) => rule,
        Rejection::Forgotten => return forgotten(rejection),
        Rejection::Unreadable(error) => return Problem::ours(error),
    };
    let (status, code) = match rule {
        Rule::Unknown => (StatusCode::NOT_FOUND, "unknown-meter"),
        Rule::AlreadyRegistered => (StatusCode::CONFLICT, "already-registered"),
        Rule::OtherReadings(_) => (StatusCode::CONFLICT, "other-readings"),
        Rule::NothingToCorrect(_) => (StatusCode::CONFLICT, "nothing-to-correct"),
        Rule::AlreadyActivated => (StatusCode::UNPROCESSABLE_ENTITY, "already-activated"),
        Rule::NotActivated => (StatusCode::UNPROCESSABLE_ENTITY, "not-activated"),
        Rule::Deregistered => (StatusCode::UNPROCESSABLE_ENTITY, "deregistered"),
    };
    let problem = Problem::new(status, code, "A rule is against it", rejection.to_string());
    let field = match rule {
        Rule::Unknown | Rule::AlreadyRegistered => "meter_id",
        Rule::OtherReadings(_) | Rule::NothingToCorrect(_) => "date",
        _ => return problem,
    };
    let fields = vec![InvalidField::new(field, format!("is refused: {rejection}"))];
    Problem { fields, ..problem }
}

fn forgotten(rejection: &Rejection) -> Problem {
    let title = "Nothing more is recorded about a person who was forgotten";
    Problem::new(StatusCode::GONE, "forgotten", title, rejection.to_string())
}

impl From<Failure<StoreError>> for Problem {
    fn from(failure: Failure<StoreError>) -> Self {
        match failure {
            Failure::Load(error) => error.into(),
            failure => Self::ours(&failure),
        }
    }
}
