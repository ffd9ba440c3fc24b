//! The HTTP surface: finds the operation a request means, calls the engine, answers as the service does.

mod account;
mod address;
mod answer;
mod auth;
mod batch;
mod body;
mod change_feed;
mod containers;
mod cost;
mod databases;
mod date;
mod failure;
mod headers;
mod items;
mod procedures;
mod queries;
mod scope;
mod script_host;
mod session;

use std::sync::{Arc, Weak};
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use time::OffsetDateTime;
use uuid::Uuid;

use self::address::{Address, ContainerName, SignedResource};
use self::answer::Answer;
pub use self::auth::AccountKey;
use self::failure::Refusal;
use self::headers::Headers;
use crate::engine::Engine;

/// What requests are answered from.
pub struct Gateway {
    pub engine: Engine,
    pub key: AccountKey,
}

/// A request that may be served.
struct Call {
    method: Method,
    address: Address,
    headers: Headers,
    /// Host and port in the URI, as HTTP/2 has them.
    authority: Option<String>,
    body: Bytes,
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

async fn answer(State(gateway): State<Weak<Gateway>>, request: axum::extract::Request) -> Response {
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
    let gateway = gateway
        .upgrade()
        .ok_or_else(|| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "cosmos-local is stopping"))?;
    let (parts, body) = request.into_parts();
    let segments = address::segments(parts.uri.path())?;
    let signed = SignedResource::of(&segments);
    let now = OffsetDateTime::now_utc();
    gateway
        .key
        .verify(&parts.method, &signed, &parts.headers, now)?;
    let address = Address::parse(&segments).ok_or_else(|| {
        Refusal::not_found(format!("there is no resource at '{}'", parts.uri.path()))
    })?;
    let call = Call {
        method: parts.method,
        address,
        headers: Headers(parts.headers),
        authority: parts.uri.authority().map(ToString::to_string),
        body: body::read(body).await?,
    };
    // In a task of its own a request is finished even if its client goes away, and should it panic, the other
    // requests on the connection do not notice.
    let task = tokio::spawn(async move { dispatch(&gateway, &call).await });
    task.await.unwrap_or_else(|_| {
        Err(Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the request ended unexpectedly, which is a defect of cosmos-local",
        ))
    })
}

async fn dispatch(gateway: &Arc<Gateway>, call: &Call) -> Result<Answer, Refusal> {
    let engine = &gateway.engine;
    let Call { headers, body, .. } = call;
    match &call.address {
        Address::Account => match call.method {
            Method::GET => account::read(&headers.0, call.authority.as_deref()),
            _ => Err(call.no_such_method()),
        },
        Address::Databases => match (&call.method, call.is_query()) {
            (&Method::GET, _) => Ok(databases::list(engine)),
            (&Method::POST, true) => databases::query(engine, body),
            (&Method::POST, false) => databases::create(engine, body).await,
            _ => Err(call.no_such_method()),
        },
        Address::Database(id) => match call.method {
            Method::GET => databases::read(engine, id),
            Method::DELETE => databases::delete(engine, id).await,
            _ => Err(call.no_such_method()),
        },
        Address::Containers(database) => match (&call.method, call.is_query()) {
            (&Method::GET, _) => containers::list(engine, database),
            (&Method::POST, true) => containers::query(engine, database, body),
            (&Method::POST, false) => containers::create(engine, database, body).await,
            _ => Err(call.no_such_method()),
        },
        Address::Container(name) => match call.method {
            Method::GET => containers::read(engine, name),
            Method::PUT => containers::replace(engine, name, body).await,
            Method::DELETE => containers::delete(engine, name).await,
            _ => Err(call.no_such_method()),
        },
        Address::Ranges(name) => match call.method {
            Method::GET => containers::ranges(engine, name, headers),
            _ => Err(call.no_such_method()),
        },
        Address::Items(name) => call.items(engine, name).await,
        Address::Item(name, id) => call.item(engine, name, id).await,
        Address::Procedures(name) => call.procedures(engine, name).await,
        Address::Procedure(name, id) => call.procedure(engine, name, id).await,
        Address::Offers => match (&call.method, call.is_query()) {
            (&Method::POST, true) => account::offers(body),
            _ => Err(call.no_such_method()),
        },
        Address::Unsupported(feature) => Err(Refusal::not_implemented(feature)),
    }
}

impl Call {
    fn is_query(&self) -> bool {
        self.headers.is_on("x-ms-documentdb-isquery")
            || self
                .headers
                .text("content-type")
                .is_some_and(|kind| kind.starts_with("application/query+json"))
    }

    /// The headers decide what a POST to the items means, in the service's order.
    async fn items(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET if change_feed::is_asked(headers) => {
                change_feed::read(engine, name, headers)
            }
            Method::GET => queries::read_feed(engine, name, headers).await,
            Method::POST if headers.is_on("x-ms-cosmos-is-query-plan-request") => {
                Err(Refusal::not_implemented("the query plan"))
            }
            Method::POST if self.is_query() => queries::items(engine, name, headers, body).await,
            Method::POST if headers.is_on("x-ms-cosmos-is-batch-request") => {
                batch::execute(engine, name, headers, body).await
            }
            Method::POST if headers.is_on("x-ms-documentdb-is-upsert") => {
                items::upsert(engine, name, headers, body).await
            }
            Method::POST => items::create(engine, name, headers, body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn item(
        &self,
        engine: &Engine,
        name: &ContainerName,
        id: &str,
    ) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET => items::read(engine, name, id, headers),
            Method::PUT => items::replace(engine, name, id, headers, body).await,
            Method::DELETE => items::delete(engine, name, id, headers).await,
            Method::PATCH => Err(Refusal::not_implemented("patch")),
            _ => Err(self.no_such_method()),
        }
    }

    async fn procedures(&self, engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match (&self.method, self.is_query()) {
            (&Method::GET, _) => procedures::list(engine, name, headers),
            (&Method::POST, true) => procedures::query(engine, name, headers, body),
            (&Method::POST, false) => procedures::create(engine, name, headers, body).await,
            _ => Err(self.no_such_method()),
        }
    }

    async fn procedure(
        &self,
        engine: &Engine,
        name: &ContainerName,
        id: &str,
    ) -> Result<Answer, Refusal> {
        let Self { headers, body, .. } = self;
        match self.method {
            Method::GET => procedures::read(engine, name, id, headers),
            Method::POST => procedures::execute(engine, name, id, headers, body).await,
            Method::PUT => procedures::replace(engine, name, id, headers, body).await,
            Method::DELETE => procedures::delete(engine, name, id, headers).await,
            _ => Err(self.no_such_method()),
        }
    }

    fn no_such_method(&self) -> Refusal {
        Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("{} is no operation on this resource", self.method),
        )
    }
}
