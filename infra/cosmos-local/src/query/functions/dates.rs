//! Functions on dates: ISO 8601 in UTC with seven digits of a second, as the service writes them.

use serde_json::Value;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time};

use super::{Computed, text, value};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
/// Nanoseconds in a tick.
const TICK: i128 = 100;
const MILLISECOND: i128 = 1_000_000;
const SECOND: i128 = 1_000_000_000;

/// A part of a date, under the names the service knows.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Year,
    Month,
    /// So many nanoseconds.
    Fixed(i128),
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" | "yyyy" | "yy" => Self::Year,
            "month" | "mm" | "m" => Self::Month,
            "day" | "dd" | "d" => Self::Fixed(86_400 * SECOND),
            "hour" | "hh" => Self::Fixed(3600 * SECOND),
            "minute" | "mi" | "n" => Self::Fixed(60 * SECOND),
            "second" | "ss" | "s" => Self::Fixed(SECOND),
            "millisecond" | "ms" => Self::Fixed(MILLISECOND),
            "microsecond" | "mcs" => Self::Fixed(1000),
            "nanosecond" | "ns" => Self::Fixed(1),
            _ => return None,
        })
    }
}

pub fn add(arguments: &[Computed<'_>]) -> Option<Value> {
    let (part, count) = (Part::named(text(arguments, 0)?)?, whole(arguments, 1)?);
    let date = date(arguments, 2)?;
    written(match part {
        Part::Year => months_later(date, count.checked_mul(12)?)?,
        Part::Month => months_later(date, count)?,
        Part::Fixed(nanoseconds) => {
            let later = nanoseconds.checked_mul(count.into())?;
            at(date.unix_timestamp_nanos().checked_add(later)?)?
        }
    })
}

/// How many borders of a part lie between two dates.
pub fn difference(arguments: &[Computed<'_>]) -> Option<Value> {
    let part = Part::named(text(arguments, 0)?)?;
    let count = |date: OffsetDateTime| match part {
        Part::Year => i128::from(date.year()),
        Part::Month => i128::from(date.year()) * 12 + i128::from(u8::from(date.month())),
        Part::Fixed(nanoseconds) => date.unix_timestamp_nanos().div_euclid(nanoseconds),
    };
    number(count(date(arguments, 2)?) - count(date(arguments, 1)?))
}

/// The beginning of the bin of a size that a date lies in, counted from an origin.
pub fn bin(arguments: &[Computed<'_>]) -> Option<Value> {
    let Part::Fixed(nanoseconds) = Part::named(text(arguments, 1)?)? else {
        return None;
    };
    let size = if arguments.len() > 2 { whole(arguments, 2)? } else { 1 };
    let width = nanoseconds.checked_mul(size.into()).filter(|width| *width > 0)?;
    let origin = if arguments.len() > 3 { date(arguments, 3)?.unix_timestamp_nanos() } else { 0 };
    let since = date(arguments, 0)?.unix_timestamp_nanos() - origin;
    written(at(origin + since.div_euclid(width) * width)?)
}

pub fn from_parts(arguments: &[Computed<'_>]) -> Option<Value> {
    let part = |place: usize, default: i64| {
        if place < arguments.len() { whole(arguments, place) } else { Some(default) }
    };
    let small = |place, default| u8::try_from(part(place, default)?).ok();
    let month = Month::try_from(small(1, 1)?).ok()?;
    let year = i32::try_from(part(0, 1)?).ok()?;
    let day = Date::from_calendar_date(year, month, small(2, 1)?).ok()?;
    let ticks = u32::try_from(part(6, 0)?).ok().filter(|ticks| *ticks < 10_000_000)?;
    let (hour, minute, second) = (small(3, 0)?, small(4, 0)?, small(5, 0)?);
    let time = Time::from_hms_nano(hour, minute, second, ticks * 100).ok()?;
    written(day.with_time(time).assume_utc())
}

pub fn part(arguments: &[Computed<'_>]) -> Option<Value> {
    let (part, date) = (Part::named(text(arguments, 0)?)?, date(arguments, 1)?);
    let within = |whole: i128, nanoseconds: i128| {
        date.unix_timestamp_nanos().rem_euclid(whole) / nanoseconds
    };
    number(match part {
        Part::Year => i128::from(date.year()),
        Part::Month => i128::from(u8::from(date.month())),
        Part::Fixed(nanoseconds) if nanoseconds > 3600 * SECOND => i128::from(date.day()),
        Part::Fixed(nanoseconds) if nanoseconds == 3600 * SECOND => i128::from(date.hour()),
        Part::Fixed(nanoseconds) if nanoseconds == 60 * SECOND => i128::from(date.minute()),
        Part::Fixed(nanoseconds) if nanoseconds == SECOND => i128::from(date.second()),
        Part::Fixed(nanoseconds) => within(SECOND, nanoseconds),
    })
}

pub fn to_ticks(arguments: &[Computed<'_>]) -> Option<Value> {
    number(date(arguments, 0)?.unix_timestamp_nanos().div_euclid(TICK))
}

pub fn to_timestamp(arguments: &[Computed<'_>]) -> Option<Value> {
    number(date(arguments, 0)?.unix_timestamp_nanos().div_euclid(MILLISECOND))
}

pub fn from_ticks(arguments: &[Computed<'_>]) -> Option<Value> {
    written(at(i128::from(whole(arguments, 0)?) * TICK)?)
}

pub fn from_timestamp(arguments: &[Computed<'_>]) -> Option<Value> {
    written(at(i128::from(whole(arguments, 0)?) * MILLISECOND)?)
}

pub fn now(_: &[Computed<'_>]) -> Option<Value> {
    written(OffsetDateTime::now_utc())
}

pub fn now_ticks(_: &[Computed<'_>]) -> Option<Value> {
    number(OffsetDateTime::now_utc().unix_timestamp_nanos().div_euclid(TICK))
}

pub fn now_timestamp(_: &[Computed<'_>]) -> Option<Value> {
    number(OffsetDateTime::now_utc().unix_timestamp_nanos().div_euclid(MILLISECOND))
}

fn date(arguments: &[Computed<'_>], place: usize) -> Option<OffsetDateTime> {
    let text = text(arguments, place)?;
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    let date = OffsetDateTime::parse(&whole, &Rfc3339).ok()?;
    date.offset().is_utc().then_some(date)
}

fn whole(arguments: &[Computed<'_>], place: usize) -> Option<i64> {
    let number = value(arguments, place)?;
    #[expect(clippy::cast_possible_truncation, reason = "fractions are cut off")]
    number.as_i64().or_else(|| number.as_f64().map(|float| float as i64))
}

fn at(nanoseconds: i128) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
}

/// The same day of another month, or its last.
fn months_later(date: OffsetDateTime, count: i64) -> Option<OffsetDateTime> {
    let months = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
    let months = months.checked_add(count)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let day = date.day().min(month.length(year));
    Some(date.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

fn written(date: OffsetDateTime) -> Option<Value> {
    (1..=9999).contains(&date.year()).then(|| date.format(FORMAT).ok().map(Value::String))?
}

fn number(number: i128) -> Option<Value> {
    super::super::number::from_integer(number)
}
