//! What a path means. Names may contain slashes, so paths are read from their end.

use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::failure::Refusal;
use crate::engine::{Claim, Source};

/// An address of the data plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `…/messages`
    Messages(Source),
    /// `…/messages/head`
    Head(Source),
    /// `…/messages/{number or id}/{lock token}`
    Lock { source: Source, message: String, token: Uuid },
}

impl Address {
    /// Reads a path as it is in the request line.
    pub fn parse(path: &str) -> Result<Self, Refusal> {
        let unknown = || Refusal::bad_request(format!("there is nothing at '{path}'"));
        let segments = segments(path)?;
        let is_messages = |segment: &String| segment.eq_ignore_ascii_case("messages");
        let place = segments.iter().rposition(is_messages).ok_or_else(unknown)?;
        let source = source(&segments[..place]).ok_or_else(unknown)?;
        match &segments[place + 1..] {
            [] => Ok(Self::Messages(source)),
            [head] if head.eq_ignore_ascii_case("head") => Ok(Self::Head(source)),
            [message, token] => {
                let token = Uuid::parse_str(token)
                    .map_err(|_| Refusal::bad_request("the lock token is not a GUID"))?;
                Ok(Self::Lock { source, message: message.clone(), token })
            }
            _ => Err(unknown()),
        }
    }

    pub fn claim(source: Source, message: String, token: Uuid) -> Claim {
        Claim { source, message, token }
    }
}

/// An entity, or its dead letters, from the parts of its path.
pub fn source(segments: &[String]) -> Option<Source> {
    let (last, rest) = segments.split_last()?;
    let dead_letters = last.eq_ignore_ascii_case("$deadletterqueue");
    let entity = if dead_letters { rest } else { segments };
    if entity.is_empty() || entity.iter().any(|segment| segment.starts_with('$')) {
        return None;
    }
    Some(Source { path: entity.join("/").to_ascii_lowercase(), dead_letters })
}

/// The parts of a path, decoded.
pub fn segments(path: &str) -> Result<Vec<String>, Refusal> {
    let decode = |segment: &str| {
        let decoded = percent_decode_str(segment).decode_utf8();
        decoded.map(Into::into).map_err(|_| Refusal::bad_request("the path is not UTF-8"))
    };
    path.trim_matches('/').split('/').map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, dead_letters: bool) -> Source {
        Source { path: path.to_owned(), dead_letters }
    }

    #[test]
    fn entities_are_found_whatever_the_case_and_however_many_slashes_they_have() {
        let parse = |path| Address::parse(path).unwrap();
        assert_eq!(parse("/Orders/messages"), Address::Messages(source("orders", false)));
        assert_eq!(parse("/a/b/Messages/Head"), Address::Head(source("a/b", false)));
        assert_eq!(
            parse("/t/Subscriptions/s/messages/head"),
            Address::Head(source("t/subscriptions/s", false))
        );
        for dead in ["/q/$DeadLetterQueue/messages/head", "/q/%24deadletterqueue/messages/head/"] {
            assert_eq!(parse(dead), Address::Head(source("q", true)), "{dead}");
        }
    }

    #[test]
    fn a_lock_is_named_by_number_or_id_and_token() {
        let token = Uuid::new_v4();
        let expected =
            Address::Lock { source: source("q", false), message: "meter:1/3".to_owned(), token };
        let path = format!("/q/messages/meter:1%2F3/{token}");
        assert_eq!(Address::parse(&path), Ok(expected));
        assert!(Address::parse("/q/messages/1/token").is_err());
    }

    #[test]
    fn other_paths_are_refused() {
        for path in [
            "/",
            "",
            "/q",
            "/messages",
            "/q/messages/x",
            "/q/messages/1/2/3",
            "/%FF/messages",
            "/$x/messages",
        ] {
            assert!(Address::parse(path).is_err(), "{path}");
        }
    }
}
