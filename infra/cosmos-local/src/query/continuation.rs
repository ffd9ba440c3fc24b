//! Continuations: where a query goes on.
//!
//! Queries whose results are rows go on after the last row given, by its place and, when sorted here, by the
//! values it was sorted by; so writes between two pages neither repeat nor drop other rows. Results that
//! come of many rows (DISTINCT, GROUP BY, JOIN) are computed anew and go on by count; there, writes between
//! pages can shift results, as on the service.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

use super::compare::Key;
use super::{Access, Request, SqlError};

/// What a client sends back for the next page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Continuation {
    /// Results given so far.
    pub given: u64,
    /// The last row given, if results are rows.
    pub last: Option<Last>,
}

/// Where a row stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    pub place: Vec<u8>,
    /// What it was sorted by, if it was sorted here.
    pub keys: Vec<Key>,
}

/// On the wire: base64 of JSON, opaque to clients and safe in a header.
#[derive(Serialize, Deserialize)]
struct Token {
    #[serde(rename = "q")]
    query: String,
    #[serde(rename = "n")]
    given: u64,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<TokenKey>,
}

#[derive(Serialize, Deserialize)]
enum TokenKey {
    #[serde(rename = "u")]
    Undefined,
    /// By its bits: a float read back from decimal text may be its neighbour.
    #[serde(rename = "f")]
    Float(u64),
    #[serde(rename = "v")]
    Value(Value),
}

impl Continuation {
    pub fn encode(&self, query: &str) -> String {
        let token = Token {
            query: query.to_owned(),
            given: self.given,
            place: self.last.as_ref().map(|last| URL_SAFE_NO_PAD.encode(&last.place)),
            keys: self.last.iter().flat_map(|last| &last.keys).map(TokenKey::from).collect(),
        };
        // A struct of strings, numbers and JSON values always has a JSON text.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
    }

    pub fn decode(text: &str, query: &str) -> Result<Self, SqlError> {
        let read = || {
            let json = URL_SAFE_NO_PAD.decode(text).ok()?;
            let token: Token = serde_json::from_slice(&json).ok()?;
            let place = token.place.map(|place| URL_SAFE_NO_PAD.decode(place)).transpose().ok()?;
            let keys = token.keys.into_iter().map(Key::try_from).collect::<Result<_, _>>().ok()?;
            let last = place.map(|place| Last { place, keys });
            (token.query == query).then_some(Self { given: token.given, last })
        };
        read().ok_or(SqlError::Continuation)
    }
}

impl From<&Key> for TokenKey {
    fn from(key: &Key) -> Self {
        match &key.0 {
            None => Self::Undefined,
            Some(Value::Number(number)) if number.is_f64() => {
                Self::Float(super::compare::float(number).to_bits())
            }
            Some(value) => Self::Value(value.clone()),
        }
    }
}

impl TryFrom<TokenKey> for Key {
    type Error = SqlError;

    fn try_from(key: TokenKey) -> Result<Self, SqlError> {
        Ok(Self(match key {
            TokenKey::Undefined => None,
            TokenKey::Float(bits) => {
                let number = Number::from_f64(f64::from_bits(bits));
                Some(Value::Number(number.ok_or(SqlError::Continuation)?))
            }
            TokenKey::Value(value) => Some(value),
        }))
    }
}

/// Names a query with its parameters and its access: a place means nothing in another order.
pub fn fingerprint(request: &Request, access: &Access, part: Option<u32>) -> String {
    let mut hash = Sha256::new();
    let (parameters, access) = (format!("{:?}", request.parameters), format!("{access:?}"));
    for text in [&request.text, &parameters, &access] {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    hash.update(part.map_or(0, |part| u64::from(part) + 1).to_be_bytes());
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..12])
}
