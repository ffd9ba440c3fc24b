//! Durations as the file has them: ISO 8601 with whole numbers, such as `PT1M30S` or `P1DT2H`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::clock::Millis;

/// A duration in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Millis);

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

impl Span {
    pub const fn seconds(seconds: Millis) -> Self {
        Self(seconds * SECOND)
    }

    /// Reads a duration; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('P')?;
        let (date, time) = rest.split_once('T').map_or((rest, None), |(d, t)| (d, Some(t)));
        if rest.is_empty() || time.is_some_and(str::is_empty) {
            return None;
        }
        let days = parts(date, &[('D', DAY)])?;
        let time = parts(time.unwrap_or(""), &[('H', HOUR), ('M', MINUTE), ('S', SECOND)])?;
        days.checked_add(time).map(Self)
    }
}

/// Numbers with their units, each at most once and in this order.
fn parts(text: &str, units: &[(char, Millis)]) -> Option<Millis> {
    let mut rest = text;
    let mut sum: Millis = 0;
    for (unit, length) in units {
        if let Some((number, after)) = rest.split_once(*unit) {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            sum = sum.checked_add(number.parse::<Millis>().ok()?.checked_mul(*length)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(sum)
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "{text:?} is no duration; write it as PT30S, PT1M or P1DT12H, in whole numbers"
            ))
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("PT{}S", self.0 / SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_days_hours_minutes_and_seconds() {
        let read = |text| Span::parse(text).map(|span| span.0 / SECOND);
        assert_eq!(read("PT1M"), Some(60));
        assert_eq!(read("PT1H30M5S"), Some(5_405));
        assert_eq!(read("P1DT1S"), Some(86_401));
        assert_eq!(read("P14D"), Some(1_209_600));
        assert_eq!(read("PT0S"), Some(0));
    }

    #[test]
    fn anything_else_is_no_duration() {
        for text in ["", "P", "PT", "1M", "PT1", "PTM", "PT1.5S", "PT1S1M", "P1M", "pt1m", "PT-1S"]
        {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(Span::parse("PT99999999999999999999S"), None);
        assert_eq!(Span::parse("P9223372036854775807D"), None);
    }
}
