//! Numbers that a stored procedure would round.

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The largest whole number that JavaScript, and so a stored procedure, keeps exactly: 2⁵³.
const LARGEST_EXACT: u64 = 1 << 53;

/// Whole numbers of so many digits are below it.
const EXACT_DIGITS: u32 = 15;

/// So many levels deep JSON can be read.
const LEVELS: u32 = 127;

/// The first number in a JSON text that a stored procedure would round.
///
/// # Errors
///
/// The text cannot be read back: it holds half a character or a number beyond those of JavaScript, or is nested too
/// deep.
pub(crate) fn first_inexact(json: &str) -> serde_json::Result<Option<String>> {
    if is_plain(json) {
        return Ok(None);
    }
    let Inexact(found) = serde_json::from_str(json)?;
    Ok(found)
}

/// Whether a look at the bytes is enough: no long number and none with an exponent, no escapes, and so few brackets
/// that they cannot be nested too deep. What looks like that in a text costs a reading of the JSON and nothing else.
fn is_plain(json: &str) -> bool {
    let (mut digits, mut brackets) = (0, 0);
    for byte in json.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'e' | b'E' if digits > 0 => return false,
            b'\\' => return false,
            b'[' | b'{' => (digits, brackets) = (0, brackets + 1),
            _ => digits = 0,
        }
        if digits > EXACT_DIGITS || brackets > LEVELS {
            return false;
        }
    }
    true
}

/// What [`first_inexact`] finds. Reading it builds nothing in memory.
struct Inexact(Option<String>);

struct Numbers;

impl<'de> Deserialize<'de> for Inexact {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Numbers)
    }
}

impl<'de> Visitor<'de> for Numbers {
    type Value = Inexact;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Inexact, E> {
        Ok(Inexact((number > LARGEST_EXACT).then(|| number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Inexact, E> {
        Ok(Inexact((number.unsigned_abs() > LARGEST_EXACT).then(|| number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Inexact, E> {
        #[expect(clippy::cast_precision_loss, reason = "it is a power of two")]
        let exact = number.fract() != 0.0 || number.abs() <= LARGEST_EXACT as f64;
        // As JSON writes it: with an exponent, not with three hundred digits.
        Ok(Inexact((!exact).then(|| serde_json::Value::from(number).to_string())))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Inexact, E> {
        Ok(Inexact(None))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Inexact, E> {
        Ok(Inexact(None))
    }

    fn visit_unit<E: Error>(self) -> Result<Inexact, E> {
        Ok(Inexact(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Inexact, A::Error> {
        let mut first = None;
        while let Some(Inexact(found)) = items.next_element()? {
            first = first.or(found);
        }
        Ok(Inexact(first))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Inexact, A::Error> {
        let mut first = None;
        while let Some((_, Inexact(found))) = fields.next_entry::<IgnoredAny, _>()? {
            first = first.or(found);
        }
        Ok(Inexact(first))
    }
}
