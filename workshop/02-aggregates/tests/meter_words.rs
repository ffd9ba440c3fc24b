//! What the rules of a meter speak of: its number, its address, a day's readings.

use aggregates_checks::readings::{Day, LARGEST, total};
use aggregates_checks::registration::{District, MeterId, Registration, activation_code};
use aggregates_checks::words::{MAY_1, meter};
use time::macros::{date, datetime};

#[test]
fn a_meter_s_number_is_letters_digits_and_hyphens() {
    for good in ["87000001", "A-1", &"x".repeat(64)] {
        assert_eq!(MeterId::parse(good).expect(good).as_str(), good);
    }
    for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
        assert_eq!(MeterId::parse(bad).expect_err(bad).field, "meter_id");
    }
}

#[test]
fn a_meter_s_number_names_its_stream() {
    assert_eq!(meter().stream().as_str(), "meter:87000001");
}

#[test]
fn a_registration_names_every_field_that_is_wrong() {
    let long = "x".repeat(17);
    let wrong = Registration::new("a/b", " ", &long, "a\u{0}b").expect_err("all are wrong");
    let texts: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    let expected = [
        "meter_id must be 1 to 64 letters, digits or hyphens, such as 87000001",
        "postal_code must not be empty",
        "house_number has 17 characters, at most 16 are allowed",
        "activation_code must not hold control characters",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn what_people_type_is_trimmed() {
    assert_eq!(activation_code(" 542-484 "), Ok("542-484".to_owned()));
}

#[test]
fn a_district_is_the_front_of_a_postal_code_and_never_all_of_it() {
    let districts = ["1000 AA", "sw1a 1aa", "75 008", "101", "AB", "-"].map(District::of);
    let expected = ["10", "SW", "75", "unknown", "unknown", "unknown"];
    assert_eq!(districts.each_ref().map(District::as_str), expected);
}

#[test]
fn the_example_days_have_the_talk_s_totals() {
    let days = [date!(2020 - 04 - 30), MAY_1, date!(2020 - 05 - 02), date!(2020 - 05 - 03)];
    let totals = days.map(|day| total(&Day::example(day).readings));
    assert_eq!(totals, [144, 124, 144, 140]);
}

#[test]
fn the_last_quarter_ends_at_the_next_midnight() {
    let day = Day::example(MAY_1);
    let ends = [day.readings[0].timestamp, day.readings[95].timestamp];
    assert_eq!(ends, [datetime!(2020-05-01 00:15 UTC), datetime!(2020-05-02 00:00 UTC)]);
}

#[test]
fn a_day_has_96_readings_that_every_part_keeps_exactly() {
    assert!(Day::new(MAY_1, vec![LARGEST; 96]).is_ok());
    for count in [0, 95, 97] {
        assert_eq!(Day::new(MAY_1, vec![0; count]).expect_err("too few or many").field, "readings");
    }
    let mut values = vec![0; 96];
    values[3] = LARGEST + 1;
    assert_eq!(Day::new(MAY_1, values).expect_err("one is too large").field, "readings[3]");
}
