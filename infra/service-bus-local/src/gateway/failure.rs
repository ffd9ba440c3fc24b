//! What a refusal looks like on the wire: a status, and `<Error><Code>…</Code><Detail>…</Detail></Error>`.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::config::ConfigError;
use crate::engine::Failure;

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub detail: String,
}

impl Refusal {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "the method is not one of this address")
    }

    pub fn into_response(self) -> Response {
        let detail = escape(&self.detail);
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let body = format!(
            "<Error><Code>{}</Code><Detail>{detail} TrackingId:{}, TimeStamp:{now}</Detail></Error>",
            self.status.as_u16(),
            Uuid::new_v4()
        );
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let xml = HeaderValue::from_static("application/xml; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, xml);
        response
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let status = match failure {
            Failure::Invalid { .. } => StatusCode::BAD_REQUEST,
            Failure::NoSuchEntity { .. } => StatusCode::GONE,
            Failure::LockLost => StatusCode::NOT_FOUND,
            Failure::TooLarge { .. } => StatusCode::FORBIDDEN,
            Failure::Storage { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, failure.to_string())
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::bad_request(error.to_string())
    }
}
