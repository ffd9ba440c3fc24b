//! Partitions that are split under the workers, and requests that fail.

use cosmos_local::{Effect, Fault, OperationKind};
use event_store::{EVENTS, EventStore, Expected};
use projections_checks::words::{Event, meter, new, read};

use crate::support::{Both, Process, Scene, leases};

/// So many meters are read, so that there are some on each side of every cut.
const METERS: u64 = 12;

/// Appends until it is known to have happened, as a caller does who repeats a command under its id.
async fn append_surely(scene: &Scene, number: u64, command_id: &str, events: &[Event]) {
    for _ in 0..100 {
        let events = new(command_id, events);
        if scene.world.store.append(&meter(number), Expected::Any, events).await.is_ok() {
            return;
        }
    }
    panic!("a hundred attempts, and none succeeded");
}

/// Reads every meter once more. What was used is a number that tells the readings apart.
async fn read_all(scene: &Scene, process: &Process, round: u64) {
    for number in 0..METERS {
        let kwh = round * 100 + number;
        append_surely(scene, number, &format!("c{round}"), &[read("1000", kwh)]).await;
        process.wake();
    }
}

/// What the readings of so many rounds add up to.
fn total(rounds: u64) -> (u64, u64) {
    let kwh = (0..rounds).flat_map(|round| (0..METERS).map(move |number| round * 100 + number));
    (rounds * METERS, kwh.sum())
}

async fn found(scene: &Scene) -> (u64, u64) {
    let found = scene.district("1000").await.expect("events came");
    (found.readings, found.kwh)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_under_a_worker_loses_and_doubles_nothing() {
    let scene = Scene::start(1).await;
    let process = Process::start(scene.sources(), Both::new(&scene.views), leases(1));
    let admin = scene.world.admin();
    for round in 0..4 {
        read_all(&scene, &process, round).await;
        let database = scene.world.cosmos.database();
        let range = admin.range_of(database, EVENTS.name, meter(round).as_str());
        let range = range.expect("there is one").id;
        admin.split_range(database, EVENTS.name, range, None).await.expect("it can be split");
        read_all(&scene, &process, 10 + round).await;
    }
    scene.until_read("1000", 8 * METERS).await;
    process.stop().await;
    let rounds = [0, 1, 2, 3, 10, 11, 12, 13];
    let kwh = rounds.iter().flat_map(|round| (0..METERS).map(move |meter| round * 100 + meter));
    assert_eq!(found(&scene).await, (8 * METERS, kwh.sum()));
    assert_eq!(scene.leases().await.len(), 1, "the lease stays what it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_request_in_ten_fails_nothing_is_missing_and_nothing_comes_twice() {
    let scene = Scene::start(2).await;
    let admin = scene.world.admin();
    let process = Process::start(scene.sources(), Both::new(&scene.views), leases(2));
    let throttled = Effect::Throttled { retry_after_ms: 1 };
    let effects = [throttled, Effect::RetryWith, Effect::Unavailable, Effect::LoseAnswer];
    for (seed, effect) in (1..).zip(effects) {
        let fault = Fault::new(effect).times(0).with_probability(0.025, seed);
        admin.inject(fault).expect("it makes sense");
    }
    for round in 0..5 {
        read_all(&scene, &process, round).await;
    }
    scene.until_read("1000", 5 * METERS).await;
    process.stop().await;
    let struck: u64 = admin.faults().iter().map(|fault| fault.struck).sum();
    assert!(struck > 10, "{struck} requests failed");
    admin.clear_faults();
    assert_eq!(found(&scene).await, total(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_no_second_save() {
    let scene = Scene::start(1).await;
    let admin = scene.world.admin();
    for kind in [OperationKind::Create, OperationKind::Replace] {
        let lost = Fault::new(Effect::LoseAnswer).on(kind).within("views");
        admin.inject(lost).expect("it makes sense");
    }
    let process = Process::start(scene.sources(), Both::new(&scene.views), leases(1));
    for round in 0..3 {
        read_all(&scene, &process, round).await;
    }
    scene.until_read("1000", 3 * METERS).await;
    process.stop().await;
    assert!(admin.faults().iter().all(|fault| fault.struck == 1), "{:?}", admin.faults());
    assert_eq!(found(&scene).await, total(3));
}
