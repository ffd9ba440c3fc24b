//! Indexes: what they are used for, and that they change nothing but the cost.

use std::ops::Bound;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{Access, Data, data};

/// Twenty events of two kinds, indexed by version and type.
fn stream() -> Data {
    let mut documents: Vec<Value> = (1..=20)
        .map(|version| {
            let kind = if version % 2 == 0 { "Even" } else { "Odd" };
            json!({"id": format!("s:{version}"), "version": version, "type": kind})
        })
        .collect();
    documents.push(json!({"id": "marker", "type": "$sealed"}));
    documents.push(json!({"id": "strange", "version": "twenty", "meta": {"event_id": "e1"}}));
    data(Value::Array(documents)).indexed_by(&["version", "type", "meta.event_id"])
}

fn index(path: &str, from: Bound<Value>, to: Bound<Value>, descending: bool) -> Access {
    let path = path.split('.').map(str::to_owned).collect();
    Access::Index { path, bounds: super::super::Bounds { from, to }, descending }
}

fn exactly(value: Value) -> (Bound<Value>, Bound<Value>) {
    (Bound::Included(value.clone()), Bound::Included(value))
}

#[test]
fn an_id_is_read_directly() {
    let data = stream();
    for filter in
        ["c.id = 's:7'", "'s:7' = c[\"id\"] AND c.version > 1", "c.version > 1 AND (c.id = 's:7')"]
    {
        assert_eq!(
            data.access(&format!("SELECT * FROM c WHERE {filter}")),
            Access::Id("s:7".into())
        );
    }
}

#[test]
fn conditions_on_an_indexed_path_bound_the_scan() {
    use Bound::{Excluded, Included};
    let data = stream();
    for (filter, from, to) in [
        ("c.version = 5", Included(json!(5)), Included(json!(5))),
        ("c.version > 5", Excluded(json!(5)), Excluded(json!(""))),
        ("5 >= c.version", Excluded(json!(true)), Included(json!(5))),
        ("c.version > 5 AND c.version <= 9", Excluded(json!(5)), Included(json!(9))),
        ("c.version > 5 AND c.version > 7", Excluded(json!(7)), Excluded(json!(""))),
        ("c.version BETWEEN -1 AND 9", Included(json!(-1)), Included(json!(9))),
        ("c.version IN (9, 3, 5)", Included(json!(3)), Included(json!(9))),
        ("c.version < 'x'", Included(json!("")), Excluded(json!("x"))),
    ] {
        let access = data.access(&format!("SELECT * FROM c WHERE {filter}"));
        assert_eq!(access, index("version", from, to, false), "{filter}");
    }
}

#[test]
fn alternatives_and_negations_do_not_bound_the_scan() {
    for filter in [
        "c.version = 5 OR c.version = 6",
        "NOT (c.version = 5)",
        "c.version != 5",
        "c.version = c.other",
        "c.other = 5",
        "c.version = undefined",
    ] {
        let access = stream().access(&format!("SELECT * FROM c WHERE {filter}"));
        assert_eq!(access, Access::All, "{filter}");
    }
}

#[test]
fn equality_is_preferred_to_order_and_order_to_a_range() {
    let data = stream();
    let (from, to) = exactly(json!("Odd"));
    assert_eq!(
        data.access("SELECT TOP 1 * FROM c WHERE c.type = 'Odd' ORDER BY c.version DESC"),
        index("type", from, to, false)
    );
    assert_eq!(
        data.access("SELECT * FROM c WHERE c.type > 'E' ORDER BY c.version DESC"),
        index("version", Bound::Unbounded, Bound::Unbounded, true)
    );
    assert_eq!(
        data.access("SELECT * FROM c WHERE c.type > 'E' AND c.version > 3 ORDER BY c.version"),
        index("version", Bound::Excluded(json!(3)), Bound::Excluded(json!("")), false)
    );
    let (from, to) = exactly(json!("e1"));
    assert_eq!(
        data.access("SELECT * FROM c WHERE c.meta.event_id = 'e1' AND c.version > 3"),
        index("meta.event_id", from, to, false)
    );
}

#[test]
fn the_end_of_a_stream_is_found_with_one_row() {
    let data = stream();
    let last = "SELECT TOP 1 VALUE c.version FROM c WHERE c.version < 1000 ORDER BY c.version DESC";
    assert_eq!(data.results(last), [json!(20)]);
    assert_eq!(data.pulled.get(), 1);
    let most = "SELECT VALUE MAX(c.version) FROM c WHERE c.version <= 15";
    assert_eq!(data.results(most), [json!(15)]);
    assert_eq!(data.pulled.get(), 1);
}

#[test]
fn the_least_value_is_found_past_what_has_none() {
    let data = stream();
    assert_eq!(data.results("SELECT VALUE MIN(c.version) FROM c"), [json!(1)]);
    assert_eq!(data.pulled.get(), 2);
    let filtered = "SELECT MIN(c.version) AS least FROM c WHERE c.type != 'Odd'";
    assert_eq!(data.results(filtered), [json!({"least": 2})]);
}

