//! One id through everything that a request leads to: the log, the command, its events, the views.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, info_span};
use uuid::Uuid;

/// The header that names the conversation: whoever sends none is told the new one.
const HEADER: HeaderName = HeaderName::from_static("correlation-id");

/// The conversation that a request belongs to.
#[derive(Debug, Clone)]
pub struct Correlation(pub String);

/// Carries out the request in a span of its own, which names the conversation.
pub async fn correlate(mut request: Request, next: Next) -> Response {
    let id = told(&request).unwrap_or_else(|| Uuid::new_v4().to_string());
    request.extensions_mut().insert(Correlation(id.clone()));
    let span = span(&request, &id);
    let answer = async {
        let response = next.run(request).await;
        let status = response.status();
        debug!(status = status.as_u16(), "answered");
        let span = Span::current();
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        response
    };
    let mut response = answer.instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

/// Its fields have the names that OpenTelemetry gives them: a log shows them, and traces are sorted by them.
fn span(request: &Request, correlation_id: &str) -> Span {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    info_span!(
        "request",
        otel.kind = "server",
        http.request.method = %request.method(),
        http.route = route,
        url.path = request.uri().path(),
        correlation_id,
        http.response.status_code = Empty,
        otel.status_code = Empty,
    )
}

/// The sender's name for it. One that would not fit a log or an event is none.
fn told(request: &Request) -> Option<String> {
    let told = request.headers().get(HEADER)?.to_str().ok()?;
    let plain = !told.is_empty() && told.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && told.len() <= 100).then(|| told.to_owned())
}

impl<S: Sync> FromRequestParts<S> for Correlation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self(Uuid::new_v4().to_string())))
    }
}
