//! Forms carry a token that only our own pages know: it is in a cookie too, and the two must agree.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use uuid::Uuid;

use crate::Problem;
use crate::seen::cookie;

const COOKIE: &str = "daybook_csrf";

/// The token of a browser.
#[derive(Debug, Clone)]
pub struct Csrf {
    /// What the forms of its pages carry.
    pub token: String,
    /// The browser does not have it yet.
    fresh: bool,
}

impl<S: Sync> FromRequestParts<S> for Csrf {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = known(&parts.headers).map(|token| Self { token, fresh: false });
        // A version 4 UUID has 122 random bits from the operating system.
        let fresh = || Self { token: Uuid::new_v4().to_string(), fresh: true };
        Ok(known.unwrap_or_else(fresh))
    }
}

impl Csrf {
    /// Whether a form was filled in on a page that this browser was given.
    #[must_use]
    pub fn matches(&self, sent: &str) -> bool {
        !self.fresh && self.token == sent
    }

    /// A page whose forms carry the token.
    ///
    /// # Errors
    ///
    /// The template cannot be rendered.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
        let mut response = (status, Html(page.render()?)).into_response();
        self.set(response.headers_mut());
        Ok(response)
    }

    /// Gives the browser its token, once.
    fn set(&self, headers: &mut HeaderMap) {
        if !self.fresh {
            return;
        }
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", self.token);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

fn known(headers: &HeaderMap) -> Option<String> {
    // What is not one of ours is replaced.
    Uuid::try_parse(cookie(headers, COOKIE)?).ok().map(|token| token.to_string())
}
