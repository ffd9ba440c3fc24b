//! Session tokens: how a reader asks to see a write it knows of.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Says how far a reader must be: `<range>:<version>#<lsn>…`. Opaque to everyone but Cosmos DB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionToken(pub(crate) String);

impl SessionToken {
    /// The token as text, for a header or a cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By physical partition, the number of the transaction that a reader must have seen.
    pub fn places(&self) -> impl Iterator<Item = (&str, u64)> {
        let parts = self.0.split(',').filter_map(|part| part.split_once(':'));
        parts.map(|(partition, place)| (partition, lsn(place)))
    }
}

/// The newest token of each partition-key range this store has written to.
///
/// Appends by procedure pass the SDK by, so the SDK does not know their tokens: without these, a load
/// right after an append could be answered by a replica that has not seen it.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    newest: Mutex<BTreeMap<String, (u64, String)>>,
}

impl Sessions {
    /// Keeps the token, unless a newer one of its range is known.
    pub(crate) fn saw(&self, token: &SessionToken) {
        for part in token.0.split(',') {
            let Some((range, place)) = part.split_once(':') else {
                continue;
            };
            let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
            let known = newest.entry(range.to_owned()).or_default();
            if lsn(place) >= known.0 {
                *known = (lsn(place), part.to_owned());
            }
        }
    }

    /// All tokens, as one; none before the first write.
    pub(crate) fn token(&self) -> Option<String> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens: Vec<_> = newest.values().map(|(_, token)| token.as_str()).collect();
        (!tokens.is_empty()).then(|| tokens.join(","))
    }
}

/// The global LSN of `<version>#<lsn>#<region>=<lsn>…`, or of a bare `<lsn>`.
fn lsn(place: &str) -> u64 {
    let mut fields = place.split('#');
    let first = fields.next().unwrap_or_default();
    fields.next().unwrap_or(first).parse().unwrap_or_default()
}
