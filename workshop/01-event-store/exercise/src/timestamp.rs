//! Times as documents hold them: UTC, RFC 3339, always three decimals, so that their order as text is
//! their order in time and a query can compare and sort them. That holds for the years 0 to 9999.
//!
//! For a field: `#[serde(with = "event_store::timestamp")]`. What `time::serde::rfc3339` writes leaves zeros at
//! the end out, and as text `10:00:00.5Z` comes after `10:00:00.51Z`.

use serde::Serializer;
use time::format_description::BorrowedFormatItem;
use time::macros::{datetime, format_description};
use time::{OffsetDateTime, UtcOffset};

/// Any form of RFC 3339 is read.
pub use time::serde::rfc3339::deserialize;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

const FIRST: OffsetDateTime = datetime!(0000-01-01 00:00 UTC);
const LAST: OffsetDateTime = datetime!(9999-12-31 23:59:59.999_999_999 UTC);

/// Whether the time, in UTC, is of a year with four digits.
pub(crate) fn can_be_stored(time: OffsetDateTime) -> bool {
    (FIRST..=LAST).contains(&time)
}

/// A time as text, cut to the millisecond. One before or after all that can be stored becomes the first or
/// the last of these: every comparison with a stored time comes out the same.
pub(crate) fn text(time: OffsetDateTime) -> String {
    let utc = time.clamp(FIRST, LAST).to_offset(UtcOffset::UTC);
    utc.format(FORMAT).expect("every part of the format is part of a date with time")
}

/// Writes a time, cut to the millisecond.
///
/// # Errors
///
/// The format's own; every time can be written.
pub fn serialize<S: Serializer>(time: &OffsetDateTime, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&text(*time))
}
