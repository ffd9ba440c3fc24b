//! The HTTP surface: finds the operation a request means, calls the engine, answers as the service does.

mod account;
mod address;
mod admin;
mod answer;
mod auth;
mod batch;
mod body;
mod bulk;
mod change_feed;
mod containers;
mod cost;
mod databases;
mod date;
mod dispatch;
mod failure;
mod headers;
mod items;
mod metered;
mod offers;
mod procedures;
mod queries;
mod scope;
mod script_host;
mod session;
mod struck;

use std::sync::{Arc, Weak};
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderValue, StatusCode};
use time::OffsetDateTime;
use uuid::Uuid;

use self::address::{Address, SignedResource};
use self::answer::Answer;
pub use self::auth::AccountKey;
use self::auth::Signer;
use self::dispatch::Call;
use self::failure::Refusal;
use self::headers::Headers;
use self::struck::Fate;
use crate::engine::Engine;
use crate::faults::Faults;
use crate::throttle::Throttle;

/// What requests are answered from.
pub struct Gateway {
    pub engine: Engine,
    pub key: AccountKey,
    pub faults: Faults,
    /// Only where throughput can be used up.
    pub throttle: Option<Throttle>,
}

/// Routes everything to the dispatcher. The server keeps the gateway: once that is dropped, connections that
/// are still open get 503 and the storage is free.
pub fn router(gateway: Weak<Gateway>) -> Router {
    Router::new()
        .route("/ready", get(async || account::ready()))
        .route("/probe", get(async || account::ready()))
        .fallback(answer)
        .layer(DefaultBodyLimit::disable())
        .with_state(gateway)
}

/// A request's body as JSON, text or binary.
#[cfg(feature = "fuzzing")]
pub fn body_of(bytes: &[u8]) -> Option<serde_json::Value> {
    body::json(bytes).ok()
}

/// Answers a request, whatever it is.
pub async fn answer(
    State(gateway): State<Weak<Gateway>>,
    request: axum::extract::Request,
) -> Response {
    let arrived = Instant::now();
    let activity = request.headers().get("x-ms-activity-id").cloned();
    let activity = activity.unwrap_or_else(new_activity);
    let answer = serve(gateway, request).await.unwrap_or_else(Answer::from);
    answer.into_response(activity, arrived)
}

fn new_activity() -> HeaderValue {
    HeaderValue::from_str(&Uuid::new_v4().to_string()).expect("a UUID is hexadecimal and dashes")
}

async fn serve(gateway: Weak<Gateway>, request: axum::extract::Request) -> Result<Answer, Refusal> {
    let (parts, body) = request.into_parts();
    let segments = address::segments(parts.uri.path())?;
    let signed = SignedResource::of(&segments);
    let now = OffsetDateTime::now_utc();
    let asking = running(&gateway)?.key.verify(&parts.method, &signed, &parts.headers, now)?;
    let address = Address::parse(&segments).ok_or_else(|| {
        Refusal::not_found(format!("there is no resource at '{}'", parts.uri.path()))
    })?;
    if address.needs_key() && asking != Signer::Key {
        return Err(Refusal::forbidden("Orders to cosmos-local are signed with the account key."));
    }
    let call = Call {
        method: parts.method,
        address,
        headers: Headers(parts.headers),
        authority: parts.uri.authority().map(ToString::to_string),
        // A slow body must not keep the storage of a stopped server open, so nothing is held meanwhile.
        body: body::read(body).await?,
    };
    let fate = call.meet(&running(&gateway)?.faults)?;
    if let Fate::Delayed(time) = fate {
        tokio::time::sleep(time).await;
    }
    let gateway = running(&gateway)?;
    // In a task of its own a request is finished even if its client goes away, and should it panic, the other
    // requests on the connection do not notice.
    let task = tokio::spawn(async move { call.metered(&gateway).await });
    let answer = task.await.unwrap_or_else(|_| Err(Refusal::defect("the request")));
    match fate {
        Fate::Served | Fate::Delayed(_) => answer,
        Fate::Unheard => struck::leave_unanswered(answer),
    }
}

fn running(gateway: &Weak<Gateway>) -> Result<Arc<Gateway>, Refusal> {
    gateway
        .upgrade()
        .ok_or_else(|| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "cosmos-local is stopping"))
}
