//! Which moment of a stream somebody asks for.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use daybook::aggregates::field::InvalidField;
use daybook::event_store::{Range, Version};
use serde::Deserialize;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::Problem;

const MINUTE: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day]T[hour]:[minute][optional [:[second][optional [.[subsecond]]]]]"
);
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A moment of a stream: `?version=N` or `?at=TIME`; neither means now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// With all its events.
    Now,
    /// With its first events, up to this version.
    Version(Version),
    /// With the events recorded up to this time.
    Time(OffsetDateTime),
}

impl AsOf {
    /// The events that had happened by then.
    #[must_use]
    pub fn range(self) -> Range {
        match self {
            Self::Now => Range::all(),
            Self::Version(version) => Range::all().up_to(version),
            Self::Time(time) => Range::all().at(time),
        }
    }

    fn parse(version: Option<&str>, at: Option<&str>) -> Result<Self, InvalidField> {
        match (version, at) {
            (None, None) => Ok(Self::Now),
            (Some(version), None) => {
                let number = version.parse().ok().filter(|number| *number > 0);
                let remedy = "must be a whole number from 1";
                let number = number.ok_or_else(|| InvalidField::new("version", remedy))?;
                Ok(Self::Version(Version(number)))
            }
            (None, Some(at)) => Ok(Self::Time(moment(at)?)),
            (Some(_), Some(_)) => Err(InvalidField::new(
                "at",
                "and version cannot be asked for together: leave one out",
            )),
        }
    }
}

/// A time with its offset; without one it is UTC; a day means its end.
fn moment(text: &str) -> Result<OffsetDateTime, InvalidField> {
    // A plus sign that was not escaped arrives as a space.
    let text = text.replace(' ', "+");
    let offset = OffsetDateTime::parse(&text, &Rfc3339).ok();
    let minute = || PrimitiveDateTime::parse(&text, MINUTE).ok().map(PrimitiveDateTime::assume_utc);
    let day = || Date::parse(&text, DAY).ok();
    let end_of_day = || day().map(|day| day.with_time(time!(23:59:59.999)).assume_utc());
    // An offset can carry a time out of the years that can be written.
    let writable = |time: &OffsetDateTime| {
        let utc = time.checked_to_offset(UtcOffset::UTC);
        utc.is_some_and(|utc| (0..=9999).contains(&utc.year()))
    };
    offset.or_else(minute).or_else(end_of_day).filter(writable).ok_or_else(|| {
        let remedy = "must be a time such as 2020-05-05T12:00:00Z, or a day such as 2020-05-05";
        InvalidField::new("at", remedy)
    })
}

impl<S: Send + Sync> FromRequestParts<S> for AsOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Asked {
            version: Option<String>,
            at: Option<String>,
        }
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state).await?;
        // A form that was sent empty asks for nothing.
        let version = asked.version.as_deref().filter(|text| !text.is_empty());
        let at = asked.at.as_deref().filter(|text| !text.is_empty());
        Self::parse(version, at).map_err(Problem::address)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_time_may_have_an_offset_no_offset_or_be_a_day() {
        let at = |text| AsOf::parse(None, Some(text));
        let noon = AsOf::Time(datetime!(2020-05-05 12:00 UTC));
        assert_eq!(at("2020-05-05T12:00:00Z"), Ok(noon));
        assert_eq!(at("2020-05-05T14:00:00+02:00"), Ok(noon));
        assert_eq!(at("2020-05-05T14:00:00 02:00"), Ok(noon));
        assert_eq!(at("2020-05-05T12:00"), Ok(noon));
        assert_eq!(at("2020-05-05"), Ok(AsOf::Time(datetime!(2020-05-05 23:59:59.999 UTC))));
    }

    #[test]
    fn what_is_no_moment_is_refused_by_its_name() {
        let field = |version, at| AsOf::parse(version, at).expect_err("no moment").field;
        assert_eq!(field(None, Some("yesterday")), "at");
        assert_eq!(field(None, Some("9999-12-31T23:59:59-23:00")), "at");
        assert_eq!(field(None, Some("0000-01-01T00:00:00+01:00")), "at");
        assert_eq!(field(None, Some("-0044-03-15")), "at");
        assert_eq!(field(Some("0"), None), "version");
        assert_eq!(field(Some("-1"), None), "version");
        assert_eq!(field(Some("1"), Some("2020-05-05")), "at");
    }
}
