//! What somebody did and must see next: views are behind the events, a little, but never behind the reader's own.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use daybook::event_store::{SessionToken, StreamId};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The header in which programs are told of their appends, and send on what they were told.
pub const SEEN: HeaderName = HeaderName::from_static("daybook-seen");

const COOKIE: &str = "daybook_seen";

/// For so many seconds a browser remembers its last append: views are hardly ever further behind.
const REMEMBERED: u32 = 30;

/// An append: which stream it was to, and where that leaves the change feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The stream.
    pub stream: StreamId,
    /// What the append was answered with.
    pub token: SessionToken,
}

impl Seen {
    /// The append as text, for a header or a cookie.
    #[must_use]
    pub fn text(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        utf8_percent_encode(&json, NON_ALPHANUMERIC).to_string()
    }

    /// Tells a program.
    pub fn tell(&self, headers: &mut HeaderMap) {
        if let Ok(text) = HeaderValue::from_str(&self.text()) {
            headers.insert(SEEN, text);
        }
    }

    /// Has a browser remember it for a while.
    pub fn keep(&self, headers: &mut HeaderMap) {
        let text = self.text();
        let cookie =
            format!("{COOKIE}={text}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }

    /// What is no append of ours is none.
    fn read(text: &str) -> Option<Self> {
        let json = percent_decode_str(text.trim()).decode_utf8().ok()?;
        serde_json::from_str(&json).ok()
    }
}

/// Who asks, as far as it matters: with the last append that they know of.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// By the header, or else by the cookie.
    pub seen: Option<Seen>,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let told = parts.headers.get(SEEN).and_then(|told| told.to_str().ok());
        let seen = told.and_then(Seen::read);
        let kept = || cookie(&parts.headers, COOKIE).and_then(Seen::read);
        Ok(Self { seen: seen.or_else(kept) })
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|all| all.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|one| one.split_once('='));
    pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_again() {
        let token = serde_json::from_str("\"0:-1#12\"").expect("a token is a text");
        let seen = Seen { stream: "meter:a b;c".parse().expect("a stream id"), token };
        assert_eq!(Seen::read(&seen.text()), Some(seen));
        assert_eq!(Seen::read("nonsense"), None);
    }
}
