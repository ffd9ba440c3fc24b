//! A small run, laid open: the document of a snapshot, and the requests of one command by three ways to its state.

#[path = "../../01-event-store/examples/wire/mod.rs"]
#[expect(dead_code, reason = "the tap of module 01 prints more than is asked for here")]
mod wire;

use std::sync::Arc;

use aggregates::{Folded, Repository, States};
use event_store::{CosmosEventStore, StoreError, Version};
use projections::Documents;
use snapshots_checks::account::{Account, Command};
use snapshots_checks::place::Place;
use snapshots_checks::words::{a, account, brief, fill, sent};
use snapshots_checks::{Cached, Policy, SnapshotDocument, Snapshots, Taker};
use wire::world::{World, print_requests};

/// So long is the stream.
const EVENTS: usize = 240;

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let place = Place::on(world.cosmos.clone()).await;
    let stream = account("a");
    fill(&*place.batch, &stream, EVENTS).await;

    let taker: Taker<_, _, Account> =
        Taker::new(Arc::clone(&place.store), place.snapshots.clone(), Policy::default());
    let done = taker.take(&stream, Version(EVENTS as u64)).await;
    done.expect("the snapshot can be written");
    let read = place.snapshots.read::<SnapshotDocument>(stream.as_str()).await;
    let snapshot = read.expect("it can be read").expect("it is due").document;
    println!("The snapshot of a stream of {EVENTS} events\n");
    let snapshot = serde_json::to_string_pretty(&snapshot).expect("a document is JSON");
    for line in snapshot.lines() {
        println!("  {line}");
    }

    println!("\nThe requests of a command\n");
    let folded = Folded::new(Arc::clone(&place.store));
    let snapshots = Snapshots::new(Arc::clone(&place.store), place.snapshots.clone());
    let cached = Cached::new(snapshots.clone(), 10);
    cached.load(&stream).await.expect("the stream can be read");
    deposit(&place, cached.clone(), "warm").await;
    world.wire.take();
    let mut charges = Vec::new();
    charges.push(requests(&world, "every event is folded", &deposit(&place, folded, "c1").await));
    charges.push(requests(&world, "snapshot and tail", &deposit(&place, snapshots, "c2").await));
    deposit(&place, cached.clone(), "c3").await;
    world.wire.take();
    charges.push(requests(
        &world,
        "the state is in memory",
        &deposit(&place, cached.clone(), "c4").await,
    ));

    println!("\n{:<58}  RU (model)\n", "What it cost");
    for (what, charge) in charges {
        println!("  {what:<56}  {charge:>10.2}");
    }
    let hits = cached.hits();
    println!("\nThe memory: {} hits, {} misses, {} states", hits.hits, hits.misses, hits.kept);
}

/// Deposits 1, and answers with the state in brief.
async fn deposit<T>(place: &Place, states: T, id: &str) -> String
where
    T: States<Account, Error = StoreError>,
{
    let accounts =
        Repository::<CosmosEventStore, Account, T>::with_states(Arc::clone(&place.store), states);
    let done = accounts.execute(&a(), Command::Deposit(vec![1]), &sent(id)).await;
    brief(&done.expect("there is no rule against it").state)
}

/// Prints what was asked since the last time, and answers with its charge.
fn requests<'a>(world: &World, what: &'a str, state: &str) -> (&'a str, f64) {
    let exchanges = world.wire.take();
    println!("  {what}");
    print_requests("", &exchanges);
    println!("         {state}\n");
    (what, wire::charge(&exchanges))
}
