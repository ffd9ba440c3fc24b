//! The shape of results.

use serde_json::{Value, json};

use super::{Data, data};

fn two_people() -> Data {
    data(json!([
        {"id": "1", "name": {"first": "Ada"}, "tags": ["x", "y"], "age": 36},
        {"id": "2", "name": {"first": "Bob"}, "tags": []},
    ]))
}

#[test]
fn a_star_gives_whole_documents_whatever_they_are_called() {
    let people = two_people();
    for query in [
        "SELECT * FROM c",
        "select * from root r",
        "SELECT VALUE e FROM events e",
        "SELECT VALUE e FROM events AS e",
        "SELECT VALUE events FROM events",
    ] {
        assert_eq!(people.results(query), people.documents, "{query}");
    }
}

#[test]
fn fields_without_an_alias_are_named_as_the_service_names_them() {
    let query = r#"SELECT c.name.first, c["age"], c.tags[0], c.age + 1, c.id AS key, UPPER(c.id) up
                   FROM c WHERE c.id = "1""#;
    let expected = json!({"first": "Ada", "age": 36, "$1": "x", "$2": 37, "key": "1", "up": "1"});
    assert_eq!(two_people().results(query), [expected]);
}

#[test]
fn the_document_itself_is_named_by_its_alias() {
    let people = two_people();
    let results = people.results("SELECT p FROM people p WHERE p.id = '2'");
    assert_eq!(results, [json!({"p": people.documents[1]})]);
}

#[test]
fn undefined_fields_are_left_out_and_undefined_values_give_no_result() {
    let people = two_people();
    assert_eq!(people.results("SELECT c.age FROM c"), [json!({"age": 36}), json!({})]);
    assert_eq!(people.results("SELECT VALUE c.age FROM c"), [json!(36)]);
    assert_eq!(people.results("SELECT VALUE [c.age, 1] FROM c"), [json!([36, 1]), json!([1])]);
    assert_eq!(
        people.results(r#"SELECT VALUE {"a": c.age} FROM c"#),
        [json!({"a": 36}), json!({})]
    );
}

#[test]
fn what_clients_rewrite_an_order_by_to_is_understood() {
    let documents =
        data(json!([{"_rid": "r1", "id": "a", "version": 1}, {"_rid": "r2", "id": "b"}]));
    let query = r#"SELECT VALUE {"_rid": c._rid, "orderByItems": [{"item": c.version}], "payload": c}
                   FROM c WHERE (true) AND ((IS_DEFINED(c.version))) ORDER BY c.version DESC"#;
    let expected = json!({
        "_rid": "r1",
        "orderByItems": [{"item": 1}],
        "payload": {"_rid": "r1", "id": "a", "version": 1},
    });
    assert_eq!(documents.results(query), [expected]);
}

#[test]
fn a_query_without_from_has_one_result_and_reads_nothing() {
    let people = two_people();
    assert_eq!(people.results("SELECT VALUE 1 + 1"), [json!(2)]);
    assert_eq!(people.results("SELECT 1, 2 AS two"), [json!({"$1": 1, "two": 2})]);
    assert_eq!(people.pulled.get(), 0);
}

// Feature: ORDER BY, OFFSET LIMIT, TOP, DISTINCT
#[test]
fn distinct_gives_each_result_once() {
    let data = data(json!([
        {"id": "1", "kind": "a", "n": 1},
        {"id": "2", "kind": "b", "n": 1.0},
        {"id": "3", "kind": "a", "n": 1},
        {"id": "4", "n": 2},
    ]));
    assert_eq!(data.results("SELECT DISTINCT VALUE c.kind FROM c"), [json!("a"), json!("b")]);
    assert_eq!(data.results("SELECT DISTINCT c.n FROM c"), [json!({"n": 1}), json!({"n": 2})]);
    assert_eq!(
        data.results("SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind DESC"),
        [json!("b"), json!("a")]
    );
    assert_eq!(data.results("SELECT DISTINCT TOP 1 VALUE c.kind FROM c"), [json!("a")]);
}

#[test]
fn top_offset_and_limit_cut_a_piece_out() {
    let data = data(json!([{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}]));
    let letters = |query: &str| -> Vec<Value> { data.results(query) };
    assert_eq!(letters("SELECT TOP 2 VALUE c.id FROM c"), [json!("a"), json!("b")]);
    assert_eq!(letters("SELECT TOP 0 VALUE c.id FROM c"), [] as [Value; 0]);
    assert_eq!(letters("SELECT VALUE c.id FROM c OFFSET 1 LIMIT 2"), [json!("b"), json!("c")]);
    assert_eq!(letters("SELECT VALUE c.id FROM c OFFSET 3 LIMIT 9"), [json!("d")]);
    assert_eq!(
        letters("SELECT VALUE c.id FROM c ORDER BY c.id DESC OFFSET 1 LIMIT 1"),
        [json!("c")]
    );
}
