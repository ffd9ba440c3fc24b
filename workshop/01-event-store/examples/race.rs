//! Two writers, one stream, one version: who wins, and what the other does about it.
//!
//! Each request is printed as it went over the wire, with its status; of a batch, with that of each
//! operation. The interleaving is fixed, both load before either appends: a room sees the same lines
//! each time.

mod wire;

use event_store_checks::words::{activated, meter, readings, registered};
use event_store_checks::{
    AppendError, Appended, CosmosEventStore, EventStore as _, Expected, NewEvent, Range,
    StoreError, StreamId, Version,
};
use wire::Exchange;
use wire::world::{World, print_requests, timeline, told};

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let procedure = CosmosEventStore::by_procedure(&world.cosmos).await.expect("it is provisioned");
    let batch = CosmosEventStore::by_batch(&world.cosmos).await.expect("it is provisioned");
    println!("By stored procedure: the conflict brings what was missed\n");
    Race::start(&world, &procedure, meter(87_000_001)).await.run().await;
    println!("\nBy transactional batch: the conflict is a 409, and one has to load again\n");
    Race::start(&world, &batch, meter(87_000_002)).await.run().await;
}

/// One stream with one event, that two want to write to.
struct Race<'a> {
    world: &'a World,
    store: &'a CosmosEventStore,
    stream: StreamId,
    sent: Vec<Exchange>,
}

impl<'a> Race<'a> {
    async fn start(world: &'a World, store: &'a CosmosEventStore, stream: StreamId) -> Self {
        let first = vec![registered("installer/0")];
        store.append(&stream, Expected::NoStream, first).await.expect("the stream is new");
        world.wire.take();
        Self { world, store, stream, sent: Vec::new() }
    }

    async fn run(mut self) {
        let known = self.loads("ada").await;
        self.loads("bert").await;
        println!();
        let won = self.appends("ada", known, vec![activated("ada/0")]).await;
        won.expect("ada is first");
        let lost = self.appends("bert", known, readings("bert", 1)).await;
        let Err(AppendError::Conflict { since, .. }) = lost else {
            panic!("bert decided on version 1, and the stream was at 2: {lost:?}");
        };

        let missed = if let Some(missed) = since {
            missed
        } else {
            let tail = self.store.load(&self.stream, Range::after(known)).await;
            self.print_requests("bert");
            tail.expect("the stream can be read").events
        };
        for event in &missed {
            println!("         missed {}", timeline(event));
        }
        println!("         evolves with it, decides again: the reading still counts\n");
        let known = missed.last().expect("somebody was faster").version;
        let again = self.appends("bert", known, readings("bert", 1)).await;
        again.expect("nobody else writes");
        let (requests, charge) = (self.sent.len(), wire::charge(&self.sent));
        println!("\n  {requests} requests, {charge:.2} RU (model); in the end, in order:");
        for event in &self.world.load(self.store, &self.stream).await.events {
            println!("         {}", timeline(event));
        }
        self.world.wire.take();
    }

    async fn loads(&mut self, who: &str) -> Version {
        let slice = self.world.load(self.store, &self.stream).await;
        self.print_requests(who);
        println!("         {} is at version {}", self.stream, slice.version);
        slice.version
    }

    async fn appends(
        &mut self,
        who: &str,
        known: Version,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<StoreError>> {
        println!("  {who:<6} appends {} after version {known}", events[0].kind());
        let outcome = self.store.append(&self.stream, Expected::Exact(known), events).await;
        self.print_requests("");
        println!("         {}", told(&outcome));
        outcome
    }

    fn print_requests(&mut self, who: &str) {
        let sent = self.world.wire.take();
        print_requests(who, &sent);
        self.sent.extend(sent);
    }
}
