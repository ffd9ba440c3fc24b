//! Worker processes are killed, two hundred times, at all points between two writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use projection_proofs::{Audit, Order, Place, Point, Process, Writers, caught_up, serve};
use tokio::task::JoinSet;
use tokio::time::timeout;

const WORKER: &str = env!("CARGO_BIN_EXE_worker");
const METERS: usize = 40;

/// Commands for each kill, and more as long as the point is not reached.
const COMMANDS: usize = 16;
const MORE: Duration = Duration::from_millis(500);

type Kills = BTreeMap<Point, u32>;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_and_started_again_loses_and_doubles_nothing() {
    let killed = kill(1, 120, true).await;
    assert_eq!(killed, 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_that_are_killed_by_turns_take_over_from_each_other() {
    let killed = kill(3, 80, false).await;
    assert_eq!(killed, 80);
}

/// Lets workers be killed so often, all together, while others write; then a clean one goes to the end.
async fn kill(workers: usize, times: usize, alone: bool) -> u32 {
    let server = serve(3).await;
    let place = Place::open(server.endpoint()).await;
    let writers = Arc::new(Writers::start(server.endpoint(), 2, METERS).await);
    let order = Order { alone, ..Order::at(server.endpoint()) };
    let mut killing = JoinSet::new();
    for worker in 0..workers {
        let mine = (worker..times).step_by(workers).count();
        killing.spawn(kill_one(worker, mine, order.clone(), Arc::clone(&writers)));
    }
    let mut kills = Kills::new();
    for (point, count) in killing.join_all().await.into_iter().flatten() {
        *kills.entry(point).or_default() += count;
    }
    let book = Arc::into_inner(writers).expect("nobody else is left").finish().await;
    let clean = Process::start(WORKER, &order);
    caught_up(&place).await;
    clean.stop().await;
    let audit = Audit::of(&place, &book).await;
    println!("{workers} worker(s): {audit:?}");
    for (point, count) in &kills {
        println!("  killed {point}: {count} times");
    }
    kills.values().sum()
}

/// Starts a worker and kills it where it stands still, again and again, each time at another point.
async fn kill_one(first: usize, times: usize, order: Order, writers: Arc<Writers>) -> Kills {
    let mut kills = Kills::new();
    for point in Point::ALL.iter().cycle().skip(first).take(times) {
        let mut worker = Process::start(WORKER, &Order { point: Some(*point), ..order.clone() });
        writers.allow(COMMANDS);
        while timeout(MORE, worker.says("still")).await.is_err() {
            writers.allow(COMMANDS / 4);
        }
        worker.kill();
        *kills.entry(*point).or_default() += 1;
    }
    kills
}
