//! How a failing specification reads.

use std::panic::{UnwindSafe, catch_unwind};

use aggregates_checks::meter::{Meter, Rejection};
use aggregates_checks::readings::Day;
use aggregates_checks::specification::{Then, given};
use aggregates_checks::words::{
    CODE, MAY_1, activate, activated, collect, collected, failed, registered,
};

/// What a test that fails says.
fn message(test: impl FnOnce() + UnwindSafe) -> String {
    let payload = catch_unwind(test).expect_err("the test fails");
    *payload.downcast::<String>().expect("the message is a text")
}

#[test]
fn a_decision_is_an_ordinary_result() {
    let meter = given::<Meter>([registered()]);
    assert_eq!(meter.when(activate(CODE)), Ok(vec![activated()]));
    assert_eq!(meter.when(collect(MAY_1)), Err(Rejection::NotActivated));
}

#[test]
fn another_event_is_shown_beside_the_expected_one() {
    let shown = message(|| given::<Meter>([registered()]).when(activate("1")).then([activated()]));
    insta::assert_snapshot!(shown, @r#"
    the decision differs: - expected, + decided
    - MeterActivated {
    -   "district": "10"
    + MeterActivationFailed {
    +   "activation_code": "1"
      }
    "#);
}

#[test]
fn a_refusal_is_shown_beside_the_expected_event() {
    let shown = message(|| given::<Meter>([]).when(activate("1")).then([failed("1")]));
    insta::assert_snapshot!(shown, @r#"
    the decision differs: - expected, + decided
    - MeterActivationFailed {
    -   "activation_code": "1"
    - }
    + refused: Unknown
    "#);
}

#[test]
fn an_event_is_shown_beside_the_expected_refusal() {
    let decide = || given::<Meter>([registered()]).when(activate("1"));
    let shown = message(move || decide().then_refused(Rejection::AlreadyActivated));
    insta::assert_snapshot!(shown, @r#"
    the decision differs: - expected, + decided
    - refused: AlreadyActivated
    + MeterActivationFailed {
    +   "activation_code": "1"
    + }
    "#);
    let shown = message(move || decide().then_nothing());
    assert!(shown.contains("- nothing to do\n+ MeterActivationFailed"), "{shown}");
}

#[test]
fn of_a_long_event_only_what_differs_is_shown() {
    let shown = message(|| {
        let mut day = Day::example(MAY_1);
        day.readings[40].value = 9;
        let active = given::<Meter>([registered(), activated()]);
        active.when(collect(MAY_1)).then([collected(day)]);
    });
    insta::assert_snapshot!(shown, @r#"
    the decision differs: - expected, + decided
      … 162 equal lines
          },
          {
            "timestamp": "2020-05-01T10:15:00Z",
    -       "value": 9
    +       "value": 2
          },
          {
            "timestamp": "2020-05-01T10:30:00Z",
      … 221 equal lines
    "#);
}
