//! Stands before every request: foreign sites reach nothing, and only the teacher's machine sees the page.

use crate::{Refusal, Room};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    // Names are not kept by a browser either.
    (header::CACHE_CONTROL, "no-store"),
];

/// Refuses foreign hosts, everything a browser sends on behalf of a page, and adds the headers.
pub async fn guard(
    State(room): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match check(&room, peer.ip(), &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn check(room: &Room, peer: IpAddr, request: &Request) -> Result<(), Refusal> {
    // A name could be made to point here by anybody; an address cannot.
    if !host(request).is_some_and(|host| is_address(host.host())) {
        return Err(Refusal::Foreign);
    }
    if request.method() == Method::POST {
        // Guides are no browsers: what has an origin comes from a page.
        let from_page = request.headers().contains_key(header::ORIGIN);
        return if from_page { Err(Refusal::Foreign) } else { Ok(()) };
    }
    if room.rules().shared || peer.to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(Refusal::NotShared)
    }
}

fn host(request: &Request) -> Option<Authority> {
    let header = request.headers().get(header::HOST);
    let header = header.and_then(|host| host.to_str().ok()?.parse().ok());
    header.or_else(|| request.uri().authority().cloned())
}

fn is_address(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}
