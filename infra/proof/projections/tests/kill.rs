//! Worker processes are killed at all points, and the views are right.

use std::collections::BTreeMap;
use std::time::Instant;

use projection_proofs::{Audit, Order, Place, Point, Process, Writers, caught_up, serve};

const WORKER: &str = env!("CARGO_BIN_EXE_worker");

#[tokio::test(flavor = "multi_thread")]
async fn measure() {
    let server = serve(3).await;
    let place = Place::open(server.endpoint()).await;
    let mut writers = Writers::start(server.endpoint(), 2, 40).await;
    let mut kills = BTreeMap::<Point, u32>::new();
    for point in Point::ALL.iter().cycle().take(24) {
        writers.allow(30);
        let started = Instant::now();
        let order = Order { alone: true, point: Some(*point), ..Order::at(server.endpoint()) };
        let mut worker = Process::start(WORKER, &order);
        worker.says("running").await;
        let running = started.elapsed();
        worker.says("still").await;
        eprintln!("{point}: running {running:?} still {:?}", started.elapsed());
        worker.kill();
        *kills.entry(*point).or_default() += 1;
    }
    let book = writers.finish().await;
    let started = Instant::now();
    let clean = Process::start(WORKER, &Order { alone: true, ..Order::at(server.endpoint()) });
    caught_up(&place).await;
    clean.stop().await;
    eprintln!("caught up {:?}", started.elapsed());
    eprintln!("{:?} {:?}", Audit::of(&place, &book).await, started.elapsed());
}
