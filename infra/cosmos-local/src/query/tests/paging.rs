//! Pages and continuations.

use serde_json::{Value, json};

use super::{Data, SqlError, data, named, request};
use crate::query::Request;

fn numbers(count: u32) -> Data {
    let document = |n| json!({"id": format!("{n:03}"), "n": (n * 7) % count, "half": n / 2});
    data(Value::Array((0..count).map(document).collect())).indexed_by(&["n"])
}

const QUERIES: [&str; 9] = [
    "SELECT VALUE c.id FROM c",
    "SELECT VALUE c.id FROM c WHERE c.n > 2 ORDER BY c.n DESC",
    "SELECT VALUE c.id FROM c ORDER BY c.half, c.n DESC",
    "SELECT VALUE c.id FROM c ORDER BY c.half",
    "SELECT TOP 7 VALUE c.id FROM c ORDER BY c.half DESC",
    "SELECT VALUE c.id FROM c OFFSET 2 LIMIT 6",
    "SELECT VALUE c.id FROM c ORDER BY c.half OFFSET 3 LIMIT 5",
    "SELECT DISTINCT VALUE c.half FROM c",
    "SELECT c.half, COUNT(1) FROM c GROUP BY c.half",
];

#[test]
fn pages_put_together_are_the_whole_result() {
    let data = numbers(12);
    for query in QUERIES {
        let whole = data.results(query);
        for size in 1..=13 {
            let pages = data.results_in_pages(query, size);
            assert!(pages.iter().rev().skip(1).all(|page| page.len() == size), "{query} by {size}");
            assert_eq!(pages.concat(), whole, "{query} by {size}");
        }
    }
}

#[test]
fn the_last_page_says_so_even_if_it_is_full() {
    let data = numbers(12);
    for query in QUERIES {
        let whole = data.results(query).len();
        let pages = data.results_in_pages(query, whole / 2);
        assert!(pages.iter().all(|page| !page.is_empty()), "{query}");
    }
}

#[test]
fn a_page_takes_one_row_more_than_it_gives() {
    let data = numbers(12);
    let page = data.page(&Request { max_items: Some(4), ..request(QUERIES[0]) }).unwrap();
    assert_eq!((page.results.len(), page.scanned, data.pulled.get()), (4, 4, 5));
}

#[test]
fn writes_between_pages_neither_repeat_nor_drop_other_rows() {
    for query in &QUERIES[..4] {
        let mut data = numbers(12);
        let mut wanted = data.results(query);
        let mut asked = Request { max_items: Some(5), ..request(query) };
        let first = data.page(&asked).unwrap();
        let given = first.results[0].clone();
        data.documents.retain(|document| document["id"] != given);
        data.documents.push(json!({"id": "", "n": -1, "half": -1}));
        data.documents.push(json!({"id": "~", "n": 99, "half": 99}));
        asked.continuation = first.continuation;
        asked.max_items = None;
        let rest = data.page(&asked).unwrap().results;
        let mut all = first.results;
        all.extend(rest.into_iter().filter(|id| id != "" && id != "~"));
        assert_eq!(all, wanted.split_off(0), "{query}");
    }
}

#[test]
fn sorting_goes_on_after_floats_and_undefined_values() {
    let data = data(json!([
        {"id": "a", "x": 0.1}, {"id": "b", "x": 0.300_000_000_000_000_04}, {"id": "c"},
        {"id": "d"}, {"id": "e", "x": null}, {"id": "f", "x": 1e300}, {"id": "g", "x": "s"},
    ]));
    let query = "SELECT VALUE c.id FROM c ORDER BY c.x";
    assert_eq!(data.results_in_pages(query, 1).concat(), ["c", "d", "e", "a", "b", "f", "g"]);
}

#[test]
fn a_page_ends_at_four_megabytes_but_never_empty() {
    let text = "x".repeat(1_500_000);
    let mut documents: Vec<Value> =
        (0..5).map(|n| json!({"id": n.to_string(), "n": n, "text": text})).collect();
    documents.push(json!({"id": "9", "n": 9, "text": "x".repeat(5_000_000)}));
    let data = data(Value::Array(documents));
    for query in ["SELECT * FROM c", "SELECT * FROM c ORDER BY c.n", "SELECT DISTINCT * FROM c"] {
        let sizes: Vec<_> = data.results_in_pages(query, 100).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 2, 1, 1], "{query}");
    }
}

#[test]
fn a_continuation_is_short() {
    let data = numbers(12);
    for query in QUERIES {
        let page = data.page(&Request { max_items: Some(2), ..request(query) }).unwrap();
        assert!(page.continuation.unwrap().len() < 300, "{query}");
    }
}

#[test]
fn a_continuation_of_another_query_is_refused() {
    let data = numbers(12);
    let text = "SELECT * FROM c WHERE c.half > @half";
    let asked = |half| Request {
        parameters: named(json!({"@half": half})),
        max_items: Some(1),
        ..request(text)
    };
    let token = data.page(&asked(1)).unwrap().continuation;
    let same = Request { continuation: token.clone(), ..asked(1) };
    assert!(data.page(&same).is_ok());
    let other_parameter = Request { continuation: token.clone(), ..asked(2) };
    assert_eq!(data.page(&other_parameter).unwrap_err(), SqlError::Continuation);
    let other_text = Request { continuation: token, ..request("SELECT * FROM c") };
    assert_eq!(data.page(&other_text).unwrap_err(), SqlError::Continuation);
    for garbage in ["", "x", "e30", "😀"] {
        let asked = Request { continuation: Some(garbage.into()), ..request(text) };
        assert!(data.page(&Request { parameters: named(json!({"@half": 1})), ..asked }).is_err());
    }
}

#[test]
fn a_failing_scan_fails_the_page() {
    let plan = super::Plan::new(&request("SELECT * FROM c"), &[]).unwrap();
    let gone = || SqlError::Syntax("the disk is gone".to_owned());
    let rows = std::iter::once(Err::<super::Row, _>(gone()));
    assert_eq!(plan.run(rows).unwrap_err(), gone());
}
