//! Times as documents hold them: UTC, RFC 3339, always three decimals, so that their order as text is
//! their order in time and a query can compare them.

use serde::{Deserialize, Deserializer, Serializer, de};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A time as text, cut to the millisecond.
pub(crate) fn text(time: OffsetDateTime) -> String {
    let utc = time.to_offset(UtcOffset::UTC);
    utc.format(FORMAT).expect("every part of the format is part of a date with time")
}

pub(crate) fn serialize<S: Serializer>(time: &OffsetDateTime, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&text(*time))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<OffsetDateTime, D::Error> {
    let text = String::deserialize(input)?;
    OffsetDateTime::parse(&text, &Rfc3339).map_err(de::Error::custom)
}
