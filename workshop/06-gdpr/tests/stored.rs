//! What is stored of a registration, and what is left to be seen of it.

use std::collections::BTreeMap;

use event_store::{EventStore, Range};
use gdpr_checks::opened;
use gdpr_checks::place::Place;
use gdpr_checks::words::{erased, person, stream};
use insta::with_settings;
use serde_json::Value;

/// The data of each event of meter 1, by its kind.
async fn data(place: &Place) -> BTreeMap<String, Value> {
    let slice = place.store.load(&stream("1"), Range::all()).await.expect("it can be read");
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("data is JSON");
    let events = slice.events.iter().map(|it| &it.event);
    events.map(|it| (it.kind().to_owned(), read(it.data().get()))).collect()
}

async fn shown(place: &Place) -> BTreeMap<String, Value> {
    let ring = place.keys.ring([person("1")]).await.expect("keys can be fetched");
    let open = |(kind, data)| (kind, opened(&data, &ring).expect("it can be opened"));
    data(place).await.into_iter().map(open).collect()
}

#[tokio::test]
async fn a_registration_as_it_is_stored_shown_and_shown_after_it_was_erased() {
    let place = Place::new().await;
    place.activated("1").await;
    let (stored, before) = (data(&place).await, shown(&place).await);
    place.keys.erase(&person("1"), &erased()).await.expect("it can be erased");
    let stored = without_chance(stored);
    let all = [("1 stored", stored), ("2 shown", before), ("3 after", shown(&place).await)];
    let why = "the stored text says whose it is and where it belongs, and nothing else";
    with_settings!({ description => why }, {
        insta::assert_json_snapshot!(BTreeMap::from(all));
    });
}

/// A sealed text has a key, a nonce and a ciphertext that nobody can foretell.
fn without_chance(mut data: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    for field in data.values_mut().filter_map(Value::as_object_mut).flat_map(|it| it.values_mut()) {
        let parts: Vec<&str> = field.as_str().unwrap_or_default().split('/').collect();
        let ["sealed", key, ciphertext, whose @ ..] = &parts[..] else {
            continue;
        };
        assert_eq!((key.len(), ciphertext.is_empty()), (16, false), "{parts:?}");
        *field = format!("sealed/[key]/[nonce and ciphertext]/{}", whose.join("/")).into();
    }
    data
}
