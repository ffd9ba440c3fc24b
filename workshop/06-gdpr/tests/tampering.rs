//! What was meddled with is said to be, each in its own words, and never shown.

use event_store::{
    AppendError, EventId, EventStore, Expected, MemoryEventStore, Metadata, NewEvent, Range,
};
use gdpr_checks::words::{START, person, postal_code, registration, ring, seal, stream};
use gdpr_checks::{
    DataKey, Held, InPlace, InPlaceError, OpenError, Personal, Ring, Sealed, in_place,
    meter::Registration,
};
use serde_json::{Value, json};

fn with(personal: &Personal<String>, sealed: &str) -> Personal<String> {
    Personal::new(Sealed { sealed: sealed.to_owned(), ..personal.sealed().clone() })
}

fn said(key: &DataKey, personal: &Personal<String>) -> String {
    ring(key).open(personal).expect_err("it was meddled with").to_string()
}

#[test]
fn every_byte_of_a_sealed_value_counts() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let text = sealed.sealed().sealed.clone();
    for at in 0..text.len() {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        let changed = with(&sealed, &[&text[..at], other, &text[at + 1..]].concat());
        let opened = ring(&key).open(&changed);
        let refused =
            matches!(opened, Err(OpenError::Tampered { .. } | OpenError::Truncated { .. }));
        assert!(refused, "at {at}: {opened:?}");
    }
}

#[test]
fn each_kind_of_damage_has_its_own_words() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let text = &sealed.sealed().sealed;
    let changed = with(&sealed, &format!("AAAAAAAA{}", &text[8..]));
    let nonce_cut = with(&sealed, &text[..10]);
    let not_base64 = with(&sealed, "§§");
    let nobody = Ring::default().open(&sealed).expect_err("there is no key").to_string();
    let other = ring(&DataKey::random()).open(&sealed).expect_err("another key").to_string();
    let all =
        [said(&key, &changed), said(&key, &nonce_cut), said(&key, &not_base64), other, nobody];
    insta::assert_snapshot!(all.join("\n"), @"
    meter:1/register/0/postal_code was changed after it was sealed: restore the document
    meter:1/register/0/postal_code was cut off: restore the document
    meter:1/register/0/postal_code was cut off: restore the document
    meter:1/register/0/postal_code was sealed with another key than the one of meter:1: was `keys` restored?
    meter:1/register/0/postal_code needs the key of meter:1, which is not in hand: fetch it first
    ");
}

#[test]
fn a_key_of_the_same_name_that_is_another_key_opens_nothing() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let other = DataKey::random();
    let renamed = Sealed { key: other.id().clone(), ..sealed.sealed().clone() };
    let opened = ring(&other).open::<String>(&Personal::new(renamed));
    assert!(matches!(opened, Err(OpenError::Tampered { .. })), "{opened:?}");
}

#[test]
fn a_value_of_another_type_is_refused() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let number = Personal::<u32>::new(sealed.sealed().clone());
    assert!(matches!(ring(&key).open(&number), Err(OpenError::Unfit { .. })));
}

#[test]
fn nothing_that_is_debugged_shows_a_value_or_a_key() {
    let key = DataKey::random();
    let registration = Registration::seal(&registration("1"), &seal("1", &key, "register"));
    let registration = registration.expect("texts");
    let opened = ring(&key).open(&registration.postal_code);
    let all = format!("{registration:?} {opened:?} {:?} {key:?}", ring(&key));
    for secret in ["1000", "542", "Aes"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn a_text_that_is_not_sealed_is_no_personal_field() {
    let read = serde_json::from_value::<Personal<String>>(json!("1000 AA"));
    let said = read.expect_err("it is plain").to_string();
    assert!(said.contains("a personal field is not sealed"), "{said}");
    assert!(!said.contains("1000"), "why: errors are logged");
    let cut = serde_json::from_value::<Personal<String>>(json!("sealed/1/2")).expect_err("cut");
    assert!(cut.to_string().contains("cut off or changed"), "{cut}");
}

fn event(data: &Value, id: &str) -> NewEvent {
    let id = EventId::of_command(id, 0);
    NewEvent::new(id, "MeterRegistered", data, Metadata::at(START)).expect("an event")
}

fn registered(key: &DataKey, id: &str) -> Value {
    let registration = Registration::seal(&registration("1"), &seal("1", key, id));
    serde_json::to_value(registration.expect("texts")).expect("JSON")
}

#[tokio::test]
async fn swapped_fields_are_noticed_when_the_event_is_read() {
    let (key, store) = (DataKey::random(), MemoryEventStore::default());
    let mut data = registered(&key, "register");
    let (postal, house) = (data["postal_code"].take(), data["house_number"].take());
    data["postal_code"] = house;
    data["house_number"] = postal;
    // Somebody writes past us.
    store
        .append(&stream("1"), Expected::Any, vec![event(&data, "register")])
        .await
        .expect("memory");
    let read = InPlace::new(store).load(&stream("1"), Range::all()).await;
    let Err(InPlaceError::Misplaced(misplaced)) = read else { panic!("{read:?}") };
    insta::assert_snapshot!(misplaced, @"meter:1/register/0/postal_code holds what was sealed for meter:1/register/0/house_number: somebody copied it, restore the event");
}

#[tokio::test]
async fn the_field_of_another_event_is_noticed_before_it_is_written() {
    let (key, store) = (DataKey::random(), InPlace::new(MemoryEventStore::default()));
    let mut data = registered(&key, "register");
    data["postal_code"] = registered(&key, "earlier")["postal_code"].take();
    let sent = store.append(&stream("1"), Expected::Any, vec![event(&data, "register")]).await;
    let refused = matches!(sent, Err(AppendError::Store(InPlaceError::Misplaced(_))));
    assert!(refused, "{sent:?}");
    let slice = store.load(&stream("1"), Range::all()).await.expect("memory");
    assert!(slice.events.is_empty());
}

#[test]
fn what_stands_where_it_belongs_passes_also_in_lists() {
    let key = DataKey::random();
    let name = seal("1", &key, "c").field("people.1.name", &"Ada".to_owned()).expect("a text");
    let data = json!({ "people": [{}, { "name": name }], "note": "sealed/and/not" });
    assert_eq!(in_place(&stream("1"), &event(&data, "c")), Ok(()));
    assert!(in_place(&stream("2"), &event(&data, "c")).is_err(), "why: it is another stream");
}

#[test]
fn an_erased_value_loads_whatever_state_it_is_in() {
    let key = DataKey::random();
    let sealed = with(&postal_code(&key, "register"), "AAAA");
    let ring = Ring::default().with(person("1"), Held::Erased);
    assert_eq!(ring.open(&sealed).map(|it| it.to_string()), Ok("Erased".to_owned()));
}
