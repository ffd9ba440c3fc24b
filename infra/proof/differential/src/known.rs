//! The table of known differences: a case that differs must stand in it, with what both say and the reason, and one
//! that stands in it must differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

/// A known difference.
#[derive(Debug, Deserialize)]
pub struct Known {
    /// The case, in the words of its test.
    pub case: String,
    /// What cosmos-local answers.
    pub here: String,
    /// What the emulator answers.
    pub emulator: String,
    /// Why that stays so.
    pub reason: String,
}

/// Compares what both said to each case with the table in `known/<name>.json`.
///
/// # Panics
///
/// When a case differs that is not in the table, when one in the table is missing or differs no more or otherwise,
/// and when a row has no reason.
pub fn compare(name: &str, told: &[(String, [String; 2])]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("known/{name}.json"));
    let text = std::fs::read_to_string(&file).expect("the table is there");
    let rows: Vec<Known> = serde_json::from_str(&text).expect("the table is JSON");
    let mut known: BTreeMap<&str, &Known> =
        rows.iter().map(|row| (row.case.as_str(), row)).collect();
    assert_eq!(known.len(), rows.len(), "a case stands in {name}.json twice");
    let mut wrong = String::new();
    for (case, [here, emulator]) in told {
        let row = known.remove(case.as_str());
        match row {
            None if here == emulator => {}
            Some(row) if row.reason.is_empty() => {
                writeln!(wrong, "no reason is given: {case}").expect("a text can be written to");
            }
            Some(row) if row.here == *here && row.emulator == *emulator && here != emulator => {}
            row => {
                let row = row.map_or("new", |_| "changed");
                let seen = serde_json::json!({"case": case, "here": here, "emulator": emulator});
                writeln!(wrong, "{row}: {seen}").expect("a text can be written to");
            }
        }
    }
    for case in known.keys() {
        writeln!(wrong, "in the table, but not tried: {case}").expect("a text can be written to");
    }
    assert!(wrong.is_empty(), "known/{name}.json does not say what was seen:\n{wrong}");
}
