//! Text that nobody writes in good faith.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{Plan, Request, SqlError, data, error_of, request, value_of};

/// Half of what threads get: a procedure may have used the other half when it queries.
const STACK: usize = 1024 * 1024;

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap();
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    on_a_small_stack(|| {
        for (open, close) in [("(", ")"), ("[", "]"), ("{\"a\":", "}"), ("ABS(", ")")] {
            for depth in [33, 1000, 100_000] {
                let query = format!("SELECT VALUE {}1{}", open.repeat(depth), close.repeat(depth));
                let message = error_of(&query).to_string();
                assert!(message.contains("nested too deeply") || message.contains("bytes"));
            }
        }
        for operator in ["NOT ", "- ", "+ ", "true ? 1 : ", "null ?? ", "1 + ", "'a' || ", "1 = "] {
            let query = format!("SELECT VALUE {}1", operator.repeat(30_000));
            let message = error_of(&query).to_string();
            assert!(message.contains("nested too deeply"), "{operator}: {message}");
        }
        let query = format!("SELECT VALUE 1{}", " BETWEEN 1 AND 2".repeat(30_000));
        assert!(error_of(&query).to_string().contains("nested too deeply"));
    });
}

#[test]
fn what_is_nested_as_deeply_as_allowed_works() {
    on_a_small_stack(|| {
        for (open, close) in [("(", ")"), ("[", "][0]"), ("{\"a\":", "}.a"), ("ABS(", ")")] {
            let nested = format!("{}1{}", open.repeat(31), close.repeat(31));
            assert_eq!(value_of(&nested), Some(json!(1)), "{open}");
        }
        let deep = format!("({}1{}) {}", "(NOT ".repeat(30), " = 1)".repeat(30), "+ 1 ".repeat(60));
        assert_eq!(value_of(&deep), None);
        assert_eq!(value_of(&format!("1{}", " + 1".repeat(120))), Some(json!(121)));
    });
}

#[test]
fn subqueries_are_bounded_as_other_nesting_is() {
    on_a_small_stack(|| {
        let nested = |depth: usize| {
            let (open, close) = ("(SELECT VALUE ".repeat(depth), ")".repeat(depth));
            format!("SELECT VALUE {open}1{close}")
        };
        let data = data(json!([]));
        assert_eq!(data.results(&nested(30)), [json!(1)]);
        assert!(error_of(&nested(40)).to_string().contains("nested too deeply"));
        let filters = "EXISTS(SELECT VALUE 1 FROM t IN [1] WHERE ".repeat(30);
        let _ = Plan::new(&request(&format!("SELECT * FROM c WHERE {filters}")), &[]);
        let deep = format!("SELECT VALUE (SELECT VALUE 1{})", " + 1".repeat(127));
        assert!(error_of(&deep).to_string().contains("nested too deeply"));
    });
}

#[test]
fn a_query_that_takes_too_long_is_given_up() {
    let numbers: Vec<u32> = (0..1000).collect();
    let data = data(json!([{ "id": "a", "n": numbers }]));
    let time = Some(std::time::Duration::from_millis(50));
    for query in [
        "SELECT VALUE COUNT(1) FROM c JOIN a IN c.n JOIN b IN c.n JOIN d IN c.n",
        "SELECT VALUE a FROM c JOIN a IN c.n JOIN b IN c.n JOIN d IN c.n WHERE a + b + d < 0",
        "SELECT VALUE ARRAY(SELECT VALUE a FROM a IN c.n JOIN b IN c.n JOIN d IN c.n WHERE a < 0) FROM c",
    ] {
        let began = std::time::Instant::now();
        let refused = data.page(&Request { time, ..request(query) });
        assert!(matches!(refused, Err(SqlError::Deadline(_))), "{query}: {refused:?}");
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
    }
}

