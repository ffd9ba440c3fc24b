//! A day's readings as they are delivered, as CSV or as JSON.

use daybook::aggregates::field::InvalidField;
use daybook::aggregates::readings::{Day, LARGEST, PER_DAY, Reading, end_of_quarter, whole_number};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Reads 96 rows below the header `timestamp,value`.
///
/// # Errors
///
/// What does not fit, with its line.
pub fn from_csv(date: Date, text: &str) -> Result<Day, InvalidField> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    if rows.headers().map_err(|error| broken(&error))? != ["timestamp", "value"].as_slice() {
        return Err(InvalidField::new("line 1", "must be the header timestamp,value"));
    }
    let rows: Result<Vec<_>, _> = rows.records().collect();
    let rows = rows.map_err(|error| broken(&error))?;
    // A missing row is told by its number, before every later row is said to be out of place.
    if rows.len() != PER_DAY {
        return Day::new(date, vec![0; rows.len()]);
    }
    let values: Result<Vec<_>, _> = rows
        .iter()
        .zip(1..)
        .map(|(row, quarter)| cell(row, end_of_quarter(date, quarter)))
        .collect();
    Day::new(date, values?)
}

/// Reads a JSON array of 96 whole numbers, in the order of the day.
///
/// # Errors
///
/// What does not fit, with its place in the array.
pub fn from_json(date: Date, json: &serde_json::Value) -> Result<Day, InvalidField> {
    let Some(items) = json.as_array() else {
        return Err(InvalidField::new("readings", "must be a JSON array of 96 whole numbers"));
    };
    let whole = |(index, item): (usize, &serde_json::Value)| {
        let value = item.as_u64().filter(|value| *value <= LARGEST);
        value.ok_or_else(|| InvalidField::new(&format!("readings[{index}]"), whole_number(item)))
    };
    let values: Result<Vec<_>, _> = items.iter().enumerate().map(whole).collect();
    Day::new(date, values?)
}

/// The day as a file that [`from_csv`] reads.
#[must_use]
pub fn to_csv(day: &Day) -> String {
    let row = |reading: &Reading| format!("{},{}\n", written(reading.timestamp), reading.value);
    let rows = day.readings.iter().map(row);
    std::iter::once("timestamp,value\n".to_owned()).chain(rows).collect()
}

/// Reads a date such as `2020-04-30`.
///
/// # Errors
///
/// No such day, or outside the years 2000 to 2999.
pub fn date(text: &str) -> Result<Date, InvalidField> {
    // The format alone takes a sign before the year.
    let found =
        Some(text).filter(|text| text.len() == 10).and_then(|text| Date::parse(text, DATE).ok());
    let found = found.filter(|date| (2000..3000).contains(&date.year()));
    found.ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let remedy =
            format!("must be a day from 2000 to 2999, such as 2020-04-30, and not {shown:?}");
        InvalidField::new("date", remedy)
    })
}

fn written(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).expect("a UTC time of our years has an RFC 3339 form")
}

/// The value in a row that must belong to the quarter that ends at `expected`.
fn cell(row: &csv::StringRecord, expected: OffsetDateTime) -> Result<u64, InvalidField> {
    let line = row.position().map_or(0, csv::Position::line);
    let (timestamp, value) = (&row[0], &row[1]);
    if OffsetDateTime::parse(timestamp, &Rfc3339) != Ok(expected) {
        let remedy = format!("on line {line} must be {} and not {timestamp:?}", written(expected));
        return Err(InvalidField::new("timestamp", remedy));
    }
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && *number <= LARGEST);
    number.ok_or_else(|| {
        InvalidField::new(
            "value",
            format!("on line {line} {}", whole_number(&format!("{value:?}"))),
        )
    })
}

fn broken(error: &csv::Error) -> InvalidField {
    let line = error.position().map_or(1, csv::Position::line);
    InvalidField::new(&format!("line {line}"), "must hold a timestamp, a comma and a value")
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const DAY: Date = date!(2020 - 04 - 30);

    fn refused(csv: &str) -> String {
        from_csv(DAY, csv).expect_err("the file has a fault").to_string()
    }

    #[test]
    fn a_file_reads_back_as_the_day_it_was_made_from() {
        let day = Day::example(DAY);
        assert_eq!(from_csv(DAY, &to_csv(&day)), Ok(day));
    }

    #[test]
    fn the_shipped_file_is_the_formula_s() {
        let shipped = include_str!("../data/87000001-2020-04-30.csv");
        assert_eq!(from_csv(DAY, shipped), Ok(Day::example(DAY)));
    }

    #[test]
    fn the_last_quarter_ends_at_the_next_midnight() {
        let day = Day::example(DAY);
        let ends = [day.readings[0].timestamp, day.readings[95].timestamp];
        let expected = [
            time::macros::datetime!(2020-04-30 00:15 UTC),
            time::macros::datetime!(2020-05-01 00:00 UTC),
        ];
        assert_eq!(ends, expected);
    }

    #[test]
    fn too_few_rows_are_counted() {
        let csv = to_csv(&Day::example(DAY));
        let without_last = csv.trim_end().rsplit_once('\n').expect("many lines").0;
        let expected = "readings must be 96, one for each quarter of an hour, and not 95";
        assert_eq!(refused(without_last), expected);
    }

    #[test]
    fn a_row_of_another_day_is_named_with_its_line() {
        let csv = to_csv(&Day::example(DAY)).replace("2020-04-30T00:30", "2020-04-29T00:30");
        let expected =
            "timestamp on line 3 must be 2020-04-30T00:30:00Z and not \"2020-04-29T00:30:00Z\"";
        assert_eq!(refused(&csv), expected);
    }

    #[test]
    fn a_value_that_is_no_whole_number_is_named_with_its_line() {
        for bad in ["-1", "1.5", "", "many", "9007199254740993"] {
            let csv =
                to_csv(&Day::example(DAY)).replacen("00:15:00Z,2", &format!("00:15:00Z,{bad}"), 1);
            let found = refused(&csv);
            assert!(found.starts_with("value on line 2 must be a whole number"), "{bad}: {found}");
        }
    }

    #[test]
    fn json_must_hold_96_whole_numbers() {
        let mut values = vec![serde_json::json!(1); 96];
        values[3] = serde_json::json!(LARGEST + 1);
        let refused = from_json(DAY, &values.into()).expect_err("one is too large");
        assert_eq!(refused.field, "readings[3]");
        let largest = vec![serde_json::json!(LARGEST); 96];
        assert!(from_json(DAY, &largest.into()).is_ok());
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2020-02-30", "2020-4-3", "yesterday", "", "1999-12-31", "2020-04-30T00:00"] {
            assert_eq!(date(text).expect_err(text).field, "date");
        }
    }
}
