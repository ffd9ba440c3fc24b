//! Checks who asks: a shared access signature, or an Entra token, which is accepted unread.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::Sha256;
use url::form_urlencoded;

use super::failure::Refusal;

/// What a policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To send.
    Send,
    /// To receive and settle.
    Listen,
    /// Both.
    Manage,
}

/// A named key, and what who knows it may do. `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
pub struct Policy {
    /// The name that tokens carry.
    pub name: String,
    /// The key; its text is what signs.
    pub key: String,
    /// What it allows.
    pub rights: Vec<Right>,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy")
            .field("name", &self.name)
            .field("rights", &self.rights)
            .finish_non_exhaustive()
    }
}

/// Who may do what in this namespace.
#[derive(Debug, Clone)]
pub struct Access {
    pub namespace: String,
    pub policies: Vec<Policy>,
}

/// What is asked for.
pub struct Wish<'a> {
    pub path: &'a str,
    pub right: Right,
    /// Seconds since 1970: by the clock of the client, which knows no other.
    pub now: i64,
}

impl Access {
    /// Lets a request pass that carries a token for its address.
    ///
    /// # Errors
    ///
    /// 401, with what is wrong with the token.
    pub fn check(&self, headers: &HeaderMap, wish: &Wish<'_>) -> Result<(), Refusal> {
        let refuse = |detail| Err(Refusal::unauthorized(detail));
        let Some(header) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
            return refuse("MissingToken: The authorization header was not found.");
        };
        match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => {
                if token.trim().is_empty() {
                    return refuse("MissingToken: The bearer token is empty.");
                }
                Ok(())
            }
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("SharedAccessSignature") => {
                self.check_signature(token, wish)
            }
            _ => refuse("MalformedToken: The scheme is neither SharedAccessSignature nor Bearer."),
        }
    }

    fn check_signature(&self, token: &str, wish: &Wish<'_>) -> Result<(), Refusal> {
        let refuse = |detail| Err(Refusal::unauthorized(detail));
        let fields = || token.split('&').filter_map(|field| field.trim().split_once('='));
        let field = |name: &str| fields().find(|(found, _)| *found == name).map(|(_, value)| value);
        let (Some(sr), Some(sig), Some(se), Some(skn)) =
            (field("sr"), field("sig"), field("se"), field("skn"))
        else {
            return refuse("MalformedToken: sr, sig, se and skn are needed.");
        };
        let Some(policy) = self.policies.iter().find(|policy| policy.name == decoded(skn)) else {
            return refuse("InvalidSignature: The token names no policy of this namespace.");
        };
        if !signed_by(&policy.key, &format!("{sr}\n{se}"), &decoded(sig)) {
            return refuse("InvalidSignature: The token has an invalid signature.");
        }
        if se.parse::<i64>().ok().is_none_or(|expires| expires <= wish.now) {
            return refuse("ExpiredToken: The token is expired, or the clocks differ.");
        }
        if !self.covers(&decoded(sr), wish.path) {
            return refuse("InvalidAudience: The token is for another address.");
        }
        if !policy.rights.iter().any(|right| *right == Right::Manage || *right == wish.right) {
            return refuse(
                "InsufficientClaims: The policy does not have the right that is needed.",
            );
        }
        Ok(())
    }

    /// A token is good for everything under its address.
    fn covers(&self, audience: &str, path: &str) -> bool {
        let audience = audience.to_ascii_lowercase();
        let address = audience.split_once("://").map_or(audience.as_str(), |(_, rest)| rest);
        let address = address.split('?').next().unwrap_or_default();
        let (host, root) = address.split_once('/').unwrap_or((address, ""));
        let (path, root) = (path.to_ascii_lowercase(), root.trim_end_matches('/'));
        let path = path.trim_start_matches('/');
        let rest = path.strip_prefix(root);
        self.is_ours(host) && (root.is_empty() || rest.is_some_and(ends_part))
    }

    /// The namespace's own host; or this machine, for clients that are told nothing else.
    fn is_ours(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
        let ours = format!("{}.servicebus.windows.net", self.namespace.to_ascii_lowercase());
        name == ours || is_loopback(host)
    }
}

