//! Microsoft's in-memory emulator, which the SDK carries for its own tests, behind HTTP on a loopback port.
//!
//! It is what cosmos-local is compared with: answer by answer in `differential`, figure by figure in `bench`.
//! The feature that shows it may change in any release of the driver, so the pin is exact and it stays in the
//! proofs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request as Incoming, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use azure_core::http::Request;
use azure_data_cosmos_driver::in_memory_emulator::{
    EmulatorStore, InMemoryEmulatorHttpClient, ReplicationConfig, VirtualAccountConfig,
    VirtualRegion,
};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// Whatever stops the emulator from starting: its message is all that is left to say.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The largest body that is passed on, above every limit of the service.
const BODY: usize = 64 << 20;

/// A running emulator. Dropping it stops it.
#[derive(Debug)]
pub struct Oracle {
    endpoint: Url,
    emulator: Arc<InMemoryEmulatorHttpClient>,
    serving: JoinHandle<()>,
}

impl Oracle {
    /// Starts it on a free port, or on the one given.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start(port: u16) -> Result<Self, Failure> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let endpoint = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let region = VirtualRegion::new("South Central US", endpoint.clone());
        let account = VirtualAccountConfig::new(vec![region])?
            .with_replication_config(ReplicationConfig::immediate());
        let emulator = Arc::new(InMemoryEmulatorHttpClient::try_new(account)?);
        let router = axum::Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::disable())
            .with_state((Arc::clone(&emulator), endpoint.clone()));
        let serving = tokio::spawn(async move {
            let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
            // It ends when the task is aborted, and has nobody to tell.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { endpoint, emulator, serving })
    }

    /// The endpoint to give to a client.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    /// What it keeps, to order partition splits from.
    #[must_use]
    pub fn store(&self) -> Arc<EmulatorStore> {
        self.emulator.store()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

type Served = (Arc<InMemoryEmulatorHttpClient>, Url);

async fn answer(State((emulator, endpoint)): State<Served>, incoming: Incoming) -> Response {
    let (parts, body) = incoming.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY).await else {
        return refusal(StatusCode::BAD_REQUEST, "the body could not be read");
    };
    let Some(request) = translated(&endpoint, &parts.method, &parts.uri, &parts.headers, body)
    else {
        return refusal(StatusCode::BAD_REQUEST, "the request could not be passed on");
    };
    match emulator.execute_request(&request).await {
        Ok(answered) => match passed_back(answered).await {
            Some(response) => response,
            None => refusal(StatusCode::BAD_GATEWAY, "the answer could not be passed on"),
        },
        Err(error) => refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn translated(
    endpoint: &Url,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> Option<Request> {
    let mut url = endpoint.clone();
    // A slash at the end, which Python sends, is unknown to the emulator.
    url.set_path(uri.path().trim_end_matches('/'));
    let mut request = Request::new(url, method.as_str().parse().ok()?);
    for (name, value) in headers {
        let value = value.to_str().ok()?.to_owned();
        request.insert_header(name.as_str().to_owned(), value);
    }
    request.set_body(body);
    Some(request)
}

async fn passed_back(answered: azure_core::http::AsyncRawResponse) -> Option<Response> {
    let raw = answered.try_into_raw_response().await.ok()?;
    let mut response = Response::new(Body::from(raw.body().to_vec()));
    *response.status_mut() = StatusCode::from_u16(raw.status().into()).ok()?;
    for (name, value) in raw.headers().iter() {
        let name: HeaderName = name.as_str().parse().ok()?;
        response.headers_mut().insert(name, HeaderValue::from_str(value.as_str()).ok()?);
    }
    Some(response)
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let mut response = Response::new(Body::from(message.to_owned()));
    *response.status_mut() = status;
    response
}
