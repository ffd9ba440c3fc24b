//! Partitions split while workers run.

use std::time::Duration;

use energy::projections::MeterStates;
use projection_proofs::{Audit, Book, DATABASE, Order, Place, Process, Writers, caught_up, serve};
use projections::Views;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const PATIENCE: Duration = Duration::from_secs(20);
const SPLITS: usize = 5;
const BETWEEN: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn splits_while_two_workers_run_lose_and_double_nothing() {
    split(2, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_do_they_with_more_leases_than_partitions() {
    split(2, 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_appended_before_a_split_sees_it_behind_the_split() {
    let server = serve(1).await;
    let place = Place::open(server.endpoint()).await;
    let order = Order { alone: true, ..Order::at(server.endpoint()) };
    let writers = Writers::start(server.endpoint(), 1, 20).await;
    writers.allow(50);
    writers.left(0).await;
    let worker = Process::start(WORKER, &order);
    caught_up(&place).await;
    worker.stop().await;
    writers.allow(50);
    let book = writers.finish().await;
    let range = server.admin().ranges(DATABASE, "events").expect("it is there")[0].id;
    server.admin().split_range(DATABASE, "events", range, None).await.expect("it can be split");
    let worker = Process::start(WORKER, &order);
    readers_see_their_appends(&place, &book).await;
    worker.stop().await;
}

async fn readers_see_their_appends(place: &Place, book: &Book) {
    let views: Views<MeterStates, _> = Views::new(place.views.clone());
    for (stream, (version, session)) in &book.tokens {
        let waited = views.wait_for(&place.feed, &place.leases, stream, session, PATIENCE).await;
        assert!(waited.expect("the leases can be read"), "{stream}, {session:?}");
        let view = views.get(&stream.id().into()).await.expect("readable").expect("it is there");
        assert!(view.version >= version.0, "{stream} is at {} in the view", view.version);
    }
}

/// Splits ranges of all containers by turns, while two workers and two writers are at it.
async fn split(partitions: u32, leases: usize) {
    let server = serve(partitions).await;
    let place = Place::open(server.endpoint()).await;
    let order = Order { leases, ..Order::at(server.endpoint()) };
    let workers = [Process::start(WORKER, &order), Process::start(WORKER, &order)];
    let writers = Writers::start(server.endpoint(), 2, 60).await;
    writers.allow(BETWEEN * (SPLITS + 1));
    let admin = server.admin();
    for number in 1..=SPLITS {
        writers.left(BETWEEN * (SPLITS + 1 - number)).await;
        for container in ["events", "views", "leases"] {
            let ranges = admin.ranges(DATABASE, container).expect("it is there");
            let range = ranges[number * 7 % ranges.len()].id;
            admin.split_range(DATABASE, container, range, None).await.expect("it can be split");
        }
    }
    let book = writers.finish().await;
    caught_up(&place).await;
    readers_see_their_appends(&place, &book).await;
    for worker in workers {
        worker.stop().await;
    }
    println!("{partitions} partitions, {leases} leases: {:?}", Audit::of(&place, &book).await);
}
