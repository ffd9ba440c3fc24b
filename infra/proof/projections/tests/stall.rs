//! Workers that stall, that share, and whose clocks are wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use energy::projecting::NAMES;
use projection_proofs::{
    Audit, Order, Place, Point, Process, Writers, caught_up, lease_owners, serve,
};
use tokio::time::timeout;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_wakes_after_its_lease_was_taken_over_does_no_harm() {
    let points = [Point::AfterPin, Point::BetweenSaves(1), Point::AfterLastSave];
    for point in points {
        let server = serve(2).await;
        let place = Place::open(server.endpoint()).await;
        let order = Order::at(server.endpoint());
        let writers = Writers::start(server.endpoint(), 2, 30).await;
        writers.allow(60);
        let mut late = Process::start(WORKER, &Order { point: Some(point), ..order.clone() });
        late.says("still").await;
        late.suspend();
        let next = Process::start(WORKER, &order);
        writers.left(0).await;
        caught_up(&place).await;
        // What it was about to write it writes now, with more events behind it.
        late.tell("go");
        writers.allow(60);
        late.wake();
        let book = writers.finish().await;
        caught_up(&place).await;
        late.stop().await;
        next.stop().await;
        println!("stalled {point}: {:?}", Audit::of(&place, &book).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_the_leases_and_one_takes_all_when_the_other_leaves() {
    let server = serve(4).await;
    let place = Place::open(server.endpoint()).await;
    let order = Order::at(server.endpoint());
    let writers = Writers::start(server.endpoint(), 1, 30).await;
    writers.allow(200);
    let first = Process::start(WORKER, &order);
    shared(&place, &[4]).await;
    let second = Process::start(WORKER, &order);
    shared(&place, &[2, 2]).await;
    second.stop().await;
    shared(&place, &[4]).await;
    let third = Process::start(WORKER, &order);
    shared(&place, &[2, 2]).await;
    first.kill();
    shared(&place, &[4]).await;
    let book = writers.finish().await;
    caught_up(&place).await;
    third.stop().await;
    println!("shared: {:?}", Audit::of(&place, &book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_jump_by_years_change_nothing() {
    let server = serve(2).await;
    let place = Place::open(server.endpoint()).await;
    // Claims that hold for long: nothing but a clock could take a lease away here.
    let order = Order { duration_ms: 20_000, leases: 4, ..Order::at(server.endpoint()) };
    let writers = Writers::start(server.endpoint(), 2, 30).await;
    let jumping = Process::start(WORKER, &Order { skew_days: 4_000, ..order.clone() });
    let ordinary = Process::start(WORKER, &order);
    shared(&place, &[2, 2]).await;
    let before = lease_owners(&place).await;
    writers.allow(200);
    let book = writers.finish().await;
    caught_up(&place).await;
    assert_eq!(lease_owners(&place).await, before, "nobody lost a lease");
    jumping.stop().await;
    ordinary.stop().await;
    println!("jumping clocks: {:?}", Audit::of(&place, &book).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_worker_whose_claim_seems_to_last_for_years_is_taken_over() {
    let server = serve(2).await;
    let place = Place::open(server.endpoint()).await;
    let order = Order::at(server.endpoint());
    let writers = Writers::start(server.endpoint(), 2, 30).await;
    writers.allow(100);
    let dying = Order { skew_days: -4_000, point: Some(Point::BetweenSaves(1)), ..order.clone() };
    let mut dying = Process::start(WORKER, &dying);
    dying.says("still").await;
    dying.kill();
    let next = Process::start(WORKER, &order);
    let book = writers.finish().await;
    caught_up(&place).await;
    next.stop().await;
    println!("dead for years: {:?}", Audit::of(&place, &book).await);
}

/// Waits until the leases of every projection are shared like this, the smallest share first.
async fn shared(place: &Place, wanted: &[usize]) {
    let shared = async {
        loop {
            let owners = lease_owners(place).await;
            let fair = owners.values().filter(|owners| shares(owners) == wanted).count();
            if fair == NAMES.len() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, shared).await.unwrap_or_else(|_| panic!("not shared as {wanted:?}"));
}

fn shares(owners: &[Option<String>]) -> Vec<usize> {
    let mut shares = BTreeMap::<_, usize>::new();
    for owner in owners.iter().flatten() {
        *shares.entry(owner).or_default() += 1;
    }
    let mut shares: Vec<_> = shares.into_values().collect();
    shares.sort_unstable();
    shares
}
