//! Dates as headers carry them.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;

use crate::clock::{self, Millis};

const RFC_1123: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// Reads RFC 1123 and RFC 2822, with `GMT` or any numeric offset.
pub fn parse(text: &str) -> Option<Millis> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(clock::of)
}

/// Writes `Wed, 02 Jul 2014 01:32:27 GMT`. What is beyond the year 9999 is written as its last second.
pub fn format(time: Millis) -> String {
    clock::date(time).format(RFC_1123).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_gmt_and_with_offsets_and_written_in_gmt() {
        let written = "Wed, 02 Jul 2014 01:32:27 GMT";
        let time = parse(written).unwrap();
        assert_eq!(format(time), written);
        assert_eq!(parse("Wed, 02 Jul 2014 01:32:27 +0000"), Some(time));
        assert_eq!(parse("Wed, 02 Jul 2014 03:32:27 +0200"), Some(time));
        assert_eq!(parse("02 Jul 2014 01:32:27 GMT"), Some(time));
        assert_eq!(parse("2014-07-02T01:32:27Z"), None);
        assert_eq!(format(Millis::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
