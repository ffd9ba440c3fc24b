//! What is stored of a registration, and what is left to be seen of it.

use std::collections::BTreeMap;

use event_store::{EventStore, Range};
use gdpr_checks::opened;
use gdpr_checks::place::Place;
use gdpr_checks::words::{erased, person, stream};
use insta::internals::Content;
use insta::{dynamic_redaction, with_settings};
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
    let all = [("1 stored", stored), ("2 shown", before), ("3 after", shown(&place).await)];
    let why = "the stored text says whose it is and where it belongs, and nothing else";
    with_settings!({ description => why }, {
        let same = dynamic_redaction(|value, _| without_chance(value));
        insta::assert_json_snapshot!(BTreeMap::from(all), { ".**" => same });
    });
}

/// A sealed text has a key, a nonce and a ciphertext that nobody can foretell.
fn without_chance(value: Content) -> Content {
    let parts: Vec<&str> = value.as_str().unwrap_or_default().split('/').collect();
    let ["sealed", key, ciphertext, rest @ ..] = &parts[..] else {
        return value;
    };
    let plain = |part: &str| part.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it));
    assert!(key.len() == 16 && plain(key) && plain(ciphertext), "{parts:?}");
    format!("sealed/[key]/[nonce and ciphertext]/{}", rest.join("/")).into()
}
