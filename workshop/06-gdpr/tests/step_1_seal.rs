//! Step 1. Seal a personal field

use std::sync::Arc;

use aggregates::Repository;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use event_store::{EventStore, MemoryEventStore, Range};
use gdpr_checks::meter::{Command, Event, Meter, Registration};
use gdpr_checks::words::{
    CODE, POSTAL_CODE, meter, person, postal_code, registration, ring, seal, sent, stream,
};
use gdpr_checks::{DataKey, Held, NonceBytes, OpenError, Opened, Personal, Ring, Sealed};

/// Nonce and ciphertext as they are stored.
fn parts(personal: &Personal<String>) -> (NonceBytes, Vec<u8>) {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&personal.sealed().sealed).expect("Base64");
    let ciphertext = bytes.split_off(12);
    (bytes.try_into().expect("a nonce has 12 bytes"), ciphertext)
}

/// The same value under another place.
fn moved(personal: &Personal<String>, place: &str) -> Personal<String> {
    let place = place.parse().expect("a place");
    Personal::new(Sealed { place, ..personal.sealed().clone() })
}

fn registered(key: &DataKey, command_id: &str) -> Registration {
    Registration::seal(&registration("1"), &seal("1", key, command_id)).expect("texts")
}

#[test]
fn what_is_sealed_opens_again_with_the_key() {
    let key = DataKey::random();
    let opened = ring(&key).open(&postal_code(&key, "register"));
    let why = "why: whoever opens it takes the text of its place for the associated data: was it sealed in?";
    assert_eq!(opened.map(Opened::known), Ok(Some(POSTAL_CODE.to_owned())), "{why}");
}

#[test]
fn the_stored_text_says_for_whom_and_for_what_place_it_was_sealed() {
    let key = DataKey::random();
    let stored = postal_code(&key, "register").sealed().to_string();
    let stored = stored.replacen(&key.id().to_string(), "[key]", 1);
    let (front, place) = stored.split_once("/meter:1/").expect("the subject stands in it");
    assert!(front.starts_with("sealed/[key]/"), "{front}");
    assert_eq!(place, "meter:1/register/0/postal_code", "why: stream, event id and field");
}

#[test]
fn the_value_cannot_be_read_from_what_is_stored() {
    let key = DataKey::random();
    let (_, ciphertext) = parts(&postal_code(&key, "register"));
    let text = String::from_utf8_lossy(&ciphertext);
    assert!(!text.contains("1000"), "why: Base64 is no encryption, and this is in every snapshot");
}

#[test]
fn a_nonce_is_never_used_twice() {
    let key = DataKey::random();
    let seal = seal("1", &key, "register");
    let sealed = |_| parts(&seal.field("postal_code", &POSTAL_CODE.to_owned()).expect("text")).0;
    let mut nonces: Vec<_> = (0..100).map(sealed).collect();
    nonces.sort_unstable();
    nonces.dedup();
    let why = "why: two texts under one nonce and one key give each other away";
    assert_eq!(nonces.len(), 100, "different nonces, of 100: {why}");
}

#[test]
fn the_nonce_stands_in_front_of_the_ciphertext_and_the_place_is_the_associated_data() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    let (nonce, ciphertext) = parts(&sealed);
    let plain = key.decrypt(&nonce, &ciphertext, b"meter:1/register/0/postal_code");
    let plain = plain.map(|plain| String::from_utf8_lossy(&plain).into_owned());
    assert_eq!(plain.as_deref(), Some("\"1000 AA\""), "why: others have to open it, too");
}

#[test]
fn a_value_that_was_carried_to_another_place_does_not_open() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    for place in [
        "meter:1/register/0/house_number",
        "meter:1/register/1/postal_code",
        "meter:2/register/0/postal_code",
    ] {
        let opened = ring(&key).open(&moved(&sealed, place));
        let tampered = OpenError::Tampered { place: place.parse().expect("a place") };
        let why = "why: stream, event and field are sealed in, though they are not secret";
        assert_eq!(opened, Err(tampered), "{why}");
    }
}

#[test]
fn the_key_that_is_needed_is_named() {
    let (key, other) = (DataKey::random(), DataKey::random());
    let sealed = postal_code(&key, "register");
    assert_eq!(sealed.sealed().key, *key.id());
    assert_eq!(*sealed.subject(), person("1"));
    let opened = ring(&other).open(&sealed);
    assert!(matches!(opened, Err(OpenError::WrongKey { .. })), "{opened:?}");
}

#[test]
fn a_value_sealed_again_for_the_same_place_is_the_same() {
    let key = DataKey::random();
    let (first, again) = (postal_code(&key, "register"), postal_code(&key, "register"));
    let why =
        "why: a command that is sent again is sealed again, and its ciphertext is another one";
    assert!(first == again, "{why}");
}

#[test]
fn values_of_other_places_and_of_other_people_are_not_the_same() {
    let key = DataKey::random();
    let sealed = postal_code(&key, "register");
    assert!(sealed != postal_code(&key, "again"), "why: it is of another event");
    let house = moved(&sealed, "meter:1/register/0/house_number");
    assert!(sealed != house, "why: it is of another field, whatever its ciphertext");
    let other = Sealed { subject: person("2"), ..sealed.sealed().clone() };
    assert!(sealed != Personal::new(other), "why: it is of another person");
}

#[tokio::test]
async fn a_command_that_is_sent_again_is_carried_out_once() {
    let (key, store) = (DataKey::random(), Arc::<MemoryEventStore>::default());
    let meters = Repository::<_, Meter>::new(Arc::clone(&store));
    let mut repeated = Vec::new();
    for _ in 0..2 {
        let command = Command::Register(registered(&key, "register"));
        let done = meters.execute(&meter("1"), command, &sent("register")).await.expect("no rule");
        assert_eq!(done.events, [Event::MeterRegistered(registered(&key, "register"))]);
        repeated.push(done.repeated);
    }
    assert_eq!(repeated, [false, true], "why: events are known by their ids");
    let slice = store.load(&stream("1"), Range::all()).await.expect("memory");
    assert_eq!(slice.events.len(), 1, "events: why: it was one command, sent twice");
}

#[tokio::test]
async fn the_codes_are_compared_and_not_what_is_stored_of_them() {
    let (key, store) = (DataKey::random(), Arc::<MemoryEventStore>::default());
    let meters = Repository::<_, Meter>::new(Arc::clone(&store));
    let command = Command::Register(registered(&key, "register"));
    meters.execute(&meter("1"), command, &sent("register")).await.expect("no rule");
    let mut kinds = Vec::new();
    for (id, code) in [("wrong", "000-000"), ("right", CODE)] {
        let activation_code = seal("1", &key, id).field("activation_code", &code.to_owned());
        let activation_code = activation_code.expect("a text");
        let ring = Ring::default().with(person("1"), Held::Key(key.clone()));
        let command = Command::Activate { activation_code, ring };
        let done = meters.execute(&meter("1"), command, &sent(id)).await.expect("no rule");
        kinds.push(matches!(done.events[..], [Event::MeterActivated { .. }]));
    }
    assert_eq!(kinds, [false, true], "why: the ring opens both codes, and the texts are compared");
}
