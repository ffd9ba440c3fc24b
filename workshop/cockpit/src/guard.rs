//! Stands before every request: a foreign page must not reach a program that listens on this machine, and
//! every answer tells the browser what it may do with it.

use axum::extract::{Request, State};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{Problem, Site};

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// Refuses foreign hosts and origins, turns problems into pages for browsers, and adds the headers.
pub async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let for_people = !request.uri().path().starts_with("/api/");
    let mut response = match check(&site, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if for_people && let Some(problem) = response.extensions().get::<Problem>() {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = problem.page(&site);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn check(site: &Site, request: &Request) -> Result<(), Problem> {
    let host = host(request);
    let known = host.as_ref().is_some_and(|host| is_known(site, host.host()));
    if !known {
        let detail = "this program answers under the names of this machine only: \
                      start it with --host NAME to allow another one";
        let title = "The host is not known here";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", title, detail));
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || from_here(site, host.as_ref(), request) {
        return Ok(());
    }
    Err(Problem::forbidden("it comes from a page of another site: use the pages of this program"))
}

/// Whom the request is for: HTTP/1.1 says it in a header, HTTP/2 in the address.
fn host(request: &Request) -> Option<Authority> {
    let header = request.headers().get(header::HOST);
    let header = header.and_then(|host| host.to_str().ok()?.parse().ok());
    let host: Option<Authority> = header.or_else(|| request.uri().authority().cloned());
    // A host has no user; whoever names one hopes that we look at the wrong half.
    host.filter(|host| !host.as_str().contains('@'))
}

fn is_known(site: &Site, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    local || host.ends_with(".localhost") || site.hosts().contains(&host)
}

/// Whether a command comes from our own pages, or from no page at all.
fn from_here(site: &Site, host: Option<&Authority>, request: &Request) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    let Some(origin) = origin.as_ref().and_then(Uri::authority) else {
        return false;
    };
    Some(origin) == host
        || site.hosts().iter().any(|known| known.eq_ignore_ascii_case(origin.host()))
}