#[test]
fn rows_found_in_time_are_given_and_the_query_goes_on_after_them() {
    let documents = (0..5).map(|n| json!({ "id": n.to_string() })).collect();
    let data = data(Value::Array(documents));
    let mut request = request("SELECT VALUE c.id FROM c");
    request.time = Some(std::time::Duration::from_nanos(1));
    let mut seen = Vec::new();
    loop {
        // Not even one row is found in no time; the second try has all the time it needs.
        match data.page(&request) {
            Ok(page) => {
                seen.extend(page.results);
                match page.continuation {
                    Some(next) => request.continuation = Some(next),
                    None => break,
                }
            }
            Err(SqlError::Deadline(_)) => request.time = None,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
}

#[test]
fn a_query_is_not_gone_on_with_inside_its_offset() {
    let documents = (0..5).map(|n| json!({ "id": n.to_string() })).collect();
    let time = Some(std::time::Duration::from_nanos(1));
    let asked = Request { time, ..request("SELECT * FROM c OFFSET 2 LIMIT 2") };
    let refused = data(Value::Array(documents)).page(&asked);
    assert!(matches!(refused, Err(SqlError::Deadline(_))), "{refused:?}");
}

#[test]
fn a_long_list_of_alternatives_is_not_deep() {
    on_a_small_stack(|| {
        let alternatives: Vec<_> = (0..5000).map(|n| format!("c.n = {n}")).collect();
        let query = format!("SELECT VALUE c.n FROM c WHERE {}", alternatives.join(" OR "));
        let data = data(json!([{"id": "a", "n": 4999}, {"id": "b", "n": 5000}]));
        assert_eq!(data.results(&query), [json!(4999)]);
    });
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let brackets = "(".repeat(1000);
    assert_eq!(
        value_of(&format!("'{brackets}\\'{brackets}'")).unwrap().as_str().unwrap().len(),
        2001
    );
    assert_eq!(value_of(&format!("1 -- {brackets}\n + 1")), Some(json!(2)));
}

#[test]
fn a_query_longer_than_the_service_allows_is_refused() {
    let query = format!("SELECT VALUE '{}'", "x".repeat(512 * 1024));
    assert!(error_of(&query).to_string().contains("at most 524288"));
}

#[test]
fn garbage_never_panics() {
    const PIECES: [&str; 48] = [
        "SELECT", "VALUE", "DISTINCT", "TOP", "FROM", "WHERE", "ORDER", "BY", "GROUP", "OFFSET",
        "LIMIT", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "c", "c.x", "root", "*", "(", ")",
        "[", "]", "{", "}", ",", ":", "?", "??", "||", "|", "=", "!=", "<", "'", "\"", "\\", "1",
        "1e9", "@p", "COUNT(1)", "MAX(c.x)", "é", "\u{0}", "--", "\n",
    ];
    let mut random = StdRng::seed_from_u64(1);
    let mut parsed = 0;
    for _ in 0..20_000 {
        let length = random.random_range(1..16);
        let pieces: Vec<_> =
            (0..length).filter_map(|_| PIECES.choose(&mut random).copied()).collect();
        let start = if random.random_bool(0.7) { "SELECT VALUE " } else { "" };
        let text =
            format!("{start}{}", pieces.join(if random.random_bool(0.8) { " " } else { "" }));
        match Plan::new(&request(&text), &[]) {
            Ok(_) => parsed += 1,
            Err(SqlError::Syntax(message)) => assert!(!message.is_empty()),
            Err(_) => {}
        }
    }
    assert!(parsed > 0, "the pieces never make a query");
}

#[test]
fn damaged_queries_never_panic() {
    let whole = r#"SELECT TOP 3 c.a["b"][0] AS x, {"k": [1, 'é\'']} FROM c WHERE c.n BETWEEN 1 AND 2
        AND c.s LIKE 'a%' ESCAPE '!' OR NOT c.t IN (1, "2") ORDER BY c.a.b DESC"#;
    for (at, _) in whole.char_indices() {
        let _ = Plan::new(&request(&whole[..at]), &[]);
        let _ = Plan::new(&request(&whole[at..]), &[]);
        let without: String = whole.char_indices().filter(|it| it.0 != at).map(|it| it.1).collect();
        let _ = Plan::new(&request(&without), &[]);
    }
    assert!(Plan::new(&request(whole), &[]).is_ok());
}

#[test]
fn a_value_larger_than_a_page_is_undefined_and_never_made() {
    let megabyte = "x".repeat(1 << 20);
    let data = data(json!([{ "id": "a", "text": megabyte }]));
    let parameters = json!({ "@p": megabyte });
    let many = |part: &str| vec![part; 20_000].join(",");
    let queries = [
        "SELECT VALUE LENGTH(REPLACE(@p, 'x', @p)) FROM c".to_owned(),
        format!("SELECT VALUE LENGTH(CONCAT({})) FROM c", many("c.text")),
        format!("SELECT VALUE LENGTH(CONCAT({})) FROM c", many("UPPER(c.text)")),
        format!("SELECT VALUE [{}] FROM c", many("c")),
    ];
    for query in queries {
        let start: String = query.chars().take(40).collect();
        let page = data.results_with(&query, parameters.clone());
        assert_eq!(page, Vec::<Value>::new(), "{start}");
    }
    let fits = data.results_with("SELECT VALUE LENGTH(CONCAT(@p, c.text)) FROM c", parameters);
    assert_eq!(fits, [json!(2 << 20)]);
}

#[test]
fn a_large_parameter_cannot_be_named_at_a_hundred_places() {
    let parameters = vec![("@p".to_owned(), json!("x".repeat(1 << 20)))];
    let text = format!("SELECT VALUE [{}] FROM c", vec!["@p"; 100].join(","));
    let Err(refused) = Plan::new(&Request { parameters, ..request(&text) }, &[]) else {
        panic!("a hundred megabytes of parameters were taken");
    };
    assert!(refused.to_string().contains("@p makes the parameters too large"), "{refused}");
}
