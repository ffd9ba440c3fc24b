//! A small run, laid open: the document of an event, the requests, what they cost, and the stream in the end.

mod wire;

use event_store_checks::words::{activated, meter, readings, registered};
use event_store_checks::{
    CosmosEventStore, EventStore as _, Expected, NewEvent, Version, document,
};
use wire::Exchange;
use wire::world::{World, print_requests, timeline, told};

/// The charges of an embedded Cosmos DB are computed, not measured.
const CHARGES: &str = "RU (model)";

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let stream = meter(87_000_001);
    println!("The document of an event\n");
    let item = document(&stream, Version(1), &registered("install/0"));
    let item = serde_json::to_string_pretty(&item).expect("a document is JSON");
    for line in item.lines() {
        println!("  {line}");
    }

    let procedure = CosmosEventStore::by_procedure(&world.cosmos).await.expect("it is provisioned");
    let batch = CosmosEventStore::by_batch(&world.cosmos).await.expect("it is provisioned");
    let mut charges: Vec<(&str, Vec<Exchange>)> = Vec::new();
    println!("\nThe requests\n");
    for (what, store, expected, events) in script(&procedure, &batch) {
        println!("  {what}");
        let outcome = store.append(&stream, expected, events).await;
        let exchanges = world.wire.take();
        print_requests("", &exchanges);
        println!("         {}", told(&outcome));
        charges.push((what, exchanges));
    }
    let slice = world.load(&procedure, &stream).await;
    charges.push(("load the stream", world.wire.take()));

    println!("\n{:<58}  {CHARGES}\n", "What it cost");
    for (what, exchanges) in &charges {
        println!("  {what:<56}  {:>10.2}", wire::charge(exchanges));
    }
    println!("\nThe stream {stream}\n");
    for event in &slice.events {
        println!("  {}", timeline(event));
    }
}

/// What is done, by which way of appending, and what the writer believes.
fn script<'a>(
    procedure: &'a CosmosEventStore,
    batch: &'a CosmosEventStore,
) -> [(&'static str, &'a CosmosEventStore, Expected, Vec<NewEvent>); 5] {
    let at = |version| Expected::Exact(Version(version));
    [
        ("register the meter", procedure, Expected::NoStream, vec![registered("install/0")]),
        ("activate it", procedure, at(1), vec![activated("activate/0")]),
        (
            "send the same again: its answer was lost",
            procedure,
            at(1),
            vec![activated("activate/0")],
        ),
        ("three days of readings, one transaction", batch, at(2), readings("import", 3)),
        ("write as if nothing had happened since", batch, at(2), readings("late", 1)),
    ]
}
