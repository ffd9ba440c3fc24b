//! Every failure of a request, as problem details (RFC 9457). Pages turn it into a page.

use askama::Template;
use axum::extract::rejection::{BytesRejection, FormRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::{ExecuteError, LoadError};
use daybook::event_store::{AppendError, InvalidEvent, InvalidStreamId, StoreError};
use daybook::projections;
use daybook::service_bus::{self, BusError};
use serde::Serialize;

use crate::{Frame, Site, reasons};

/// What is wrong, for the one who asked.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    /// The end of the problem's `type`.
    pub code: &'static str,
    /// What is wrong, in general.
    pub title: &'static str,
    /// What is wrong here and what to do, without a full stop.
    pub detail: String,
    /// The fields that are wrong, if it is about fields.
    pub fields: Vec<InvalidField>,
}

impl Problem {
    /// Names a problem.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { status, code, title, detail: detail.into(), fields: Vec::new() }
    }

    /// A part of the address cannot be used.
    #[must_use]
    pub fn address(field: InvalidField) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..Self::from(field) }
    }

    /// The request cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    /// The body is of another type than `wanted`.
    #[must_use]
    pub fn media_type(wanted: &str) -> Self {
        let detail = format!("send it with the header Content-Type: {wanted}");
        let field = InvalidField::new("Content-Type", format!("must be {wanted}"));
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let title = "The content has another type than expected";
        Self { fields: vec![field], ..Self::new(status, "media-type", title, detail) }
    }

    /// What was asked for is not there.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", detail)
    }

    /// There is nothing at the address.
    #[must_use]
    pub fn no_such_page() -> Self {
        Self::not_found("nothing is found at this address: the front page lists what there is")
    }

    /// The address does not take this method.
    #[must_use]
    pub fn wrong_method() -> Self {
        let detail = "the header Allow names what can be done here";
        let title = "This cannot be done at this address";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", title, detail)
    }

    /// The sender may not do this.
    #[must_use]
    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The request was not accepted", detail)
    }

    /// Something is wrong here, not there. The reason goes to the log, not to the network.
    pub fn ours(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!("{}", reasons(error));
        let detail = "the request could not be carried out: the log of the program says why. \
                      Sending a command again under its id is safe";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal", "Something went wrong here", detail)
    }

    pub(crate) fn busy(detail: &str) -> Self {
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

impl Problem {
    /// Why a command was not carried out. What the rules have to say against it, only the sample knows.
    pub fn of_command<R>(
        error: ExecuteError<R, StoreError>,
        rejected: impl FnOnce(R) -> Self,
        sealed: impl FnOnce() -> Self,
    ) -> Self
    where
        R: std::error::Error + 'static,
    {
        match error {
            ExecuteError::Rejected(rejection) => rejected(rejection),
            ExecuteError::IdTaken { .. } => {
                let remedy = "belongs to another command on this stream: take a new one";
                InvalidField::new("Idempotency-Key", remedy).into()
            }
            ExecuteError::Contended { .. } => {
                Self::busy("others write to this stream faster than this command: send it again")
            }
            ExecuteError::Throttled { .. } => Self::busy(
                "the database is out of request units: wait a second, then send it again",
            ),
            ExecuteError::Event(InvalidEvent::NumberTooLarge { number, .. }) => {
                InvalidField::new("value", format!("must be at most 2^53 and not {number}")).into()
            }
            ExecuteError::Append(AppendError::Sealed { .. }) => sealed(),
            ExecuteError::Append(AppendError::TooLarge { bytes, .. }) => {
                let detail = format!("{bytes} bytes do not fit one transaction: send less at once");
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Self::new(status, "too-large", "The content is too large", detail)
            }
            error => Self::ours(&error),
        }
    }

    /// The failure, for somebody who looks at a browser.
    #[must_use]
    pub fn page(&self, site: &Site) -> Response {
        let page = Page { frame: Frame::to_read(site), problem: self };
        let text = page.render().unwrap_or_else(|_| self.detail.clone());
        (self.status, Html(text)).into_response()
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    frame: Frame<'a>,
    problem: &'a Problem,
}

impl Page<'_> {
    fn is_missing(&self) -> bool {
        self.problem.status == StatusCode::NOT_FOUND
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

impl From<projections::Error> for Problem {
    fn from(error: projections::Error) -> Self {
        match error {
            projections::Error::Busy { .. } => Self::busy(
                "the database is out of request units: wait a second, then load the page again",
            ),
            projections::Error::Unfit { reason, .. } => Self::new(
                StatusCode::CONFLICT,
                "unfit",
                "The view still cannot take its events",
                format!("{reason}: mend the projection first; the view stays as it was"),
            ),
            error => Self::ours(&error),
        }
    }
}

impl From<service_bus::Error> for Problem {
    fn from(error: service_bus::Error) -> Self {
        Self::ours(&error)
    }
}

impl From<BusError> for Problem {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Throttled { .. } => Self::busy("the broker asks for a pause: try again"),
            error => Self::ours(&error),
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
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
            let detail = "a request may have 1 MB: send less at once";
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
            r#type: format!("urn:daybook:problem:{}", self.code),
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
