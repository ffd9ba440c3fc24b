//! Our HTTP client under the crate: it goes where Service Bus is, and guards what the crate would fall for.

use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use bytes::Bytes;
use identity::Identity;
use legacy_azure_core::error::{Error, ErrorKind};
use legacy_azure_core::headers::{HeaderName, HeaderValue, Headers};
use legacy_azure_core::{Body, BytesStream, HttpClient, Request, Response, StatusCode};
use reqwest::header;
use url::Url;

use crate::headers::RAW_BROKER_PROPERTIES;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer has to come within this time; one that waits for a message, so long after the wait.
const TIMEOUT: Duration = Duration::from_secs(30);
const AFTER_WAIT: Duration = Duration::from_secs(15);

/// What a token of Service Bus is for.
pub(crate) const SCOPE: &str = "https://servicebus.azure.net/.default";

const BROKER_PROPERTIES: &str = "brokerproperties";

/// Where requests go that the crate addresses to Azure, and how they say who we are.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// Requests to any other host are refused.
    host: String,
    /// `None` means Azure.
    local: Option<Url>,
    /// In place of the crate's signature.
    identity: Option<Identity>,
}

/// The broker's no, as the crate carries it through.
#[derive(Debug, Clone, thiserror::Error)]
#[error("status {status}: {detail}")]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// The broker's words, without what it adds for its own support.
    pub(crate) detail: String,
    pub(crate) retry_after: Option<Duration>,
}

impl Client {
    pub(crate) fn new(
        namespace: &str,
        local: Option<Url>,
        identity: Option<Identity>,
    ) -> reqwest::Result<Self> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .http1_only()
            .tcp_nodelay(true);
        if local.is_some() {
            builder = builder.no_proxy();
        }
        let host = format!("{}.servicebus.windows.net", namespace.to_ascii_lowercase());
        Ok(Self { http: builder.build()?, host, local, identity })
    }

    /// Where a request goes that the crate addressed to Azure.
    fn target(&self, request: &Request) -> Result<Url, Error> {
        let host = request.url().host_str().unwrap_or_default();
        if !host.eq_ignore_ascii_case(&self.host) {
            // Lock addresses come from the broker; nobody else is to get our signature.
            return Err(other(format!("refusing to send to {host}, which is not {}", self.host)));
        }
        let Some(local) = &self.local else {
            return Ok(request.url().clone());
        };
        Ok(local.join(&request.path_and_query())?)
    }

    async fn headers(&self, request: &Request) -> Result<header::HeaderMap, Error> {
        let mut headers = header::HeaderMap::new();
        for (name, value) in request.headers().iter() {
            let escaped = match name.as_str() {
                BROKER_PROPERTIES => ascii(value.as_str()),
                _ => value.as_str().to_owned(),
            };
            let name = header::HeaderName::try_from(name.as_str());
            let value = header::HeaderValue::try_from(escaped);
            let (Ok(name), Ok(value)) = (name, value) else {
                // Not shown: it may be the signature.
                return Err(other("HTTP cannot carry one of the message's properties".to_owned()));
            };
            headers.insert(name, value);
        }
        if let Some(identity) = &self.identity {
            let token = identity.get_token(&[SCOPE], None).await;
            let token = token.map_err(|error| Error::new(ErrorKind::Credential, error))?;
            let bearer = format!("Bearer {}", token.token.secret());
            let mut bearer = header::HeaderValue::try_from(bearer).map_err(|_| {
                other("the identity gave a token that HTTP cannot carry".to_owned())
            })?;
            bearer.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, bearer);
        }
        let host = header::HeaderValue::try_from(self.host.as_str());
        headers.insert(header::HOST, host.map_err(|_| other("the host is not valid".to_owned()))?);
        Ok(headers)
    }
}

/// An answer, read to its end.
struct Answer {
    status: reqwest::StatusCode,
    headers: header::HeaderMap,
    body: Bytes,
}

