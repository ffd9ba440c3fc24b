//! A personal value: sealed wherever it is, in events, views, snapshots, messages and in memory.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::data_key::{KeyId, NonceBytes};
use crate::{Place, Subject};

/// The length of a nonce and of a tag: what is shorter was cut off.
const NONCE: usize = 12;
const TAG: usize = 16;

/// What every sealed value begins with.
pub(crate) const PREFIX: &str = "sealed/";

/// A sealed value as it is stored, in events and in whatever is made of them: one text,
/// `sealed/<key>/<nonce and ciphertext>/<subject>/<place>`. So programs that know the field as a text read on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed {
    /// Whom it is about.
    pub subject: Subject,
    /// What it was sealed for.
    pub place: Place,
    /// The data key that opens it.
    pub key: KeyId,
    /// The nonce and the ciphertext with its tag, in Base64 for URLs.
    pub sealed: String,
}

/// Why a text is no sealed value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a personal field is not sealed: {remedy}")]
pub struct NotSealed {
    /// What to do.
    remedy: &'static str,
}

/// A field that says something of a person. There is no way to it but to open it with a [`Ring`](crate::Ring): a struct
/// that holds one can be stored, sent and logged.
pub struct Personal<T> {
    sealed: Arc<Sealed>,
    plain: PhantomData<fn() -> T>,
}

/// What is to be seen of a personal value.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened<T> {
    /// The value.
    Known(T),
    /// The person was forgotten.
    Erased,
}

impl Sealed {
    /// Puts a nonce and a ciphertext together.
    #[must_use]
    pub fn new(
        subject: Subject,
        place: Place,
        key: KeyId,
        nonce: NonceBytes,
        ciphertext: &[u8],
    ) -> Self {
        let sealed = BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], ciphertext].concat());
        Self { subject, place, key, sealed }
    }

    /// Nonce and ciphertext; `None` if something was cut off, or it is no Base64.
    pub(crate) fn parts(&self) -> Option<(NonceBytes, Vec<u8>)> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&self.sealed).ok()?;
        if bytes.len() < NONCE + TAG {
            return None;
        }
        let ciphertext = bytes.split_off(NONCE);
        Some((bytes.try_into().ok()?, ciphertext))
    }
}

impl FromStr for Sealed {
    type Err = NotSealed;

    /// Only the place holds slashes.
    fn from_str(text: &str) -> Result<Self, NotSealed> {
        let plain = NotSealed { remedy: "seal it first, or start with new data" };
        let broken = NotSealed { remedy: "it was cut off or changed, restore the document" };
        let rest = text.strip_prefix(PREFIX).ok_or(plain)?;
        let mut parts = rest.splitn(4, '/');
        let mut part = || parts.next().ok_or_else(|| broken.clone());
        let (key, sealed, subject, place) = (part()?, part()?, part()?, part()?);
        let (subject, place) = (subject.parse(), place.parse());
        match (subject, place) {
            (Ok(subject), Ok(place)) => {
                Ok(Self { subject, place, key: KeyId::from(key), sealed: sealed.to_owned() })
            }
            _ => Err(broken),
        }
    }
}

impl TryFrom<String> for Sealed {
    type Error = NotSealed;

    fn try_from(text: String) -> Result<Self, NotSealed> {
        text.parse()
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        sealed.to_string()
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, place, key, sealed } = self;
        write!(f, "{PREFIX}{key}/{sealed}/{subject}/{place}")
    }
}

impl<T> Personal<T> {
    /// A value as it is stored. Whether it is a `T` is seen when it is opened.
    #[must_use]
    pub fn new(sealed: Sealed) -> Self {
        Self { sealed: Arc::new(sealed), plain: PhantomData }
    }

    /// The value as it is stored.
    #[must_use]
    pub fn sealed(&self) -> &Sealed {
        &self.sealed
    }

    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.sealed.subject
    }

    /// Whether both are the value of one field of one event.
    #[must_use]
    pub fn is_of_the_same_place(&self, other: &Self) -> bool {
        //@ step 1: say whether the other is the value of the same field of the same event, sealed now or before
        self.sealed.place == other.sealed.place && self.sealed.subject == other.sealed.subject
        //@ end
    }
}

/// By identity. A command that is sent again is sealed again, under another nonce: a ciphertext tells nothing.
impl<T> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_of_the_same_place(other)
    }
}

impl<T> Eq for Personal<T> {}

impl<T> Clone for Personal<T> {
    fn clone(&self) -> Self {
        Self { sealed: Arc::clone(&self.sealed), plain: PhantomData }
    }
}

impl<T> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.sealed.serialize(out)
    }
}

impl<'de, T> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Sealed::deserialize(input).map(Self::new)
    }
}

impl<T> Opened<T> {
    /// The value, unless the person was forgotten.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Erased => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Erased => f.write_str("Erased"),
        }
    }
}

/// Without the value: what is debugged is logged.
impl<T> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(…)",
            Self::Erased => "Erased",
        })
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({})", self.sealed.place)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.place)
    }
}
