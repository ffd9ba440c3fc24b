//! Step 1. Decide and evolve

use aggregates_checks::meter::{Command, Meter, Rejection, Status};
use aggregates_checks::readings::Day;
use aggregates_checks::specification::{Then, given};
use aggregates_checks::words::{
    CODE, MAY_1, activate, activated, collect, collected, corrected, deregistered, failed,
    register, registered, zeros,
};
use time::macros::date;

#[test]
fn the_right_code_activates() {
    given::<Meter>([registered()]).when(activate(CODE)).then([activated()]);
}

#[test]
fn a_wrong_code_is_an_event_and_no_refusal() {
    given::<Meter>([registered()]).when(activate("000-000")).then([failed("000-000")]);
}

#[test]
fn a_wrong_code_is_counted() {
    let meter = given::<Meter>([registered(), failed("000-000")]);
    assert_eq!(meter.state().failed_activation_attempts, 1, "why: somebody may be guessing");
    assert_eq!(meter.state().status, Status::Registered);
}

#[test]
fn the_right_code_activates_after_wrong_ones_and_they_stay_counted() {
    let twice_failed = [registered(), failed("000-000"), failed("111-111")];
    given::<Meter>(twice_failed.clone()).when(activate(CODE)).then([activated()]);
    let meter = given::<Meter>(twice_failed.into_iter().chain([activated()]));
    assert_eq!(meter.state().failed_activation_attempts, 2, "why: history is not rewritten");
    assert_eq!(meter.state().status, Status::Active);
}

#[test]
fn an_active_meter_refuses_a_second_activation_whatever_the_code() {
    let active = given::<Meter>([registered(), activated()]);
    for code in [CODE, "000-000"] {
        active.when(activate(code)).then_refused(Rejection::AlreadyActivated);
    }
}

#[test]
fn an_active_meter_delivers_readings() {
    let active = given::<Meter>([registered(), activated()]);
    active.when(collect(MAY_1)).then([collected(Day::example(MAY_1))]);
}

#[test]
fn readings_that_are_recorded_already_are_nothing_to_do() {
    let recorded = [registered(), activated(), collected(Day::example(MAY_1))];
    given::<Meter>(recorded).when(collect(MAY_1)).then_nothing();
}

#[test]
fn after_a_correction_the_corrected_readings_are_the_recorded_ones() {
    let (first, right) = (Day::example(MAY_1), zeros(MAY_1));
    let both = corrected(first.clone(), right.clone());
    let meter = given::<Meter>([registered(), activated(), collected(first.clone()), both]);
    meter.when(Command::CorrectReadings(right)).then_nothing();
    meter.when(Command::CollectReadings(first)).then_refused(Rejection::OtherReadings(MAY_1));
}

#[test]
fn the_latest_reading_date_is_the_greatest_seen() {
    let days = [date!(2020 - 05 - 03), MAY_1].map(|day| collected(Day::example(day)));
    let meter = given::<Meter>([registered(), activated()].into_iter().chain(days));
    let latest = meter.state().latest_reading_date();
    assert_eq!(latest, Some(date!(2020 - 05 - 03)), "why: days may come in any order");
}

#[test]
fn a_deregistered_meter_refuses_everything() {
    let gone = given::<Meter>([registered(), activated(), deregistered(true)]);
    for command in [register(), activate(CODE), collect(MAY_1), Command::Deregister] {
        gone.when(command).then_refused(Rejection::Deregistered);
    }
}