#[test]
fn a_limit_ends_the_scan() {
    let data = stream();
    let window = "SELECT * FROM c WHERE c.version > 3 ORDER BY c.version OFFSET 2 LIMIT 3";
    assert_eq!(data.results(window).len(), 3);
    assert_eq!(data.pulled.get(), 5);
    data.results("SELECT TOP 4 * FROM c");
    assert_eq!(data.pulled.get(), 4);
    data.results("SELECT TOP 0 * FROM c");
    assert_eq!(data.pulled.get(), 0);
    data.results("SELECT DISTINCT TOP 2 VALUE c.type FROM c WHERE c.version >= 1");
    assert_eq!(data.pulled.get(), 2);
}

// Feature: Indexing policy
#[test]
fn an_index_never_changes_the_results() {
    let indexed = stream();
    let plain = data(Value::Array(stream().documents));
    for query in [
        "SELECT VALUE c.id FROM c WHERE c.id = 's:3' ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version >= 5 AND c.version < 9 ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version > 5 AND c.type = 'Odd' ORDER BY c.version DESC",
        "SELECT VALUE c.id FROM c WHERE c.version > 5 AND c.version < 3 ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version = 5 AND c.version = 6 ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version BETWEEN 9 AND 3",
        "SELECT VALUE c.id FROM c WHERE c.version > null OR c.version > true ORDER BY c.id",
        "SELECT VALUE c.id FROM c WHERE c.version > null",
        "SELECT VALUE c.id FROM c WHERE c.version IN (3, 'twenty', 7) ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version >= 'a' ORDER BY c.version",
        "SELECT VALUE c.version FROM c ORDER BY c.version",
        "SELECT VALUE c.version ?? 'none' FROM c ORDER BY c.version DESC",
        "SELECT TOP 3 VALUE c.version FROM c WHERE c.type = 'Even' ORDER BY c.version DESC",
        "SELECT VALUE MAX(c.version) FROM c",
        "SELECT VALUE MAX(c.version) FROM c WHERE c.type = 'Even'",
        "SELECT VALUE MIN(c.version) FROM c WHERE c.type > 'F'",
        "SELECT VALUE MAX(c.version) FROM c WHERE c.version > 100",
        "SELECT VALUE COUNT(1) FROM c WHERE c.version <= 7",
        "SELECT c.type, MAX(c.version) AS last FROM c WHERE c.version <= 7 GROUP BY c.type",
    ] {
        assert_eq!(indexed.results(query), plain.results(query), "{query}");
    }
}

#[test]
fn documents_without_the_value_come_first_in_either_way_of_ordering() {
    let data = stream();
    let ids = data.results("SELECT VALUE c.id FROM c ORDER BY c.version");
    assert_eq!((&ids[0], &ids[21]), (&json!("marker"), &json!("strange")));
    assert_eq!(ids.len(), 22);
}

/// A condition of random make on indexed and other paths.
fn condition(random: &mut StdRng) -> String {
    const PATHS: [&str; 4] = ["c.version", "c.type", "c.meta.event_id", "c.id"];
    const OPERATORS: [&str; 7] = ["=", "!=", "<", "<=", ">", ">=", "="];
    const VALUES: [&str; 10] =
        ["3", "7.5", "12", "'Odd'", "'Even'", "null", "true", "'s:7'", "'e1'", "undefined"];
    let mut pick = |from: &[&'static str]| from.choose(random).copied().unwrap();
    let (path, operator) = (pick(&PATHS), pick(&OPERATORS));
    let (value, other) = (pick(&VALUES), pick(&VALUES));
    match random.random_range(0..10) {
        0..6 => format!("{path} {operator} {value}"),
        6 => format!("{value} {operator} {path}"),
        7 => format!("{path} BETWEEN {value} AND {other}"),
        8 => format!("{path} IN ({value}, {other})"),
        _ => format!("({path} {operator} {value} OR {path} = {other})"),
    }
}

#[test]
fn an_index_changes_no_result_of_a_thousand_random_queries() {
    let indexed = stream();
    let plain = data(Value::Array(stream().documents));
    let mut random = StdRng::seed_from_u64(7);
    let mut found = 0;
    for _ in 0..1000 {
        let conditions: Vec<_> =
            (0..random.random_range(1..3)).map(|_| condition(&mut random)).collect();
        let filter = conditions.join(" AND ");
        let query = match random.random_range(0..4) {
            0 => format!("SELECT VALUE MAX(c.version) FROM c WHERE {filter}"),
            1 => format!("SELECT VALUE MIN(c.version) FROM c WHERE {filter}"),
            2 => format!("SELECT VALUE c.id FROM c WHERE {filter} ORDER BY c.version"),
            _ => format!("SELECT TOP 3 VALUE c.id FROM c WHERE {filter} ORDER BY c.version DESC"),
        };
        let expected = plain.results(&query);
        assert_eq!(indexed.results(&query), expected, "{query}");
        found += usize::from(!expected.is_empty());
    }
    assert!(found > 100, "most filters take nothing: {found}");
}
