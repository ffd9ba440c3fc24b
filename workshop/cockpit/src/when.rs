//! Times, for people and for programs.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

const EXACT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
const SHORT: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]");
const FIELD: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

/// A time in the forms a page needs.
#[derive(Debug, Clone)]
pub struct When {
    /// For `datetime`.
    pub iso: String,
    /// For those who look closer.
    pub exact: String,
    /// For a glance: how long ago it was, or the day.
    pub shown: String,
}

impl When {
    /// The time, as it is seen `now`.
    #[must_use]
    pub fn new(time: OffsetDateTime, now: OffsetDateTime) -> Self {
        let shown = ago(now - time).unwrap_or_else(|| written(time, SHORT));
        Self { iso: iso(time), exact: written(time, EXACT), shown }
    }
}

/// A time as programs write it.
///
/// # Panics
///
/// Its year has not four digits in UTC: no event and no request holds such a time.
#[must_use]
pub fn iso(time: OffsetDateTime) -> String {
    let utc = time.to_offset(UtcOffset::UTC);
    utc.format(&Rfc3339).expect("a UTC time of our years has an RFC 3339 form")
}

/// A time as the browser's field for times takes it.
#[must_use]
pub fn field(time: OffsetDateTime) -> String {
    written(time, FIELD)
}

fn written(time: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    let utc = time.to_offset(UtcOffset::UTC);
    utc.format(format).expect("every part of the format is part of a date with time")
}

fn ago(age: Duration) -> Option<String> {
    match age.whole_minutes() {
        0 if !age.is_negative() => Some("just now".to_owned()),
        minutes @ 1..60 => Some(format!("{minutes} min ago")),
        minutes @ 60..1440 => Some(format!("{} h ago", minutes / 60)),
        _ => None,
    }
}
