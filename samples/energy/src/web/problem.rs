//! Every failure of a request, as problem details (RFC 9457). Pages turn it into a page.

use axum::extract::rejection::{BytesRejection, FormRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::meter::Rejection;
use daybook::aggregates::{ExecuteError, LoadError};
use daybook::event_store::{AppendError, InvalidEvent, InvalidStreamId, StoreError};
use serde::Serialize;

use crate::reasons;

/// What is wrong, for the one who asked.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    /// The end of the problem's `type`.
    pub code: &'static str,
    pub title: &'static str,
    pub detail: String,
    pub fields: Vec<InvalidField>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { status, code, title, detail: detail.into(), fields: Vec::new() }
    }

    /// A part of the address cannot be used.
    pub fn address(field: InvalidField) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..Self::from(field) }
    }

    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    pub fn media_type(wanted: &str) -> Self {
        let detail = format!("send it with the header Content-Type: {wanted}");
        let field = InvalidField::new("Content-Type", format!("must be {wanted}"));
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let title = "The content has another type than expected";
        Self { fields: vec![field], ..Self::new(status, "media-type", title, detail) }
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", detail)
    }

    pub fn no_such_page() -> Self {
        Self::not_found("nothing is found at this address: the front page lists what there is")
    }

    pub fn wrong_method() -> Self {
        let detail = "the header Allow names what can be done here";
        let title = "This cannot be done at this address";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", title, detail)
    }

    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The request was not accepted", detail)
    }

    /// Something is wrong here, not there. The reason goes to the log, not to the network.
    fn ours(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!("{}", reasons(error));
        let detail = "the request could not be carried out: the log of the program says why. \
                      Sending a command again under its id is safe";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal", "Something went wrong here", detail)
    }

    fn busy(detail: &str) -> Self {
        let title = "Too much is going on";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title, detail)
    }
}

impl From<InvalidField> for Problem {
    fn from(field: InvalidField) -> Self {
        Self::from(vec![field])
    }
}

impl From<Vec<InvalidField>> for Problem {
    fn from(fields: Vec<InvalidField>) -> Self {
        let all: Vec<_> = fields.iter().map(ToString::to_string).collect();
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let title = "A field cannot be taken as it is";
        Self { fields, ..Self::new(status, "invalid-field", title, all.join("; ")) }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let (status, code) = match rejection {
            Rejection::Unknown => (StatusCode::NOT_FOUND, "unknown-meter"),
            Rejection::AlreadyRegistered => (StatusCode::CONFLICT, "already-registered"),
            Rejection::OtherReadings(_) => (StatusCode::CONFLICT, "other-readings"),
            Rejection::NothingToCorrect(_) => (StatusCode::CONFLICT, "nothing-to-correct"),
            Rejection::AlreadyActivated => (StatusCode::UNPROCESSABLE_ENTITY, "already-activated"),
            Rejection::NotActivated => (StatusCode::UNPROCESSABLE_ENTITY, "not-activated"),
            Rejection::Deregistered => (StatusCode::UNPROCESSABLE_ENTITY, "deregistered"),
        };
        let field = match rejection {
            Rejection::Unknown | Rejection::AlreadyRegistered => "meter_id",
            Rejection::OtherReadings(_) | Rejection::NothingToCorrect(_) => "date",
            _ => return Self::new(status, code, "A rule is against it", rejection.to_string()),
        };
        let fields = vec![InvalidField::new(field, format!("is refused: {rejection}"))];
        Self { fields, ..Self::new(status, code, "A rule is against it", rejection.to_string()) }
    }
}

impl From<ExecuteError<Rejection, StoreError>> for Problem {
    fn from(error: ExecuteError<Rejection, StoreError>) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => rejection.into(),
            ExecuteError::IdTaken { .. } => {
                let remedy = "belongs to another command on this meter: take a new one";
                InvalidField::new("Idempotency-Key", remedy).into()
            }
            ExecuteError::Contended { .. } => {
                Self::busy("others change this meter faster than this command: send it again")
            }
            ExecuteError::Throttled { .. } => Self::busy(
                "the database is out of request units: wait a second, then send it again",
            ),
            ExecuteError::Event(InvalidEvent::NumberTooLarge { number, .. }) => {
                InvalidField::new("value", format!("must be at most 2^53 and not {number}")).into()
            }
            ExecuteError::Append(AppendError::Sealed { .. }) => Rejection::Deregistered.into(),
            ExecuteError::Append(AppendError::TooLarge { bytes, .. }) => {
                let detail = format!("{bytes} bytes do not fit one transaction: send less at once");
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Self::new(status, "too-large", "The content is too large", detail)
            }
            error => Self::ours(&error),
        }
    }
}

impl From<LoadError<StoreError>> for Problem {
    fn from(error: LoadError<StoreError>) -> Self {
        Self::ours(&error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours(&error)
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::ours(&error)
    }
}

impl From<InvalidStreamId> for Problem {
    fn from(error: InvalidStreamId) -> Self {
        let remedy = format!("cannot be used: {error}");
        Self::address(InvalidField::new("stream", remedy))
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::malformed(rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed(rejection.body_text())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            let detail = "a request may have 1 MB: a day of readings has about 3 KB";
            return Self::new(status, "too-large", "The content is too large", detail);
        }
        Self::malformed(rejection.body_text())
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        match rejection {
            FormRejection::BytesRejection(bytes) => bytes.into(),
            FormRejection::InvalidFormContentType(_) => {
                Self::media_type("application/x-www-form-urlencoded")
            }
            other => Self::malformed(other.body_text()),
        }
    }
}

#[derive(Serialize)]
struct Details<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldDetails<'a>>,
}

#[derive(Serialize)]
struct FieldDetails<'a> {
    field: &'a str,
    detail: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let errors = self.fields.iter();
        let errors = errors.map(|one| FieldDetails { field: &one.field, detail: one.to_string() });
        let details = Details {
            r#type: format!("urn:daybook:energy:{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            field: self.fields.first().map(|one| one.field.as_str()),
            errors: errors.collect(),
        };
        let body = serde_json::to_string(&details).expect("texts and numbers have a JSON form");
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, json)], body).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        // For the page that a browser is shown instead.
        response.extensions_mut().insert(self);
        response
    }
}
