//! Forms carry a token that only our own pages know: it is in a cookie too, and the two must agree.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use uuid::Uuid;

const COOKIE: &str = "energy_csrf";

/// The token of a browser.
#[derive(Debug, Clone)]
pub struct Csrf {
    pub token: String,
    /// The browser does not have it yet.
    fresh: bool,
}

impl<S: Sync> FromRequestParts<S> for Csrf {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = cookie(&parts.headers).map(|token| Self { token, fresh: false });
        // A version 4 UUID has 122 random bits from the operating system.
        let fresh = || Self { token: Uuid::new_v4().to_string(), fresh: true };
        Ok(known.unwrap_or_else(fresh))
    }
}

impl Csrf {
    /// Whether a form was filled in on a page that this browser was given.
    pub fn matches(&self, sent: &str) -> bool {
        !self.fresh && self.token == sent
    }

    /// Gives the browser its token, once.
    pub fn set(&self, headers: &mut HeaderMap) {
        if !self.fresh {
            return;
        }
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", self.token);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|all| all.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|one| one.split_once('='));
    let found = pairs.find(|(name, _)| name.trim() == COOKIE)?.1.trim();
    // What is not one of ours is replaced.
    Uuid::try_parse(found).ok().map(|token| token.to_string())
}
