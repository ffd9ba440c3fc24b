//! The HTTP client under the exporter.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use bytes::Bytes;
use http::{Request, Response, header};
use identity::Identity;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;
use url::Url;

use crate::Error;
use crate::connection::Connection;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What a token is for. Both slashes belong there: the audience ends in one.
const SCOPE: &str = "https://monitor.azure.com//.default";

/// Sends on the program's runtime: the exporter's own thread has none.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    runtime: Handle,
    /// The exporter would write to https only.
    track: Url,
    /// `None`: whoever listens on this machine does not ask.
    identity: Option<Arc<Identity>>,
}

impl Client {
    pub(crate) fn new(
        connection: &Connection,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // A token is for the one it was made out to.
            .redirect(reqwest::redirect::Policy::none());
        let mut identity = None;
        if connection.is_elsewhere() {
            identity = Some(Arc::new(Identity::find(lookup).map_err(Error::Identity)?));
        } else {
            http = http.no_proxy();
        }
        let http = http.build().map_err(Error::Client)?;
        let (runtime, track) = (Handle::current(), connection.track.clone());
        Ok(Self { http, runtime, track, identity })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let post = self.http.post(self.track.clone()).headers(parts.headers).body(body);
        let sending = self.runtime.spawn(send(post, self.identity.clone()));
        let sent = sending.await?;
        // The exporter tries again, and in the end gives up without a word.
        match &sent {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => tracing::warn!(status = %answer.status(), "traces were refused"),
            Err(error) => tracing::warn!(%error, "traces could not be sent"),
        }
        sent
    }
}

async fn send(
    mut post: reqwest::RequestBuilder,
    identity: Option<Arc<Identity>>,
) -> Result<Response<Bytes>, HttpError> {
    if let Some(identity) = identity {
        let token = identity.get_token(&[SCOPE], None).await?;
        post = post.bearer_auth(token.token.secret());
    }
    let answer = post.send().await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(kind) = answer.headers().get(header::CONTENT_TYPE) {
        response = response.header(header::CONTENT_TYPE, kind);
    }
    Ok(response.body(answer.bytes().await?)?)
}
