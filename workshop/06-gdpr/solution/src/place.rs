//! Where a sealed value belongs.

use std::fmt;
use std::str::FromStr;

use event_store::{EventId, StreamId};
use serde::{Deserialize, Serialize};

/// The field of an event that a value was sealed for, written `<stream>/<event id>/<field>`. It is the associated data:
/// under another place the value does not open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    /// The event's stream.
    pub stream: StreamId,
    /// The event.
    pub event_id: EventId,
    /// The field of its data, with dots on the way to one that lies deeper.
    pub field: String,
}

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("place {0:?} must read stream/event id/field")]
pub struct InvalidPlace(String);

impl FromStr for Place {
    type Err = InvalidPlace;

    /// A stream's name holds no slash, and a field's holds none; an event's id may.
    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let invalid = || InvalidPlace(text.to_owned());
        let (stream, rest) = text.split_once('/').ok_or_else(invalid)?;
        let (event_id, field) = rest.rsplit_once('/').ok_or_else(invalid)?;
        if event_id.is_empty() || field.is_empty() {
            return Err(invalid());
        }
        let stream = stream.parse().map_err(|_| invalid())?;
        Ok(Self { stream, event_id: EventId::from(event_id), field: field.to_owned() })
    }
}

impl TryFrom<String> for Place {
    type Error = InvalidPlace;

    fn try_from(text: String) -> Result<Self, InvalidPlace> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.stream, self.event_id, self.field)
    }
}
