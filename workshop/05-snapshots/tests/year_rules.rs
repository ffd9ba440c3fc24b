//! The rules of a meter's year.

use aggregates::readings::Day;
use aggregates::specification::{Then, given};
use snapshots_checks::words::{district, year};
use snapshots_checks::year::{Carried, Command, Event, Rejection, Year};
use snapshots_checks::years::{
    DEC_30, DEC_31, JAN_1, carried, closed_year, collect, collected, opened,
};

#[test]
fn a_year_takes_its_own_days() {
    let year = given::<Year>([opened(2020, Carried::default())]);
    year.when(collect(DEC_31)).then([collected(DEC_31)]);
    let other = Rejection::OtherYear { date: JAN_1, year: 2020 };
    year.when(collect(JAN_1)).then_refused(other.clone());
    year.when(Command::Correct(Day::example(JAN_1))).then_refused(other);
}

#[test]
fn the_same_readings_again_are_nothing_to_do_and_others_are_a_correction() {
    let year = given::<Year>([opened(2020, Carried::default()), collected(DEC_31)]);
    year.when(collect(DEC_31)).then_nothing();
    let zeros = Day::new(DEC_31, vec![0; 96]).expect("96 readings");
    year.when(Command::Collect(zeros.clone())).then_refused(Rejection::OtherReadings(DEC_31));
    let replaced = Day::example(DEC_31).readings;
    let corrected = Event::MeterReadingsCorrected {
        date: DEC_31,
        readings: zeros.readings.clone(),
        replaced,
        district: district(),
    };
    year.when(Command::Correct(zeros)).then([corrected]);
}

#[test]
fn a_year_that_is_not_open_or_closed_takes_nothing() {
    given::<Year>([]).when(collect(DEC_31)).then_refused(Rejection::NotOpen);
    given::<Year>(closed_year()).when(collect(DEC_31)).then_refused(Rejection::Closed(2020));
    given::<Year>(closed_year())
        .when(year(2020).open(district()))
        .then_refused(Rejection::Opened(2020));
}

#[test]
fn a_late_reading_is_refused_with_the_remedy_and_the_remedy_works() {
    let refused = given::<Year>(closed_year()).when(collect(DEC_30)).expect_err("it is closed");
    let remedy = "the year 2020 is closed: adjust the difference in the year that is open";
    assert_eq!(refused.to_string(), remedy);
    let adjust = |difference| Command::Adjust { date: DEC_30, difference };
    let adjusted = Event::ClosedYearAdjusted { date: DEC_30, difference: -32 };
    let open = given::<Year>([opened(2021, carried())]);
    open.when(adjust(-32)).then([adjusted.clone()]);
    let after = given::<Year>([opened(2021, carried()), adjusted]);
    assert_eq!(after.state().carries().total, carried().total - 32);
    open.when(adjust(-10_000)).then_refused(Rejection::NoSuchTotal { total: carried().total });
    open.when(Command::Adjust { date: JAN_1, difference: 1 })
        .then_refused(Rejection::NotEarlier { date: JAN_1, year: 2021 });
}
