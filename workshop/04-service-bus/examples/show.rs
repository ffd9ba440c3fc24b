//! A small run, laid open: the events of a meter, what becomes a message, and what the consumer keeps.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use integration_events_checks::place::{DELIVERIES, TOPIC, broker, everything, publish, publisher};
use integration_events_checks::words::{Statements, append, life, meter, published, recorded};
use integration_events_checks::{
    Consumer, IntegrationEvent, MemoryParking, Ordered, Patience, Publications, Turn,
};
use projections::{Documents, MemoryDocuments, MemoryFeed, Stored};
use serde_json::{Value, json};
use service_bus::{ServiceBus, resubmit_where};

#[tokio::main]
async fn main() {
    let (bus, store) = (broker().await, Arc::new(MemoryFeed::new(1)));
    append(&*store, 1, "command", &life()).await;
    println!("The stream, and what others are told of it\n");
    let told = published(&store, 1).await;
    for event in recorded(1, &life()) {
        let notice = told.iter().find(|told| told.version == event.version);
        let notice = notice.map_or("-", |notice| &notice.kind);
        println!("  {}  {:<24}  {notice}", event.version, event.event.kind());
    }
    println!("\nA message\n");
    print(&message(&told[1]));

    let (parking, documents) = (MemoryParking::default(), MemoryDocuments::default());
    publish(&publisher(&store, &bus, &parking), recorded(1, &life())).await;
    let statements = Statements::default();
    let archive = Publications::<_, integration_events_checks::meters::Meters>::new(store);
    let inbox = Ordered::new(documents.clone(), archive, statements.clone());
    let patience = Patience { pause: Duration::ZERO, ..Patience::default() };
    let consumer = Consumer::new(Arc::clone(&bus), everything(), inbox, parking, patience);

    println!("\nThe printer is out of paper: every message is given back {DELIVERIES} times\n");
    statements.failing.store(true, Ordering::SeqCst);
    while let Ok(turn @ (Turn::GivenBack | Turn::Taken(_))) = consumer.turn(Duration::ZERO).await {
        println!("  {turn:?}");
    }
    counts(&bus).await;
    println!("\nThere is paper again: the dead letters are sent once more\n");
    statements.failing.store(false, Ordering::SeqCst);
    let sent = resubmit_where(&*bus, &everything(), TOPIC, 10, |_| true).await;
    println!("  {} sent again", sent.expect("the broker takes them"));
    while let Ok(turn @ Turn::Taken(_)) = consumer.turn(Duration::ZERO).await {
        println!("  {turn:?}");
    }
    counts(&bus).await;
    println!("\nThe inbox: the effect, and how far it goes\n");
    let id = format!("statements:{}", meter(1));
    let read: Option<Stored<Value>> = documents.read(&id).await.expect("memory never fails");
    print(&read.expect("it was written").document);
}

fn message(event: &IntegrationEvent) -> Value {
    let message = event.message();
    json!({
        "MessageId": message.id,
        "SessionId": message.session,
        "Label": message.label,
        "CorrelationId": message.correlation_id,
        "properties": message.properties,
        "body": event.data,
    })
}

async fn counts(bus: &ServiceBus) {
    let entities = bus.entities().await.expect("the broker counts");
    let path = everything().to_string();
    for found in entities.iter().filter(|found| found.path == path) {
        println!("  {path}: {} waiting, {} dead", found.active, found.dead_lettered);
    }
}

/// A document, indented.
fn print(document: &Value) {
    let text = serde_json::to_string_pretty(document).expect("a document is JSON");
    for line in text.lines() {
        println!("  {line}");
    }
}
