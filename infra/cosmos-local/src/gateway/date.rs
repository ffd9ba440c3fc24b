//! Dates as HTTP headers carry them.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short case_sensitive:false], [day] [month repr:short case_sensitive:false] \
     [year] [hour]:[minute]:[second]"
);

/// Reads `Tue, 01 Nov 1994 08:12:31 GMT` in any case.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let zone = text.len().checked_sub(" GMT".len())?;
    let (date, zone) = text.split_at_checked(zone)?;
    if !zone.eq_ignore_ascii_case(" GMT") {
        return None;
    }
    Some(PrimitiveDateTime::parse(date, FORMAT).ok()?.assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_read_in_any_case() {
        let date = Some(datetime!(1994-11-01 08:12:31 UTC));
        assert_eq!(parse("Tue, 01 Nov 1994 08:12:31 GMT"), date);
        assert_eq!(parse("tue, 01 nov 1994 08:12:31 gmt"), date);
    }

    #[test]
    fn other_zones_and_forms_are_none() {
        for text in [
            "",
            "GMT",
            "Tue, 01 Nov 1994 08:12:31 CET",
            "1994-11-01T08:12:31Z",
            "über",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
