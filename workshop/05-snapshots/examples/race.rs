//! Two processes with a memory each, one account: what becomes of a decision on a state that is old.
//!
//! The interleaving is fixed, and each request is printed as it went over the wire.

#[path = "../../01-event-store/examples/wire/mod.rs"]
#[expect(dead_code, reason = "the tap of module 01 prints more than is asked for here")]
mod wire;

use std::sync::Arc;

use aggregates::{Folded, Repository};
use event_store::{CosmosEventStore, EventStore as _, Range};
use snapshots_checks::Cached;
use snapshots_checks::account::{Account, Command};
use snapshots_checks::place::Place;
use snapshots_checks::words::{a, account, sent};
use wire::world::{World, print_requests};

type Memory = Cached<Folded<CosmosEventStore>, Account>;

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let place = Place::on(world.cosmos.clone()).await;
    let (ada, bert) = (Process::new(&world, &place, "ada"), Process::new(&world, &place, "bert"));
    println!("Both load the account, and keep its state in memory\n");
    ada.does("deposits 100", Command::Deposit(vec![100])).await;
    bert.does("leaves at most 500: nothing to do", Command::LeaveAtMost(500)).await;

    println!("\nA state that is old is found out by the append\n");
    ada.does("deposits 50", Command::Deposit(vec![50])).await;
    bert.does("deposits 1, and knows of 100", Command::Deposit(vec![1])).await;

    println!("\nNothing is refused on a state that may be old\n");
    ada.does("deposits 49", Command::Deposit(vec![49])).await;
    bert.does("withdraws 200, and knows of 151", Command::Withdraw(200)).await;

    println!("\nIn the end, in order\n");
    let all = place.store.load(&account("a"), Range::all()).await.expect("it can be read");
    for event in &all.events {
        let (version, recorded) = (event.version, &event.event);
        println!("         v{version}  {:<24}{}", recorded.kind(), recorded.id());
    }
}

/// One process: its own memory.
struct Process<'a> {
    world: &'a World,
    name: &'static str,
    accounts: Repository<CosmosEventStore, Account, Memory>,
}

impl<'a> Process<'a> {
    fn new(world: &'a World, place: &Place, name: &'static str) -> Self {
        let states = Cached::new(Folded::new(Arc::clone(&place.store)), 10);
        let accounts = Repository::with_states(Arc::clone(&place.store), states);
        Self { world, name, accounts }
    }

    async fn does(&self, what: &str, command: Command) {
        self.world.wire.take();
        println!("  {:<6} {what}", self.name);
        let context = sent(&format!("{}: {what}", self.name));
        let done = self.accounts.execute(&a(), command, &context).await;
        let done = done.expect("there is no rule against it");
        print_requests("", &self.world.wire.take());
        println!("         version {}, balance {}", done.version, done.state.aggregate.balance);
    }
}
