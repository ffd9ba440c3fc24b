//! Keys in hand: fetched before anything is decoded, so that rules and pages open values without waiting.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{DataKey, Opened, Personal, Place, Sealed, Subject};

/// What is known of a subject's key.
#[derive(Debug, Clone)]
pub enum Held {
    /// Here it is.
    Key(DataKey),
    /// The subject was forgotten, for ever.
    Erased,
}

/// The keys of some subjects, as of the moment they were fetched. Hand it to whoever may read, and let it go.
#[derive(Debug, Clone, Default)]
pub struct Ring(BTreeMap<Subject, Held>);

/// Why a sealed value cannot be opened. None of it is a matter of waiting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nobody fetched the key, or there never was one: ask for the subject's key before opening.
    #[error("{place} needs the key of {subject}, which is not in hand: fetch it first")]
    NoKey {
        /// The value's place.
        place: Place,
        /// Whose key.
        subject: Subject,
    },
    /// It was sealed with another key: the document in `keys` was replaced, or the value comes from elsewhere.
    #[error("{place} was sealed with another key than the one of {subject}: was `keys` restored?")]
    WrongKey {
        /// The value's place.
        place: Place,
        /// Whose key it should be.
        subject: Subject,
    },
    /// A part is missing.
    #[error("{place} was cut off: restore the document")]
    Truncated {
        /// The value's place.
        place: Place,
    },
    /// A byte of it, or its place, is not what it was: somebody wrote there.
    #[error("{place} was changed after it was sealed: restore the document")]
    Tampered {
        /// The value's place.
        place: Place,
    },
    /// It opens, and is not of the type that is asked for.
    #[error("{place} holds something else than this program expects")]
    Unfit {
        /// The value's place.
        place: Place,
    },
}

impl Ring {
    /// Takes a key in hand.
    #[must_use]
    pub fn with(mut self, subject: Subject, held: Held) -> Self {
        self.0.insert(subject, held);
        self
    }

    /// Whether what was sealed for a subject can be opened, or is known to be erased.
    #[must_use]
    pub fn holds(&self, subject: &Subject) -> bool {
        self.0.contains_key(subject)
    }

    /// Opens a value. That of a person who was forgotten shows as [`Opened::Erased`].
    ///
    /// # Errors
    ///
    /// See [`OpenError`]: it gives an error or the value, never something in between.
    pub fn open<T: DeserializeOwned>(
        &self,
        personal: &Personal<T>,
    ) -> Result<Opened<T>, OpenError> {
        let Some(plain) = self.plain(personal.sealed())? else {
            return Ok(Opened::Erased);
        };
        let place = || personal.sealed().place.clone();
        let read = serde_json::from_slice(&plain);
        read.map(Opened::Known).map_err(|_| OpenError::Unfit { place: place() })
    }

    /// A sealed value as JSON; that of a person who was forgotten is the text `Erased`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn value(&self, sealed: &Sealed) -> Result<Value, OpenError> {
        let Some(plain) = self.plain(sealed)? else {
            return Ok(Value::from("Erased"));
        };
        let place = sealed.place.clone();
        serde_json::from_slice(&plain).map_err(|_| OpenError::Unfit { place })
    }

    /// The plain JSON of a sealed value; `None` if the person was forgotten.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn plain(&self, sealed: &Sealed) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        let (place, subject) = (sealed.place.clone(), sealed.subject.clone());
        let key = match self.0.get(&subject) {
            Some(Held::Key(key)) => key,
            Some(Held::Erased) => return Ok(None),
            None => return Err(OpenError::NoKey { place, subject }),
        };
        if *key.id() != sealed.key {
            return Err(OpenError::WrongKey { place, subject });
        }
        let Some((nonce, ciphertext)) = sealed.parts() else {
            return Err(OpenError::Truncated { place });
        };
        let plain = key.decrypt(&nonce, &ciphertext, place.to_string().as_bytes());
        plain.map(Some).ok_or(OpenError::Tampered { place })
    }
}

/// By what can be opened with them.
impl PartialEq for Ring {
    fn eq(&self, other: &Self) -> bool {
        let named = |ring: &Self| -> Vec<_> {
            let id = |held: &Held| match held {
                Held::Key(key) => Some(key.id().clone()),
                Held::Erased => None,
            };
            ring.0.iter().map(|(subject, held)| (subject.clone(), id(held))).collect()
        };
        named(self) == named(other)
    }
}

impl Eq for Ring {}
