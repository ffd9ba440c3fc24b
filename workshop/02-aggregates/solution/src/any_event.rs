//! An event of whatever kind, for those who look at streams and not at what happened in them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The kind of an event. Where an enum of events passes over the kinds it does not know, this takes all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyEvent {
    /// Such as `MeterActivated`.
    pub kind: String,
}

impl AnyEvent {
    /// How the codec knows that it is asked for this.
    pub(crate) const NAME: &'static str = "$any_event";
}

impl<'de> Deserialize<'de> for AnyEvent {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_newtype_struct(Self::NAME, Kind)
    }
}

struct Kind;

impl Visitor<'_> for Kind {
    type Value = AnyEvent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored event")
    }

    fn visit_str<E: Error>(self, kind: &str) -> Result<AnyEvent, E> {
        Ok(AnyEvent { kind: kind.to_owned() })
    }
}
