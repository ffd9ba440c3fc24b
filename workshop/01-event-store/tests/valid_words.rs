//! What cannot be stored exactly as given is refused before anything is sent, with the field and the remedy.

use event_store_checks::words::START;
use event_store_checks::{EventId, Metadata, NewEvent, StreamId};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

fn event(id: &str, kind: &str, data: &impl Serialize) -> Result<NewEvent, String> {
    NewEvent::new(EventId::from(id), kind, data, Metadata::at(START)).map_err(|e| e.to_string())
}

fn of_json(json: &str) -> Result<NewEvent, String> {
    let data = RawValue::from_string(json.to_owned()).map_err(|e| e.to_string())?;
    NewEvent::of_json(EventId::from("a"), "Read", data, Metadata::at(START))
        .map_err(|e| e.to_string())
}

#[test]
fn a_stream_is_named_by_category_and_id() {
    let stream: StreamId = "readings:87000001:2020".parse().expect("an id may hold colons");
    assert_eq!((stream.category(), stream.id()), ("readings", "87000001:2020"));
    assert_eq!(StreamId::new("meter", "7").expect("it is valid").as_str(), "meter:7");
}

#[test]
fn a_stream_id_that_no_document_id_could_hold_is_refused() {
    let long = format!("meter:{}", "7".repeat(195));
    let cases = [
        ("meter", "must read category:id"),
        (":7", "must read category:id"),
        ("meter:", "must read category:id"),
        ("meter:7/8", "leave out / \\ ? #"),
        ("meter:7\\8", "leave out / \\ ? #"),
        ("meter:7?", "leave out / \\ ? #"),
        ("meter:#7", "leave out / \\ ? #"),
        ("meter:7\n", "control characters"),
        ("meter:\u{85}", "control characters"),
        (&long, "stream has 201 bytes, at most 200 are allowed"),
    ];
    for (text, remedy) in cases {
        let refused = text.parse::<StreamId>().expect_err(text).to_string();
        assert!(refused.contains(remedy), "{text}: {refused}");
    }
}

#[test]
fn two_hundred_bytes_are_a_stream_id_also_where_letters_take_two() {
    let long = format!("meter:{}", "é".repeat(97));
    assert_eq!(long.len(), 200);
    assert!(long.parse::<StreamId>().is_ok());
    assert!(format!("{long}é").parse::<StreamId>().is_err());
}

#[test]
fn a_category_has_no_colon() {
    assert!(StreamId::new("meter:7", "8").is_err());
}

#[test]
fn a_whole_number_that_javascript_would_round_is_refused() {
    for number in [json!(1_u64 << 53), json!(-(1_i64 << 53)), json!(0.1), json!(-0.0)] {
        assert!(event("a", "Read", &json!({ "value": number })).is_ok(), "{number}");
    }
    for number in [json!((1_u64 << 53) + 1), json!(-(1_i64 << 53) - 1), json!(u64::MAX)] {
        let refused = event("a", "Read", &json!({ "days": [{ "value": number }] }));
        let message = refused.expect_err("it would be rounded");
        assert!(message.contains(&number.to_string()), "{message}");
        assert!(message.contains("store it as a string"), "{message}");
    }
}

#[test]
fn an_exponent_does_not_hide_how_large_a_number_is() {
    assert!(of_json(r#"{"value": 9e15}"#).is_ok());
    assert!(of_json(r#"{"days": [1, -1.5, {"value": 1E16}]}"#).is_err());
    assert!(of_json(r#"{"value": 9007199254740993}"#).is_err());
}

#[test]
fn what_looks_like_a_number_in_a_text_is_a_text() {
    let meter = json!({ "serial": "4e77-9007199254740993", "note": "[{\\" });
    assert!(event("a", "Read", &meter).is_ok());
}

#[test]
fn json_that_could_not_be_read_back_is_refused() {
    let deep = format!(r#"{{"value": {}{}}}"#, "[".repeat(200), "]".repeat(200));
    for json in [r#"{"half": "\ud800"}"#, r#"{"value": 1e999}"#, &deep] {
        let message = of_json(json).expect_err(json);
        assert!(message.contains("the data of Read cannot be written as JSON"), "{message}");
    }
}

#[test]
fn json_is_taken_as_deep_as_it_can_be_read_back() {
    let nested = |levels| format!(r#"{{"value": {}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(of_json(&nested(126)).is_ok());
    assert!(of_json(&nested(127)).is_err());
}

#[test]
fn an_event_has_an_id_a_type_of_ours_and_an_object_as_data() {
    let long = "x".repeat(256);
    let cases = [
        (event("", "Read", &json!({})), "event id"),
        (event(&long, "Read", &json!({})), "1 to 255 bytes"),
        (event("a", "", &json!({})), "must not be empty"),
        (event("a", "$sealed", &json!({})), "must not begin with $"),
        (event("a", "Read", &json!([1])), "not a JSON object"),
        (event("a", "Read", &7), "not a JSON object"),
    ];
    for (refused, remedy) in cases {
        let message = refused.expect_err(remedy);
        assert!(message.contains(remedy), "{message}");
    }
}