impl Client {
    async fn exchange(&self, request: &Request) -> Result<Answer, Error> {
        let url = self.target(request)?;
        let Body::Bytes(body) = request.body() else {
            return Err(other("only bodies in memory are sent".to_owned()));
        };
        let method = reqwest::Method::from_bytes(request.method().as_ref().as_bytes());
        let method = method.map_err(|_| other("the method is not one of HTTP's".to_owned()))?;
        let request = self
            .http
            .request(method, url)
            .headers(self.headers(request).await?)
            .timeout(deadline(request.url()))
            .body(body.clone());
        let answer = request.send().await.map_err(lost)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(lost)?;
        Ok(Answer { status, headers, body })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn execute_request(&self, request: &Request) -> legacy_azure_core::Result<Response> {
        let Answer { status, headers, body } = self.exchange(request).await?;
        // Never the request itself: it has the signature.
        tracing::trace!(method = %request.method(), path = request.url().path(), %status);
        if !status.is_success() {
            let detail = detail(&String::from_utf8_lossy(&body));
            let retry_after = retry_after(&headers);
            return Err(refused(Refusal { status: status.as_u16(), detail, retry_after }));
        }
        let locked = waits(request.url()) && status == reqwest::StatusCode::CREATED;
        if locked && !headers.contains_key(header::LOCATION) {
            return Err(other("the broker gave a lock without its address".to_owned()));
        }
        let status = status_of(status.as_u16())?;
        // The crate would fail on bytes that are no text, when the lock is taken already.
        let body = String::from_utf8_lossy(&body).into_owned().into_bytes();
        Ok(Response::new(status, received(&headers), Box::pin(BytesStream::new(body))))
    }
}

/// The answer's headers, with the broker's properties under a name that the crate does not know.
fn received(answer: &header::HeaderMap) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in answer {
        let name = match name.as_str() {
            BROKER_PROPERTIES => RAW_BROKER_PROPERTIES,
            name => name,
        };
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.insert(HeaderName::from(name.to_owned()), HeaderValue::from(value));
    }
    headers
}

/// Whether a request may wait for a message.
fn waits(url: &Url) -> bool {
    url.path().ends_with("/messages/head")
}

fn deadline(url: &Url) -> Duration {
    if !waits(url) {
        return TIMEOUT;
    }
    let asked = url.query_pairs().find(|(name, _)| name == "timeout");
    let seconds = asked.and_then(|(_, seconds)| seconds.parse().ok()).unwrap_or(60);
    Duration::from_secs(seconds) + AFTER_WAIT
}

/// JSON in ASCII, other characters escaped.
fn ascii(json: &str) -> String {
    let escaped = |unit: u16| match char::from_u32(unit.into()) {
        Some(ascii) if ascii.is_ascii() => ascii.to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    json.encode_utf16().map(escaped).collect()
}

/// The first line of `<Detail>`, up to the tracking id.
pub(crate) fn detail(body: &str) -> String {
    let inner = body.split_once("<Detail>").and_then(|(_, rest)| rest.split_once("</Detail>"));
    let text = inner.map_or(body, |(detail, _)| detail);
    let text = text.split("TrackingId:").next().unwrap_or_default();
    let text = text.lines().next().unwrap_or_default().trim().trim_end_matches('.');
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// In seconds; a date, which HTTP allows too, Service Bus does not send.
fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn refused(refusal: Refusal) -> Error {
    match status_of(refusal.status) {
        Ok(status) => {
            let code = Some(refusal.detail.clone());
            Error::new(ErrorKind::http_response(status, code), refusal)
        }
        Err(unknown) => unknown,
    }
}

fn status_of(status: u16) -> Result<StatusCode, Error> {
    StatusCode::try_from(status).map_err(|_| other(format!("unknown status {status}")))
}

/// The answer did not come: what became of the request is not known.
fn lost(error: reqwest::Error) -> Error {
    Error::new(ErrorKind::Io, error.without_url())
}

fn other(message: String) -> Error {
    Error::message(ErrorKind::Other, message)
}

#[cfg(test)]
mod tests;
