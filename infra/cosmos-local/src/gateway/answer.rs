//! Answers, with the headers that clients expect on each of them.

use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::failure::Refusal;
use super::session::Position;
use crate::charge;

/// The version of the protocol spoken here.
const API_VERSION: HeaderValue = HeaderValue::from_static("2020-07-15");
const GATEWAY_VERSION: HeaderValue =
    HeaderValue::from_static(concat!("cosmos-local/", env!("CARGO_PKG_VERSION")));

/// What is sent back.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    charge: f64,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
}

impl Answer {
    pub fn empty(status: StatusCode) -> Self {
        Self::raw(status, Bytes::new())
    }

    pub fn json(status: StatusCode, body: &Value) -> Self {
        Self::raw(status, Bytes::from(body.to_string()))
    }

    /// An answer whose body is JSON text already.
    pub fn raw(status: StatusCode, body: Bytes) -> Self {
        Self { status, charge: charge::FLAT, headers: Vec::new(), body }
    }

    /// A feed: a list of resources under the name the service gives it.
    pub fn feed<T: AsRef<[u8]>>(owner_rid: &str, name: &str, items: &[T]) -> Self {
        let mut body = format!(r#"{{"_rid":"{owner_rid}","{name}":["#).into_bytes();
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(item.as_ref());
        }
        body.extend_from_slice(format!(r#"],"_count":{}}}"#, items.len()).as_bytes());
        Self::raw(StatusCode::OK, Bytes::from(body))
            .with("x-ms-item-count", items.len().to_string())
    }

    pub fn size(&self) -> usize {
        self.body.len()
    }

    pub fn charge(&self) -> f64 {
        self.charge
    }

    pub fn charged(mut self, charge: f64) -> Self {
        self.charge = charge;
        self
    }

    /// `etag` without quotes.
    pub fn etag(mut self, etag: &str) -> Self {
        self.headers.push((ETAG, quoted(etag)));
        self
    }

    /// Tells where the partition-key range stands, for the client's session.
    pub fn at(self, position: Position) -> Self {
        self.with("x-ms-session-token", position.session_token())
            .with("lsn", position.lsn.to_string())
            .with("x-ms-documentdb-partitionkeyrangeid", position.range.to_string())
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((HeaderName::from_static(name), value.into()));
        self
    }

    pub fn with_some(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Completes the answer to the request of this activity that arrived at this time.
    pub fn into_response(self, activity: HeaderValue, arrived: Instant) -> Response {
        let no_body = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&self.status);
        let body = if no_body { Bytes::new() } else { self.body };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if !no_body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert("x-ms-version", API_VERSION);
        headers.insert("x-ms-gatewayversion", GATEWAY_VERSION);
        headers.insert("x-ms-activity-id", activity);
        let elapsed = arrived.elapsed().as_secs_f64() * 1000.0;
        let numbers = [
            ("x-ms-request-charge", format!("{:.2}", self.charge)),
            ("x-ms-request-duration-ms", format!("{elapsed:.3}")),
        ];
        let numbers = numbers.map(|(name, value)| (HeaderName::from_static(name), value));
        for (name, value) in self.headers.into_iter().chain(numbers) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            } else {
                // Every value is made here, of numbers, base64 and the like.
                tracing::error!(%name, value, "HTTP cannot carry this header");
            }
        }
        response
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &refusal.body())
            .with_some("x-ms-substatus", refusal.sub_status.map(|number| number.to_string()))
            .with_some("x-ms-retry-after-ms", refusal.retry_after_ms.map(|wait| wait.to_string()))
    }
}

/// An ETag as headers carry it.
pub fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respond(answer: Answer) -> Response {
        answer.into_response(HeaderValue::from_static("activity"), Instant::now())
    }

    #[test]
    fn an_answer_carries_what_every_client_reads() {
        let position = Position { range: 3, lsn: 5 };
        let answer = Answer::json(StatusCode::OK, &Value::Null).etag("e");
        let response = respond(answer.at(position).charged(1.25));
        let header = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("x-ms-request-charge"), "1.25");
        assert_eq!(header("x-ms-activity-id"), "activity");
        assert_eq!(header("x-ms-session-token"), "3:0#5#0=5");
        assert_eq!(header("lsn"), "5");
        assert_eq!(header("etag"), "\"e\"");
    }

    #[test]
    fn a_refusal_carries_its_sub_status() {
        let refusal = Refusal::not_found("no such order").with_sub_status(1003);
        let response = respond(refusal.into());
        assert_eq!(response.headers()["x-ms-substatus"], "1003");
    }

    #[tokio::test]
    async fn a_feed_names_its_list_and_counts_it() {
        let answer = Answer::feed("rid", "Documents", &[r#"{"id":"a"}"#, r#"{"id":"b"}"#]);
        let response = respond(answer);
        assert_eq!(response.headers()["x-ms-item-count"], "2");
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, r#"{"_rid":"rid","Documents":[{"id":"a"},{"id":"b"}],"_count":2}"#);
    }
}
