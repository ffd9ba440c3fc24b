//! Who works on what, and what happens when somebody is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use projections_checks::watched::Watched;
use projections_checks::words::{activated, read};
use projections_checks::{Begin, Documents, Error, Handler, Lease, Options, Page, Stored};
use time::OffsetDateTime;
use time::ext::NumericalDuration as _;

use crate::support::{Both, Kept, NAME, Process, Scene, Stuck, leases};

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_the_leases_and_the_totals_are_right() {
    let scene = Scene::start(4).await;
    let one = Process::start(scene.sources(), Both::new(&scene.views), leases(4));
    scene.writes.until("one holds all", async || scene.shares().await == [4]).await;
    let other = Process::start(scene.sources(), Both::new(&scene.views), leases(4));
    for number in 0..20 {
        let events = [activated("1000"), read("1000", number), read("1000", 7)];
        scene.world.append(number, &format!("c{number}"), &events).await;
        one.wake();
    }
    scene.writes.until("each holds two", async || scene.shares().await == [2, 2]).await;
    scene.until_read("1000", 40).await;
    let found = scene.district("1000").await.expect("events came");
    let totals = (found.active_meters, found.readings, found.kwh);
    assert_eq!(totals, (20, 40, 190 + 140));
    one.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stops_lets_go_of_its_leases() {
    let scene = Scene::start(1).await;
    scene.world.append(1, "c1", &[read("1000", 5)]).await;
    let process = Process::start(scene.sources(), Both::new(&scene.views), leases(2));
    scene.until_read("1000", 1).await;
    process.stop().await;
    let left: Vec<_> = scene.leases().await.into_iter().map(|lease| lease.owner).collect();
    assert_eq!(left, [None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_over_finishes_the_page_that_was_begun() {
    let scene = Scene::start(1).await;
    scene.world.append(1, "c1", &[activated("1000"), read("1000", 5)]).await;
    let stuck = Arc::new(Stuck::default());
    let gone = Process::start(scene.sources(), Arc::clone(&stuck), leases(1));
    scene.writes.until("a page is begun", async || stuck.pages() == 1).await;
    gone.kill().await;
    let [lease] = &scene.leases().await[..] else { panic!("there is one lease") };
    assert!(lease.owner.is_some() && !lease.pending.is_empty(), "{lease:?}");
    scene.world.append(1, "c2", &[read("1000", 6)]).await;
    let next = Process::start(scene.sources(), Both::new(&scene.views), leases(1));
    scene.until_read("1000", 2).await;
    let found = scene.district("1000").await.expect("events came");
    assert_eq!((found.active_meters, found.readings, found.kwh), (1, 2, 11));
    next.stop().await;
}

/// Replaces what a lease says of its owner and its end.
async fn claim(scene: &Scene, owner: &str, expires_at: OffsetDateTime) {
    let id = format!("{NAME}.0");
    let read: Option<Stored<Lease>> = scene.leases.read(&id).await.expect("it can be read");
    let Stored { mut document, etag } = read.expect("there is a lease");
    (document.owner, document.expires_at) = (Some(owner.to_owned()), Some(expires_at));
    scene.leases.replace(&id, &document, &etag).await.expect("it can").expect("it is ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_ends_though_a_clock_says_that_it_holds_for_a_century() {
    let scene = Scene::start(1).await;
    let first = Process::start(scene.sources(), Both::new(&scene.views), leases(1));
    scene.writes.until("it has begun", async || scene.shares().await == [1]).await;
    first.stop().await;
    claim(&scene, "somebody who is gone", OffsetDateTime::now_utc() + 36_500.days()).await;
    scene.world.append(1, "c1", &[read("1000", 5)]).await;
    let process = Process::start(scene.sources(), Both::new(&scene.views), leases(1));
    scene.until_read("1000", 1).await;
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_holds_though_a_clock_says_that_it_ended_long_ago() {
    let scene = Scene::start(1).await;
    let slow = scene.leases.clone().with_clock("1970-01-01T00:00:00Z");
    let owner = Process::start(scene.sources_by(&slow), Both::new(&scene.views), leases(1));
    scene.writes.until("it has begun", async || scene.shares().await == [1]).await;
    let before = scene.leases().await;
    let idle = Arc::new(Stuck::default());
    let other = Process::start(scene.sources(), Arc::clone(&idle), leases(1));
    slow.until_replaced(slow.replaced() + 9).await;
    let after = scene.leases().await;
    assert_eq!(after[0].owner, before[0].owner, "why: it was renewed all the time");
    scene.world.append(1, "c1", &[read("1000", 5)]).await;
    scene.until_read("1000", 1).await;
    assert_eq!(idle.pages(), 0, "the other one works on nothing");
    owner.stop().await;
    other.stop().await;
}

/// Takes three claims long over its first page.
struct Slow {
    leases: Kept,
    pages: AtomicUsize,
}

impl Handler for Slow {
    async fn handle(&self, _page: &Page) -> Result<(), Error> {
        if self.pages.fetch_add(1, Ordering::SeqCst) == 0 {
            self.leases.until_replaced(self.leases.replaced() + 9).await;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_takes_longer_than_a_claim_stays_with_its_worker() {
    let scene = Scene::start(1).await;
    scene.world.append(1, "c1", &[read("1000", 5)]).await;
    let renewed = Watched::new(scene.world.leases.clone(), &scene.writes);
    let slow = Arc::new(Slow { leases: renewed.clone(), pages: AtomicUsize::default() });
    let owner = Process::start(scene.sources_by(&renewed), Arc::clone(&slow), leases(1));
    scene.writes.until("it has begun", async || slow.pages.load(Ordering::SeqCst) == 1).await;
    let idle = Arc::new(Stuck::default());
    let other = Process::start(scene.sources(), Arc::clone(&idle), leases(1));
    let finished = async || scene.leases().await.iter().all(|lease| lease.pending.is_empty());
    scene.writes.until("the page is finished", finished).await;
    owner.stop().await;
    other.stop().await;
    assert_eq!((slow.pages.load(Ordering::SeqCst), idle.pages()), (1, 0), "pages of each");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_processor_begins_with_the_first_event_or_with_what_comes_after_a_time() {
    let now = OffsetDateTime::now_utc();
    for (begin, expected) in [
        (Begin::Beginning, [1, 10]),
        (Begin::At(now - 1.hours()), [1, 10]),
        (Begin::At(now + 1.hours()), [0, 0]),
    ] {
        let scene = Scene::start(2).await;
        scene.world.append(1, "c1", &[read("1000", 10)]).await;
        let options = Options { begin, ..leases(2) };
        let process = Process::start(scene.sources(), Both::new(&scene.views), options);
        let all_caught_up = async || {
            let leases = scene.leases().await;
            leases.len() == 2 && leases.iter().all(|lease| lease.caught_up)
        };
        scene.writes.until("caught up", all_caught_up).await;
        process.stop().await;
        let found = scene.district("1000").await.unwrap_or_default();
        assert_eq!([found.readings, found.kwh], expected, "{begin:?}");
    }
}
