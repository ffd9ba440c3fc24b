//! Every rule of the meter, one row for each case: given, when, then.

use aggregates_checks::meter::{Command, Event, Meter, Rejection};
use aggregates_checks::readings::Day;
use aggregates_checks::specification::given;
use aggregates_checks::words::{
    CODE, MAY_1, activate, activated, collect, collected, corrected, deregistered, failed,
    register, registered, zeros,
};

type Named<T> = (&'static str, T);

fn givens() -> Vec<Named<Vec<Event>>> {
    let active = vec![registered(), activated()];
    let and = |more: &[Event]| active.iter().chain(more).cloned().collect();
    let day = || Day::example(MAY_1);
    vec![
        ("nothing", vec![]),
        ("registered", vec![registered()]),
        ("registered, two wrong codes", vec![registered(), failed("1"), failed("2")]),
        ("active", active.clone()),
        ("active, 1 May recorded", and(&[collected(day())])),
        ("active, 1 May corrected", and(&[collected(day()), corrected(day(), zeros(MAY_1))])),
        ("deregistered", and(&[deregistered(true)])),
    ]
}

fn whens() -> Vec<Named<Command>> {
    vec![
        ("register", register()),
        ("activate, right code", activate(CODE)),
        ("activate, wrong code", activate("000-000")),
        ("readings of 1 May", collect(MAY_1)),
        ("other readings of 1 May", Command::CollectReadings(zeros(MAY_1))),
        ("correct 1 May to zeros", Command::CorrectReadings(zeros(MAY_1))),
        ("deregister", Command::Deregister),
    ]
}

fn then(decision: Result<Vec<Event>, Rejection>) -> String {
    match decision {
        Err(rejection) => format!("refused: {rejection}"),
        Ok(events) if events.is_empty() => "nothing to do".to_owned(),
        Ok(events) => events.iter().map(word).collect::<Vec<_>>().join(", "),
    }
}

fn word(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[test]
fn every_rule_in_one_table() {
    let head = ("given", "when", "then".to_owned());
    let rows = givens().into_iter().flat_map(|(given_name, events)| {
        let meter = given::<Meter>(events);
        let row = move |(when, command)| (given_name, when, then(meter.when(command)));
        whens().into_iter().map(row)
    });
    let table = std::iter::once(head).chain(rows);
    let lines = table.map(|(given, when, then)| format!("{given:27} | {when:23} | {then}"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}
