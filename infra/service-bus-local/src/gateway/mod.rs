//! The HTTP surface: finds the operation a request means, calls the engine, answers as the service does.

mod address;
mod admin;
mod auth;
mod batch;
mod body;
mod data;
mod date;
mod failure;
mod properties;
mod settable;

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::response::Response;
use http::StatusCode;
use time::OffsetDateTime;

use self::address::Address;
use self::auth::Wish;
pub use self::auth::{Access, Policy, Right};
use self::failure::Refusal;
use crate::engine::Engine;

/// What requests are answered from.
pub struct Gateway {
    pub engine: Engine,
    pub access: Access,
    /// Custom properties that are text have to be quoted.
    pub strict: bool,
}

/// Routes everything to one place, since names of entities have slashes. The server keeps the gateway: once that
/// is dropped, connections that are still open get 503 and the storage is free.
pub fn router(gateway: Weak<Gateway>) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(gateway)
}

async fn answer(State(gateway): State<Weak<Gateway>>, request: axum::extract::Request) -> Response {
    serve(gateway, request).await.unwrap_or_else(Refusal::into_response)
}

async fn serve(
    gateway: Weak<Gateway>,
    request: axum::extract::Request,
) -> Result<Response, Refusal> {
    if request.uri().path().starts_with(admin::ROOT) {
        return administer(gateway, request).await;
    }
    let (parts, body) = request.into_parts();
    let address = Address::parse(parts.uri.path());
    let wish = Wish {
        path: parts.uri.path(),
        right: address.as_ref().map_or(Right::Listen, data::right),
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    running(&gateway)?.access.check(&parts.headers, &wish)?;
    let address = address?;
    // A slow body must not keep the storage of a stopped server open, so nothing is held meanwhile.
    let body = body::read(body).await?;
    let gateway = running(&gateway)?;
    let call =
        data::Call { method: parts.method, uri: parts.uri, headers: parts.headers, address, body };
    // Not in a task of its own: a receiver that goes away is to wait no longer. What was handed to the engine is
    // finished all the same.
    call.answer(&gateway.engine, gateway.strict).await
}

async fn administer(
    gateway: Weak<Gateway>,
    request: axum::extract::Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let local = admin::is_local(peer, &parts.headers);
    let body = body::read(body).await?;
    let gateway = running(&gateway)?;
    let call = admin::Call { method: parts.method, uri: parts.uri, body, local };
    call.answer(&gateway.engine, &gateway.access.namespace).await
}

fn running(gateway: &Weak<Gateway>) -> Result<Arc<Gateway>, Refusal> {
    gateway.upgrade().ok_or_else(|| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "service-bus-local is stopping")
    })
}