fn ends_part(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// Whether a host name, with or without a port, means this machine.
pub fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

/// The comparison takes the same time whatever is wrong.
fn signed_by(key: &str, text: &str, signature: &str) -> bool {
    let given = STANDARD.decode(signature).unwrap_or_default();
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .is_ok_and(|mac| mac.chain_update(text).verify_slice(&given).is_ok())
}

/// A form-urlencoded value: plus is a space.
fn decoded(value: &str) -> String {
    let pair = format!("v={}", value.replace('&', "%26"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const URL: &str = "https://ns.servicebus.windows.net/Orders/messages/head?timeout=5";

    fn access() -> Access {
        let policy = |name: &str, right| Policy {
            name: name.to_owned(),
            key: format!("key of {name}"),
            rights: vec![right],
        };
        let policies = vec![
            policy("root", Right::Manage),
            policy("sender", Right::Send),
            policy("listener", Right::Listen),
        ];
        Access { namespace: "ns".to_owned(), policies }
    }

    fn token(url: &str, policy: &str, key: &str, expires: i64) -> String {
        let sr: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("{sr}\n{expires}")).finalize().into_bytes();
        let signature = STANDARD.encode(mac);
        let sig: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
        format!("SharedAccessSignature sr={sr}&sig={sig}&se={expires}&skn={policy}")
    }

    fn check(token: &str, path: &str, right: Right) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.parse().unwrap());
        let refusal = access().check(&headers, &Wish { path, right, now: NOW });
        refusal.map_err(|refusal| refusal.detail)
    }

    fn good(url: &str, path: &str) -> bool {
        check(&token(url, "root", "key of root", NOW + 60), path, Right::Listen).is_ok()
    }

    #[test]
    fn a_token_is_good_for_everything_under_its_address() {
        let path = "/orders/messages/head";
        assert!(good(URL, path));
        assert!(good("https://ns.servicebus.windows.net/orders/", path));
        assert!(good("https://ns.servicebus.windows.net", path));
        assert!(good("sb://NS.servicebus.windows.net/ORDERS", path));
        assert!(good("http://127.0.0.1:5300/orders", path));
        assert!(!good("https://ns.servicebus.windows.net/order", path));
        assert!(!good("https://ns.servicebus.windows.net/orders/messages/head/1", path));
        assert!(!good("https://other.servicebus.windows.net/orders", path));
        assert!(!good("https://ns.servicebus.windows.net.evil.example/orders", path));
    }

    #[test]
    fn fields_come_in_any_order() {
        let token = token(URL, "root", "key of root", NOW + 60);
        let fields = token.strip_prefix("SharedAccessSignature ").unwrap();
        let fields: Vec<_> = fields.split('&').rev().collect();
        let turned = format!("sharedaccesssignature {}", fields.join("&"));
        assert_eq!(check(&turned, "/orders/messages/head", Right::Listen), Ok(()));
    }

    #[test]
    fn wrong_tokens_are_told_apart() {
        let table = [
            (token(URL, "root", "another key", NOW + 60), "InvalidSignature"),
            (token(URL, "nobody", "key of root", NOW + 60), "InvalidSignature"),
            (token(URL, "root", "key of root", NOW), "ExpiredToken"),
            (token(URL, "sender", "key of sender", NOW + 60), "InsufficientClaims"),
            ("SharedAccessSignature sr=x".to_owned(), "MalformedToken"),
            ("Basic eDp5".to_owned(), "MalformedToken"),
            ("Bearer ".to_owned(), "MissingToken"),
        ];
        for (token, code) in table {
            let refused = check(&token, "/orders/messages/head", Right::Listen).unwrap_err();
            assert!(refused.starts_with(code), "{refused}");
        }
        let nothing = Wish { path: "/", right: Right::Send, now: NOW };
        assert!(access().check(&HeaderMap::new(), &nothing).is_err());
    }

    #[test]
    fn rights_let_senders_send_and_listeners_listen() {
        let may = |policy: &str, right| {
            let token = token(URL, policy, &format!("key of {policy}"), NOW + 60);
            check(&token, "/orders/messages/head", right).is_ok()
        };
        assert!(may("sender", Right::Send) && !may("sender", Right::Listen));
        assert!(may("listener", Right::Listen) && !may("listener", Right::Send));
        assert!(may("root", Right::Send) && may("root", Right::Listen));
    }
}
