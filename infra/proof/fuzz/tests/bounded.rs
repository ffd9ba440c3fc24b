//! Each target with a bounded number of inputs: made-up ones, and good ones that were damaged.
//! `PROPTEST_CASES` tries more.

use azure_data_cosmos_driver::binary_json;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

const QUERIES: &str = include_str!("../../differential/tests/queries.sql");

/// Words that queries are made of.
const WORDS: [&str; 48] = [
    "SELECT", "VALUE", "DISTINCT", "TOP", "FROM", "c", "WHERE", "AND", "OR", "NOT", "ORDER BY",
    "GROUP BY", "OFFSET", "LIMIT", "JOIN", "IN", "BETWEEN", "LIKE", "ESCAPE", "EXISTS", "ARRAY",
    "(", ")", "[", "]", "{", "}", ",", ":", ".", "*", "+", "-", "/", "%", "||", "??", "?", "=",
    "!=", "<", ">>>", "'a'", "\"n\"", "1e308", "@p", "COUNT(1)", "c.n",
];

fn run<S: Strategy>(cases: u32, strategy: S, target: impl Fn(S::Value)) {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let ran = TestRunner::new(config).run(&strategy, |value| {
        target(value);
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}

/// Something good with a few bytes changed, taken out or put in.
fn damaged(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..8);
    (prop::sample::select(good), damage).prop_map(|(mut bytes, damage)| {
        for (place, byte, kind) in damage {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                2 => drop(bytes.remove(place)),
                _ => bytes.truncate(place),
            }
        }
        bytes
    })
}

#[test]
fn the_parser_survives_any_words() {
    let words = prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40);
    run(10_000, words, |words| fuzz_targets::sql(words.join(" ").as_bytes()));
}

#[test]
fn the_parser_survives_damaged_queries() {
    let queries = QUERIES.lines().filter(|line| line.starts_with("SELECT"));
    let queries = queries.map(|line| line.as_bytes().to_vec()).collect();
    run(10_000, damaged(queries), |text| fuzz_targets::sql(&text));
}

#[test]
fn binary_json_survives_any_bytes() {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    run(10_000, bytes, |bytes| fuzz_targets::binary_json(&bytes));
}

#[test]
fn binary_json_survives_damaged_documents() {
    let documents = [
        json!({"id": "a", "n": 1, "list": [1, -1, 0.5, 1e300, null, true, "text", ""]}),
        json!({"id": "b", "deep": {"deep": {"deep": [[[{"x": "y".repeat(300)}]]]}}}),
        json!({"id": "c", "numbers": (0..300).collect::<Vec<_>>(), "large": i64::MAX}),
        json!({"id": "d", "time": "2020-01-01T00:00:00.000Z", "guid": "1f6c2a00-0000-4000-8000-000000000000"}),
    ];
    let binary = |document: &Value| binary_json::to_vec(document).expect("it can be written");
    // The target puts the marker in front again.
    let good = documents.iter().map(|document| binary(document)[1..].to_vec()).collect();
    run(10_000, damaged(good), |bytes| fuzz_targets::binary_json(&bytes));
}

#[test]
fn the_gateway_answers_any_requests() {
    let bytes = prop::collection::vec(any::<u8>(), 0..400);
    run(1_000, bytes, |bytes| fuzz_targets::gateway(&bytes));
}
