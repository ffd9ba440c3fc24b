//! Step 3. Export what is held on a person

use gdpr_checks::words::{POSTAL_CODE, person, postal_code, ring, seal};
use gdpr_checks::{DataKey, Held, OpenError, Ring, Sealed, opened};
use serde_json::{Value, json};

fn text(key: &DataKey) -> Value {
    Value::from(postal_code(key, "register").sealed().to_string())
}

#[test]
fn a_sealed_text_is_opened() {
    let key = DataKey::random();
    let why = "why: the person reads this, not a program";
    assert_eq!(opened(&text(&key), &ring(&key)), Ok(json!(POSTAL_CODE)), "{why}");
}

#[test]
fn it_is_found_however_deep_it_lies() {
    let key = DataKey::random();
    let document = json!({ "data": { "homes": [{ "at": text(&key) }, [text(&key)]] } });
    let wanted = json!({ "data": { "homes": [{ "at": POSTAL_CODE }, [POSTAL_CODE]] } });
    let why = "why: a document holds lists of objects, and these hold more of them";
    assert_eq!(opened(&document, &ring(&key)), Ok(wanted), "{why}");
}

#[test]
fn what_is_not_sealed_stays_as_it_is() {
    let document = json!({ "version": 3, "type": "MeterActivated", "was": null, "ok": true,
        "text": "sealed with a kiss", "list": [1.5, "sealed/", {}] });
    assert_eq!(opened(&document, &Ring::default()), Ok(document), "why: nothing here was sealed");
}

#[test]
fn values_are_what_they_were_and_not_texts_of_them() {
    let key = DataKey::random();
    let seal = seal("1", &key, "register");
    let people = seal.field("people", &json!({ "adults": 2, "names": ["Ada"] })).expect("JSON");
    let document = json!({ "people": people.sealed().to_string() });
    let wanted = json!({ "people": { "adults": 2, "names": ["Ada"] } });
    let why = "why: a value is given as it was sealed, not as a text";
    assert_eq!(opened(&document, &ring(&key)), Ok(wanted), "{why}");
}

#[test]
fn what_was_erased_says_so() {
    let key = DataKey::random();
    let ring = Ring::default().with(person("1"), Held::Erased);
    let why = "why: that there was something is part of the answer";
    assert_eq!(opened(&json!([text(&key)]), &ring), Ok(json!(["Erased"])), "{why}");
}

#[test]
fn what_is_sealed_for_somebody_else_stays_sealed() {
    let (ours, theirs) = (DataKey::random(), DataKey::random());
    let sealed = seal("2", &theirs, "register").field("postal_code", &"2000 BB".to_owned());
    let sealed = Value::from(sealed.expect("a text").sealed().to_string());
    let document = json!({ "a": text(&ours), "b": sealed });
    let wanted = json!({ "a": POSTAL_CODE, "b": sealed });
    assert_eq!(opened(&document, &ring(&ours)), Ok(wanted), "why: a view may be of several people");
}

#[test]
fn what_cannot_be_opened_is_not_left_out() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let place: gdpr_checks::Place = "meter:1/register/0/house_number".parse().expect("a place");
    let moved = Sealed { place: place.clone(), ..sealed.sealed().clone() }.to_string();
    let answer = opened(&json!({ "a": [moved] }), &ring(&key));
    let why = "why: an export that leaves something out in silence is a wrong answer";
    assert_eq!(answer, Err(OpenError::Tampered { place }), "{why}");
}
