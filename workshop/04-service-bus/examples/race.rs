//! Four messages, delivered as a bus may deliver them: out of order and more than once. Who counts right?
//!
//! One consumer adds up what comes. The other keeps an inbox. Both get the same deliveries from a real broker in this
//! process, in the same order each time.

use std::sync::Arc;
use std::time::Duration;

use integration_events_checks::meters::{Meters, Notice};
use integration_events_checks::place::{LOCK, WINDOW, broker, everything, publish, publisher};
use integration_events_checks::words::{Statements, append, life, meter, recorded};
use integration_events_checks::{
    Accepted, Inbox, IntegrationEvent, MemoryParking, Ordered, Publications,
};
use projections::{MemoryDocuments, MemoryFeed};
use service_bus::{Bus, Delivery, Received, ServiceBus};

type Inboxed = Ordered<MemoryDocuments, Publications<MemoryFeed, Meters>, Statements>;

/// Both consumers.
struct Consumers {
    naive: i128,
    inbox: Inboxed,
}

#[tokio::main]
async fn main() {
    let (bus, store) = (broker().await, Arc::new(MemoryFeed::new(1)));
    append(&*store, 1, "command", &life()).await;
    let archive = Publications::new(Arc::clone(&store));
    let inbox = Ordered::new(MemoryDocuments::default(), archive, Statements::default());
    let mut consumers = Consumers { naive: 0, inbox };
    let publisher = publisher(&store, &bus, &MemoryParking::default());

    println!("  version  kind                     adds up   inbox");
    publish(&publisher, recorded(1, &life())).await;
    println!("\nFour messages, taken by several consumers: who is faster, is first");
    let held = held(&bus).await;
    for number in [0, 2, 1, 3] {
        consumers.take(&held[number].message).await;
        if number != 1 {
            bus.complete(&held[number].lock).await.expect("the lock holds");
        }
    }
    println!("\nOne crashed before it said that it was done: its message comes again");
    bus.advance(LOCK + LOCK).await.expect("the clock is ours");
    consumers.rest(&bus).await;
    println!("\nThe publisher crashed, and sends its page again when the broker has forgotten it");
    bus.advance(WINDOW).await.expect("the clock is ours");
    publish(&publisher, recorded(1, &life())).await;
    consumers.rest(&bus).await;
    consumers.verdict().await;
}

/// All messages, each under a lock.
async fn held(bus: &ServiceBus) -> Vec<Delivery<<ServiceBus as Bus>::Lock>> {
    let mut held = Vec::new();
    while let Some(delivery) = next(bus).await {
        held.push(delivery);
    }
    held
}

async fn next(bus: &ServiceBus) -> Option<Delivery<<ServiceBus as Bus>::Lock>> {
    bus.receive(&everything(), Duration::ZERO).await.expect("the broker answers")
}

impl Consumers {
    async fn take(&mut self, message: &Received) {
        let event = IntegrationEvent::read(message).expect("it is one of ours");
        self.naive += amount(&event);
        let accepted = self.inbox.accept(&event).await.expect("nothing fails");
        let told = match accepted {
            Accepted::Applied(1) => "applied".to_owned(),
            Accepted::Applied(events) => format!("applied, with {} it had missed", events - 1),
            Accepted::Duplicate => "known".to_owned(),
        };
        println!("  {:<7}  {:<23}  {:>7}   {told}", event.version.0, event.kind, self.naive);
    }

    async fn rest(&mut self, bus: &ServiceBus) {
        while let Some(delivery) = next(bus).await {
            self.take(&delivery.message).await;
            bus.complete(&delivery.lock).await.expect("the lock holds");
        }
    }

    async fn verdict(&self) {
        let found = self.inbox.document(&meter(1)).await.expect("memory never fails");
        let (naive, total) = (self.naive, found.state.total);
        println!("\n  added up: {naive}   inbox: {total}, versions {:?}", found.state.versions);
    }
}

/// What an event adds to a total.
fn amount(event: &IntegrationEvent) -> i128 {
    match event.decode().expect("it is one of ours") {
        Some(Notice::ConsumptionRecorded { total, .. }) => i128::from(total),
        Some(Notice::ConsumptionCorrected { total, replaced, .. }) => {
            i128::from(total) - i128::from(replaced)
        }
        _ => 0,
    }
}
