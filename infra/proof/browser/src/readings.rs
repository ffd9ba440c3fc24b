//! A day of a meter as a file, by the formula of the course.

use std::fmt::Write;

use time::{Date, Duration, Time};

/// What the file of a day is called.
#[must_use]
pub fn file_name(day: Date) -> String {
    format!("readings-{day}.csv")
}

/// The readings of a day: `value(i, day) = (i × day + i / 7) mod 4` for the quarters 1 to 96, the last of
/// which ends at the next midnight.
#[must_use]
pub fn day_as_file(day: Date) -> String {
    let mut file = "timestamp,value\n".to_owned();
    for quarter in 1..=96_i64 {
        let value = (quarter * i64::from(day.day()) + quarter / 7) % 4;
        let end = day.with_time(Time::MIDNIGHT) + Duration::minutes(15 * quarter);
        let (date, hour, minute) = (end.date(), end.hour(), end.minute());
        writeln!(file, "{date}T{hour:02}:{minute:02}:00Z,{value}").expect("a text grows");
    }
    file
}
