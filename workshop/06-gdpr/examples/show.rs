//! A small run, laid open: what is stored of a registration, what a page shows of it, and what is left of it by each of the
//! three ways to forget.

#[path = "../../01-event-store/examples/wire/mod.rs"]
#[expect(dead_code, reason = "the tap of module 01 prints more than is asked for here")]
mod wire;

use event_store::{EventStore as _, Range};
use gdpr_checks::place::{CONTAINERS, Place};
use gdpr_checks::words::{REASON, person, sent, stream};
use gdpr_checks::{Follows, Gone, Opened, People, opened, search};
use serde_json::{Value, json};
use wire::world::{World, print_requests};

type Addresses = People<projections::CosmosDocuments, Value>;

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let place = Place::on(world.cosmos.clone()).await;
    for number in ["1", "2"] {
        place.activated(number).await;
    }
    let people = Addresses::new(place.people.clone());
    people.put(&person("3"), json!({ "name": "Ada" })).await.expect("entered");
    show(&place, &people).await;

    println!("\n== Forgotten, by each of the three ways\n");
    let (forgetting, context) = (place.forgetting(follows()), sent("forget"));
    world.wire.take();
    println!("1. the key is erased: one read and one write, and it is written down");
    let erased = forgetting.erase_key(&place.keys, &person("1"), REASON, &context).await;
    erased.expect("it can be erased");
    print_requests("", &world.wire.take());
    println!("\n2. the stream is deleted");
    let deleted = forgetting.delete_stream(&stream("2"), REASON, &context).await;
    deleted.expect("it can be deleted");
    print_requests("", &world.wire.take());
    println!("\n3. the person outside of the events is removed");
    let removed = forgetting.remove_person(&people, &person("3"), REASON, &context).await;
    removed.expect("it can be removed");
    print_requests("", &world.wire.take());
    println!();
    show(&place, &people).await;

    println!("\n== What a search finds in all containers\n");
    let gone = [Gone::Key(person("1")), Gone::Stream(stream("2")), Gone::Text("Ada".to_owned())];
    let left = search(&place.cosmos, &CONTAINERS, &gone).await.expect("containers can be read");
    println!("  {}", if left.is_empty() { "nothing".to_owned() } else { format!("{left:?}") });
}

fn follows() -> Vec<Follows> {
    vec![Follows::ended::<projections::Streams>()]
}

/// What is there of three people.
async fn show(place: &Place, people: &Addresses) {
    println!("== meter:1, sealed: what is stored, and what is shown\n");
    let first = registration(place, "1").await;
    print(&first);
    let ring = place.keys.ring([person("1")]).await.expect("keys can be fetched");
    println!();
    print(&opened(&first, &ring).expect("it can be opened"));
    println!("\n   its key\n");
    let key = place.keys.document(&person("1")).await.expect("it can be read");
    print(&serde_json::to_value(key).expect("JSON"));
    println!("\n== meter:2, a stream: its documents\n");
    let documents = place.store.documents(&stream("2"), Range::all()).await.expect("read");
    for document in documents.documents {
        println!("   v{}  {}", document.event.version, document.event.event.kind());
    }
    println!("\n== meter:3, outside of the events: who it is\n");
    let found = people.get(&person("3")).await.expect("it can be read");
    println!(
        "   {}",
        match found {
            Opened::Known(person) => person.to_string(),
            Opened::Erased => "Erased".to_owned(),
        }
    );
}

/// The data of a meter's first event.
async fn registration(place: &Place, number: &str) -> Value {
    let slice = place.store.load(&stream(number), Range::all().limit(1)).await;
    let slice = slice.expect("the stream can be read");
    let data = slice.events.first().map(|first| first.event.data().get().to_owned());
    serde_json::from_str(&data.unwrap_or_default()).expect("data is JSON")
}

/// Ciphertexts are cut: one line is enough to see that there is nothing to be seen.
fn print(value: &Value) {
    for line in serde_json::to_string_pretty(value).expect("JSON").lines() {
        let cut: String = line.chars().take(76).collect();
        println!("   {cut}{}", if cut.len() < line.len() { "…" } else { "" });
    }
}
