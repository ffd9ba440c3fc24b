//! The rules of a meter whose owner can be forgotten: those of module 02, and what comes in addition.

use aggregates::meter::{Rejection as Rule, Status};
use aggregates::readings::Day;
use aggregates::specification::{Then, given};
use gdpr_checks::meter::{Command, Event, Meter, Registration, Rejection};
use gdpr_checks::words::{CODE, person, registration, ring, seal};
use gdpr_checks::{DataKey, Held, OpenError, Ring};
use time::macros::date;

fn registered(key: &DataKey) -> Event {
    let sealed = Registration::seal(&registration("1"), &seal("1", key, "register"));
    Event::MeterRegistered(sealed.expect("texts"))
}

fn activate(key: &DataKey, code: &str, ring: Ring) -> Command {
    let code = seal("1", key, "activate").field("activation_code", &code.to_owned());
    Command::Activate { activation_code: code.expect("a text"), ring }
}

fn district() -> aggregates::registration::District {
    registration("1").district
}

#[test]
fn the_right_code_activates() {
    let key = DataKey::random();
    given::<Meter>([registered(&key)])
        .when(activate(&key, CODE, ring(&key)))
        .then([Event::MeterActivated { district: district() }]);
}

#[test]
fn a_wrong_code_is_recorded_and_stays_sealed() {
    let key = DataKey::random();
    let decided = given::<Meter>([registered(&key)]).when(activate(&key, "000-000", ring(&key)));
    let text = serde_json::to_string(&decided.expect("no rule")).expect("JSON");
    assert!(text.contains("MeterActivationFailed") && !text.contains("000-000"), "{text}");
}

#[test]
fn readings_go_on_after_the_owner_was_forgotten() {
    let key = DataKey::random();
    let day = Day::example(date!(2020 - 05 - 01));
    let activated = Event::MeterActivated { district: district() };
    let decided =
        given::<Meter>([registered(&key), activated]).when(Command::CollectReadings(day.clone()));
    let Day { date, readings } = day;
    decided.then([Event::MeterReadingsCollected { date, readings, district: district() }]);
}

#[test]
fn the_meter_of_somebody_who_was_forgotten_is_not_activated_any_more() {
    let key = DataKey::random();
    let erased = Ring::default().with(person("1"), Held::Erased);
    given::<Meter>([registered(&key)])
        .when(activate(&key, CODE, erased))
        .then_refused(Rejection::Forgotten);
}

#[test]
fn nothing_is_decided_on_a_code_that_cannot_be_read() {
    let key = DataKey::random();
    let decided = given::<Meter>([registered(&key)]).when(activate(&key, CODE, Ring::default()));
    let refused = matches!(decided, Err(Rejection::Unreadable(OpenError::NoKey { .. })));
    assert!(refused, "why: a code that cannot be compared is neither right nor wrong");
}

#[test]
fn the_other_rules_are_those_of_module_02() {
    let key = DataKey::random();
    let Event::MeterRegistered(fields) = registered(&key) else { unreachable!("it is one") };
    let again = || Command::Register(fields.clone());
    let gone = Event::MeterDeregistered { district: district(), was_active: false };
    let active = Event::MeterActivated { district: district() };
    let rule = |rule| Rejection::Rule(rule);
    given::<Meter>([registered(&key)]).when(again()).then_refused(rule(Rule::AlreadyRegistered));
    given::<Meter>([]).when(activate(&key, CODE, ring(&key))).then_refused(rule(Rule::Unknown));
    given::<Meter>([registered(&key), active])
        .when(activate(&key, CODE, ring(&key)))
        .then_refused(rule(Rule::AlreadyActivated));
    given::<Meter>([registered(&key), gone])
        .when(activate(&key, CODE, ring(&key)))
        .then_refused(rule(Rule::Deregistered));
}

#[test]
fn a_program_that_knows_only_texts_reads_on() {
    let key = DataKey::random();
    let (kind, data) = aggregates::encode(&registered(&key)).expect("an event");
    let plain: Option<aggregates::meter::Event> = aggregates::decode(kind, &data).expect("texts");
    let state = given::<aggregates::meter::Meter>(plain);
    assert_eq!(state.state().status, Status::Registered, "why: a sealed value is a text");
}
