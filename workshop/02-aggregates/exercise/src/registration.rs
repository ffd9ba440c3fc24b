//! Who a meter is and where it hangs.

use std::fmt;

use event_store::StreamId;
use serde::{Deserialize, Serialize};

use crate::field::{InvalidField, text};

/// The number on a meter, such as `87000001`: 1 to 64 of the characters A–Z, a–z, 0–9 and -.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeterId(String);

impl MeterId {
    /// Reads a meter's number.
    ///
    /// # Errors
    ///
    /// It is empty, too long, or holds other characters.
    pub fn parse(id: &str) -> Result<Self, InvalidField> {
        let allowed = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if id.is_empty() || id.len() > 64 || !allowed {
            let remedy = "must be 1 to 64 letters, digits or hyphens, such as 87000001";
            return Err(InvalidField::new("meter_id", remedy));
        }
        Ok(Self(id.to_owned()))
    }

    /// The stream of the meter's events.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a parsed id always names a stream")]
    pub fn stream(&self) -> StreamId {
        StreamId::new("meter", &self.0).expect("a meter id is shorter and plainer than a stream id")
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MeterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a meter hangs, as roughly as overviews need it: the first two letters or digits of its postal
/// code. Thousands live in one, so it says nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct District(String);

impl District {
    /// The district of a postal code. A code too short to be cut down has none.
    #[must_use]
    pub fn of(postal_code: &str) -> Self {
        let plain = postal_code.chars().filter(|c| c.is_alphanumeric());
        let plain: Vec<char> = plain.flat_map(char::to_uppercase).collect();
        match plain[..] {
            [first, second, _, _, ..] => Self([first, second].iter().collect()),
            _ => Self::default(),
        }
    }

    /// The district as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Also the district of events from before districts were kept.
impl Default for District {
    fn default() -> Self {
        Self("unknown".to_owned())
    }
}

impl fmt::Display for District {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is written down when a meter is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The number on the meter.
    pub meter_id: MeterId,
    /// Where it hangs.
    pub postal_code: String,
    /// Where it hangs.
    pub house_number: String,
    /// What its owner has to type to activate it.
    pub activation_code: String,
    /// Where it hangs, roughly.
    #[serde(default)]
    pub district: District,
}

impl Registration {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// All fields that cannot be taken, not only the first.
    pub fn new(
        meter_id: &str,
        postal_code: &str,
        house_number: &str,
        activation_code: &str,
    ) -> Result<Self, Vec<InvalidField>> {
        let meter_id = MeterId::parse(meter_id.trim());
        let postal_code = text("postal_code", postal_code, 16);
        let house_number = text("house_number", house_number, 16);
        let code = self::activation_code(activation_code);
        match (meter_id, postal_code, house_number, code) {
            (Ok(meter_id), Ok(postal_code), Ok(house_number), Ok(activation_code)) => {
                let district = District::of(&postal_code);
                Ok(Self { meter_id, postal_code, house_number, activation_code, district })
            }
            (id, postal, house, code) => {
                let all = [id.err(), postal.err(), house.err(), code.err()];
                Err(all.into_iter().flatten().collect())
            }
        }
    }
}

/// Reads an activation code, whether it is to be set or tried.
///
/// # Errors
///
/// It is empty or longer than 64 characters.
pub fn activation_code(code: &str) -> Result<String, InvalidField> {
    text("activation_code", code, 64)
}
